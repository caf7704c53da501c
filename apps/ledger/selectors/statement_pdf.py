"""Statements as PDF: A4, drawn line by line, so that length costs time and nothing else.

The same statement gives the same bytes. The font is Bitstream Vera, which reportlab brings along
and every file embeds; what it lacks is shown as a lozenge, and never left out.
"""

import io
import unicodedata
from datetime import datetime
from typing import Any, Final, cast

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from apps.platform.money import Money, grouped

from .. import rules
from ..events import Movement, StatementHead, StatementView

_PLAIN: Final = "ProbityVera"
_BOLD: Final = "ProbityVeraBold"
_LACKING: Final = "\u25ca"
_SIZE: Final = 7
_LINE: Final = 4.2 * mm
_LEFT, _RIGHT, _TOP = 15 * mm, A4[0] - 15 * mm, A4[1] - 15 * mm
# Where a column begins, or ends where it is of amounts; and how wide its text may be.
_DATE: Final = (_LEFT, 27 * mm)
_WHAT: Final = (_LEFT + 28 * mm, 45 * mm)
_OTHER: Final = (_LEFT + 74 * mm, 28 * mm)
_DEBIT: Final = _LEFT + 128 * mm
_CREDIT: Final = _LEFT + 154 * mm
_BALANCE: Final = _RIGHT
_AMOUNT: Final = 25.5 * mm  # how wide an amount may be
_ROWS: Final = 54  # of a page


def statement_pdf(*, statement: StatementView) -> bytes:
    """Return the statement as a PDF document: the head, the table with its head on every page."""
    _register()
    page = _Pages(statement)
    page.edge("Opening balance", statement.head.since, statement.head.opening_minor)
    for movement in statement.movements:
        page.movement(movement)
    page.edge(
        "Closing balance",
        statement.head.until,
        statement.closing_minor,
        moved=(statement.debit_minor, statement.credit_minor),
    )
    return page.end()


def _register() -> None:
    if _PLAIN not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(_PLAIN, "Vera.ttf"))
        pdfmetrics.registerFont(TTFont(_BOLD, "VeraBd.ttf"))


class _Pages:
    """The pages as they are drawn, from the top down."""

    def __init__(self, statement: StatementView) -> None:
        """Count the pages beforehand, so that each can say of how many it is."""
        self.head: StatementHead = statement.head
        self.known = statement.head.known_at
        self.pages = -(-(len(statement.movements) + 2) // _ROWS)
        self.number = 0
        self.room = 0  # rows that the page still takes
        self.y = 0.0
        self.canvas = Canvas(io.BytesIO(), pagesize=A4, invariant=1, pageCompression=1)
        self.canvas.setTitle(_text(f"Statement {self.head.code}"))
        self.canvas.setAuthor("Probity")
        self.glyphs = cast("Any", pdfmetrics.getFont(_PLAIN)).face.charToGlyph

    def begin(self) -> None:
        """Draw the head of the next page and of its table."""
        if self.number:
            self.canvas.showPage()
        self.number += 1
        self.room = _ROWS
        head, self.y = self.head, _TOP
        self._write(_LEFT, f"Statement of account {head.code}", font=_BOLD, size=11, width=130 * mm)
        self._right(_RIGHT, f"page {self.number} of {self.pages}")
        self._next(1.5)
        self._write(_LEFT, head.name, width=_RIGHT - _LEFT)
        self._next()
        period = f"{_minute(head.since)} to {_minute(head.until)} UTC, by effective date"
        if self.known is not None:
            period += f", as known at {_minute(self.known)} UTC"
        self._write(_LEFT, period, width=_RIGHT - _LEFT)
        self._next()
        self._write(_LEFT, f"Amounts in {head.currency}; {head.kind} account", width=_RIGHT - _LEFT)
        self._next(2)
        for (x, width), title in (
            (_DATE, "Effective"), (_WHAT, "What, reference"), (_OTHER, "Counterparty"),
        ):  # fmt: skip
            self._write(x, title, font=_BOLD, width=width)
        for x, title in ((_DEBIT, "Debit"), (_CREDIT, "Credit"), (_BALANCE, "Balance")):
            self._right(x, title, font=_BOLD)
        self.canvas.setLineWidth(0.4)
        self.canvas.line(_LEFT, self.y - 1.4 * mm, _RIGHT, self.y - 1.4 * mm)
        self._next(1.2)

    def movement(self, one: Movement) -> None:
        """Draw one movement."""
        self._row()
        what = f"{one.kind} {one.reference}".rstrip()
        for (x, width), text in (
            (_DATE, _minute(one.effective_at)), (_WHAT, what), (_OTHER, one.counterparty),
        ):  # fmt: skip
            self._write(x, text, width=width)
        if one.debit_minor:
            self._right(_DEBIT, self._amount(one.debit_minor))
        if one.credit_minor:
            self._right(_CREDIT, self._amount(one.credit_minor))
        self._right(_BALANCE, self._amount(one.balance_minor))
        self._next()

    def edge(
        self, title: str, at: datetime, minor: int, *, moved: tuple[int, int] | None = None
    ) -> None:
        """Draw the opening or the closing balance, the latter with the totals."""
        self._row()
        self._write(_DATE[0], _minute(at), font=_BOLD, width=_DATE[1])
        self._write(_WHAT[0], title, font=_BOLD, width=_WHAT[1])
        for x, amount in zip((_DEBIT, _CREDIT), moved or (), strict=False):
            self._right(x, self._amount(amount), font=_BOLD)
        self._right(_BALANCE, self._amount(minor), font=_BOLD)
        self._next()

    def end(self) -> bytes:
        """Close the document and return it."""
        made: bytes = self.canvas.getpdfdata()  # type: ignore[no-untyped-call]
        return made

    def _row(self) -> None:
        if not self.room:
            self.begin()
        self.room -= 1

    def _next(self, lines: float = 1) -> None:
        self.y -= lines * _LINE

    def _amount(self, minor: int) -> str:
        return grouped(Money(minor, self.head.currency))

    def _write(
        self, x: float, text: str, *, width: float, font: str = _PLAIN, size: int = _SIZE
    ) -> None:
        """Draw text from the left, cut with an ellipsis where it is too wide."""
        shown = rules.printable(_text(text), glyphs=self.glyphs, instead=_LACKING)
        if len(shown) * size > width and self.canvas.stringWidth(shown, font, size) > width:
            while shown and self.canvas.stringWidth(f"{shown}…", font, size) > width:
                shown = shown[:-1]
            shown += "…"
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, self.y, shown)

    def _right(self, x: float, text: str, *, font: str = _PLAIN) -> None:
        size: float = _SIZE
        if len(text) * size > _AMOUNT:
            size *= min(1, _AMOUNT / self.canvas.stringWidth(text, font, size))
        self.canvas.setFont(font, size)
        self.canvas.drawRightString(x, self.y, text)


def _text(text: str) -> str:
    """Return the text composed, so that a letter and its accent are one character."""
    return unicodedata.normalize("NFC", text)


def _minute(at: datetime) -> str:
    return at.isoformat(sep=" ", timespec="minutes").removesuffix("+00:00")
