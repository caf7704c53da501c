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
    """What a list call asks for: at most `limit` rows after the row whose key is `after`."""

    after: int | None
    limit: int

    @classmethod
    def of(cls, request: Request) -> "Page":
        """Read `limit` (1 to 100) and `cursor`. Raises ValidationError."""
        limit = request.query_params.get("limit", str(LIMIT_USUAL))
        if _LIMIT.fullmatch(limit) is None or not 1 <= int(limit) <= LIMIT_MAX:
            raise ValidationError({"limit": f"Expected a number from 1 to {LIMIT_MAX}."})
        cursor = request.query_params.get("cursor")
        return cls(None if cursor is None else _opened(cursor), int(limit))


def page_of(
    rows: Sequence[_T], *, page: Page, key: Callable[[_T], int]
) -> tuple[Sequence[_T], str | None]:
    """Return the page and the next cursor, from up to `limit + 1` rows in key order."""
    shown = rows[: page.limit]
    return shown, (_closed(key(shown[-1])) if len(rows) > page.limit else None)


def _closed(key: int) -> str:
    return urlsafe_b64encode(f"v1:{key}".encode()).decode().rstrip("=")


def _opened(cursor: str) -> int:
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        version, _, key = urlsafe_b64decode(padded).decode().partition(":")
        found = int(key)
    except ValueError:
        version, found = "", 0
    if version != "v1" or not 0 <= found < 2**63:
        raise ValidationError({"cursor": "This cursor did not come from us."})
    return found
