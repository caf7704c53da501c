"""Statements of accounts, and lines of lists."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from .ids import AccountId, AccountKind
from .posting import EntryView

EntryOrder = Literal["effective", "recorded"]


class Movement(NamedTuple):
    """One entry on a statement, in minor units; `balance_minor` is what it leaves (normal side).

    `reference` and `counterparty` (the code of the one account on the other side) are "" where
    there is none, or where the reader may not see it.
    """

    entry_id: int
    transaction_id: UUID
    effective_at: datetime
    recorded_at: datetime
    kind: str
    reference: str
    counterparty: str
    debit_minor: int
    credit_minor: int
    balance_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementHead:
    """Whose statement it is and of which time, with what stood there before (normal side)."""

    account_id: AccountId
    code: str
    name: str
    kind: AccountKind
    currency: str
    since: datetime
    until: datetime
    known_at: datetime | None
    opening_minor: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementView:
    """A statement: opening balance, movements by effective date, closing balance, totals."""

    head: StatementHead
    movements: tuple[Movement, ...]
    debit_minor: int
    credit_minor: int
    closing_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedEntry:
    """An entry in a list: `running_minor` is the balance after it, in the order of the list.

    `key` is its place in the list: the time by which it is ordered, then its number.
    """

    entry: EntryView
    running_minor: int
    key: tuple[datetime, int]
