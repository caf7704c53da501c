"""What a statement may be, and how its text is kept from doing harm."""

from collections.abc import Collection
from typing import Final

STATEMENT_MAX: Final = 50_000  # movements of a statement that is not streamed
PDF_MAX: Final = 10_000  # of one that is drawn: nearly two hundred pages, and seconds
_FORMULA: Final = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")  # and their full-width twins
_BLANK: Final = "\0\u200b\ufeff\u00a0 \t\r\n\v\f"


def harmless(text: str) -> str:
    """Return text that no spreadsheet takes for a formula (OWASP ASVS 5.0, 1.2.10)."""
    kept = text.replace("\0", "")
    risky = text.lstrip(_BLANK)[:1] in _FORMULA or text[:1] in set("\t\r\n\0")
    return f"'{kept}" if text and risky else kept


def printable(text: str, *, glyphs: Collection[int], instead: str) -> str:
    """Return the text with `instead` for each character that the font lacks."""
    return "".join(letter if ord(letter) in glyphs else instead for letter in text)
