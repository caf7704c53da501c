"""What callers may keep with a booking: a small flat object."""

import json
import re
from collections.abc import Mapping
from typing import Final, TypeAlias

from apps.platform.money import MINOR_MAX

from ..errors import MalformedMetadata

Metadata: TypeAlias = Mapping[str, str | int | bool | None]
METADATA_KEYS: Final = 20
METADATA_KEY: Final = "[a-z0-9_.-]{1,40}"
METADATA_TEXT: Final = 500  # characters
METADATA_BYTES: Final = 4096  # as PostgreSQL writes it; held there by a trigger
_KEY: Final = re.compile(METADATA_KEY)


def check_metadata(metadata: object) -> Metadata:
    """Return what may be kept: few short keys; texts, whole numbers, true, false and null.

    Raises MalformedMetadata.
    """
    if not isinstance(metadata, Mapping):
        raise MalformedMetadata("metadata is an object")
    if len(metadata) > METADATA_KEYS:
        raise MalformedMetadata(f"metadata has at most {METADATA_KEYS} keys")
    for key, value in metadata.items():
        if not isinstance(key, str) or _KEY.fullmatch(key) is None:
            raise MalformedMetadata("a key is 1 to 40 of a-z, 0-9, point, dash and underscore")
        _check_value(value)
    if len(json.dumps(dict(metadata), ensure_ascii=False).encode()) > METADATA_BYTES:
        raise MalformedMetadata(f"metadata takes at most {METADATA_BYTES} bytes")
    return metadata


def _check_value(value: object) -> None:
    match value:
        case None | bool():
            return
        case int() if abs(value) <= MINOR_MAX:
            return
        case str() if len(value) <= METADATA_TEXT and "\0" not in value and _is_text(value):
            return
    raise MalformedMetadata(
        f"a value is null, true, false, a whole number of 64 bits, or a text of at most "
        f"{METADATA_TEXT} characters"
    )


def _is_text(value: str) -> bool:
    """Return whether it has no half of a surrogate pair, which JSON can say and no text can."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
