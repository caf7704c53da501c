"""How long a statement may be, and what of its text a font can show."""

from collections.abc import Collection
from typing import Final

STATEMENT_MAX: Final = 50_000  # movements of a statement that is not streamed
PDF_MAX: Final = 10_000  # of one that is drawn: nearly two hundred pages, and seconds


def printable(text: str, *, glyphs: Collection[int], instead: str) -> str:
    """Return the text with `instead` for each character that the font lacks."""
    return "".join(letter if ord(letter) in glyphs else instead for letter in text)
