"""From bytes to a verdict: what kind of file it is, what it holds, and whether it proves itself."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ..errors import Flaw, StatementRefused, refusal
from . import bai2, camt053, mt940
from .chain import chain_flaws
from .statement import Draft, Reading, Statement, find_flaws, prove

SIZE_MAX: Final = 64 * 1024 * 1024
_FOREIGN: Final = {
    b"PK": "a ZIP archive (or an office document): unpack it first",
    b"\x1f\x8b": "a gzip archive: unpack it first",
    b"%PDF": "a PDF document: ask the bank for the statement as data",
    b"\x7fELF": "a program, not a statement",
}
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_MT940: Final = re.compile(rb"^[\x01\x02\s]*(?:\{1:|:20:|:940:)|[\r\n}]:20:|:6[0-2][FM]?:")
_BAI2: Final = re.compile(rb"\s*\d\d,")
_CONTROLS: Final = re.compile(rb"[\x00\x04-\x08\x0e-\x19\x1c-\x1f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What was found in a file. It is accepted when there are statements and no flaws."""

    digest: str  # SHA-256 of the bytes
    size: int
    format: str
    drafts: tuple[Draft, ...]
    flaws: tuple[Flaw, ...]

    @property
    def accepted(self) -> bool:
        """Say whether every statement in the file proves itself."""
        return not self.flaws

    def statements(self) -> tuple[Statement, ...]:
        """Return the proven statements. Raises StatementRefused with every flaw."""
        if self.flaws:
            raise StatementRefused(self.flaws)
        return tuple(prove(draft) for draft in self.drafts)


def oversized(size: int) -> Flaw | None:
    """Return the flaw of a file too large to be read at all, before anybody reads it."""
    if size <= SIZE_MAX:
        return None
    text = f"{size} bytes; a statement file has at most {SIZE_MAX} ({SIZE_MAX >> 20} MB)"
    return Flaw("too-large", text)


def examine(content: bytes, *, progress: Callable[[int], None] = lambda _: None) -> Examination:
    """Read and check a file; never raises for what it holds. `progress` hears bytes consumed."""
    kind = detect(content)
    try:
        reading = _read(content, kind, progress)
    except StatementRefused as refused:
        reading = Reading(format=kind, flaws=refused.flaws)
    flaws = [*reading.flaws]
    for draft in reading.drafts:
        flaws += find_flaws(draft)
    flaws += chain_flaws(reading.drafts)
    return Examination(
        digest=hashlib.sha256(content).hexdigest(),
        size=len(content),
        format=reading.format,
        drafts=reading.drafts,
        flaws=tuple(flaws),
    )


def unread(flaw: Flaw, *, size: int = 0) -> Examination:
    """Return the verdict on a file that nobody read."""
    return Examination(digest="", size=size, format="", drafts=(), flaws=(flaw,))


def detect(content: bytes) -> str:
    """Return the format that the first bytes look like; empty when they look like none."""
    head = content[:65536].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith((b"<", *_UTF16)):
        return camt053.FORMAT
    if _BAI2.match(head):
        return bai2.FORMAT
    return mt940.FORMAT if _MT940.search(head) else ""


def _read(content: bytes, kind: str, progress: Callable[[int], None]) -> Reading:
    if (flaw := oversized(len(content))) is not None:
        raise StatementRefused([flaw])
    if not content.strip():
        raise refusal("empty", "the file is empty")
    for magic, what in _FOREIGN.items():
        if content.startswith(magic):
            raise refusal("not-a-statement", f"this is {what}")
    if kind == camt053.FORMAT:
        return camt053.read(content, progress=progress)
    if not kind or _CONTROLS.search(content):
        text = "neither camt.053 nor MT940 nor BAI2, or not in an encoding those have"
        raise refusal("not-a-statement", text)
    read = bai2.read if kind == bai2.FORMAT else mt940.read
    return read(_decoded(content), progress=progress)


def _decoded(content: bytes) -> str:
    """Return the text as UTF-8, or as ISO 8859-1, in which every byte is a letter.

    Nothing that counts is outside ASCII, so the difference to cp1252 is of no account.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("iso-8859-1")
