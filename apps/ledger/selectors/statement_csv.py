"""Statements as CSV (RFC 4180, UTF-8), written as they are read."""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from apps.platform import screens
from apps.platform.money import Money, decimal

from ..events import Movement, StatementHead

COLUMNS: Final = (
    "effective_at", "recorded_at", "kind", "reference", "counterparty", "debit", "credit",
    "balance", "currency", "transaction",
)  # fmt: skip


class _Line:
    """What csv writes to: it keeps one line."""

    text = ""

    def write(self, text: str) -> None:
        """Keep it."""
        self.text = text


def statement_csv(*, head: StatementHead, movements: Iterable[Movement]) -> Iterator[str]:
    """Yield the lines of a statement: columns, opening balance, movements, closing balance.

    Amounts are decimal, of the account's currency; the closing line has the totals, and both have
    the account's code as reference. Text that a spreadsheet could take for a formula gets an
    apostrophe.
    """
    line = _Line()
    writer = csv.writer(line)

    def written(cells: Iterable[str]) -> str:
        writer.writerow(cells)
        return line.text

    yield written(COLUMNS)
    yield written(_edge(head, at=head.since, kind="opening balance", moved=("", "")))
    balance, debit, credit = head.opening_minor, 0, 0
    for one in movements:
        balance = one.balance_minor
        debit, credit = debit + one.debit_minor, credit + one.credit_minor
        yield written(_cells(one, currency=head.currency))
    moved = (_amount(debit, head.currency), _amount(credit, head.currency))
    yield written(_edge(head, at=head.until, kind="closing balance", moved=moved, balance=balance))


def _cells(one: Movement, *, currency: str) -> tuple[str, ...]:
    return (
        _moment(one.effective_at),
        _moment(one.recorded_at),
        str(screens.safe(one.kind)),
        str(screens.safe(one.reference)),
        str(screens.safe(one.counterparty)),
        _amount(one.debit_minor, currency) if one.debit_minor else "",
        _amount(one.credit_minor, currency) if one.credit_minor else "",
        _amount(one.balance_minor, currency),
        currency,
        str(one.transaction_id),
    )


def _edge(
    head: StatementHead,
    *,
    at: datetime,
    kind: str,
    moved: tuple[str, str],
    balance: int | None = None,
) -> tuple[str, ...]:
    stood = _amount(head.opening_minor if balance is None else balance, head.currency)
    return (
        _moment(at),
        "",
        kind,
        str(screens.safe(head.code)),
        "",
        *moved,
        stood,
        head.currency,
        "",
    )


def _amount(minor: int, currency: str) -> str:
    return decimal(Money(minor, currency))


def _moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
