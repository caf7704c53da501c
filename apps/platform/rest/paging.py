"""Cursor pages on a unique, immutable key."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

_T = TypeVar("_T")
LIMIT_MAX: Final = 100
_LIMIT: Final = re.compile(r"[0-9]{1,3}")
LIMIT_USUAL: Final = 50


@dataclass(frozen=True, slots=True)
class Page:
    """What a list call asks for: at most `limit` rows after the row whose key is `keys`."""

    keys: tuple[int, ...] | None
    limit: int

    @property
    def after(self) -> int | None:
        """The key of a list that has one."""
        return None if self.keys is None else self.keys[0]

    @classmethod
    def of(cls, request: Request, *, keys: int = 1) -> "Page":
        """Read `limit` (1 to 100) and `cursor`, of that many keys. Raises ValidationError."""
        limit = request.query_params.get("limit", str(LIMIT_USUAL))
        if _LIMIT.fullmatch(limit) is None or not 1 <= int(limit) <= LIMIT_MAX:
            raise ValidationError({"limit": f"Expected a number from 1 to {LIMIT_MAX}."})
        cursor = request.query_params.get("cursor")
        return cls(None if cursor is None else _opened(cursor, keys), int(limit))


def page_of(
    rows: Sequence[_T], *, page: Page, key: Callable[[_T], int | tuple[int, ...]]
) -> tuple[Sequence[_T], str | None]:
    """Return the page and the next cursor, from up to `limit + 1` rows in key order."""
    shown = rows[: page.limit]
    return shown, (_closed(key(shown[-1])) if len(rows) > page.limit else None)


def _closed(key: int | tuple[int, ...]) -> str:
    keys = (key,) if isinstance(key, int) else key
    return urlsafe_b64encode(f"v1:{':'.join(map(str, keys))}".encode()).decode().rstrip("=")


def _opened(cursor: str, keys: int) -> tuple[int, ...]:
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        version, *found = urlsafe_b64decode(padded).decode().split(":")
        numbers = tuple(int(key) for key in found)
    except ValueError:
        version, numbers = "", ()
    if version != "v1" or len(numbers) != keys or not all(0 <= one < 2**63 for one in numbers):
        raise ValidationError({"cursor": "This cursor did not come from us."})
    return numbers
