"""Balances of days, and the chart of accounts as a tree."""

from dataclasses import dataclass
from datetime import date

from .ids import AccountKind, AccountStatus


@dataclass(frozen=True, slots=True)
class DayBalance:
    """What moved on a day (UTC) and what stood at its end, on the normal side, in minor units."""

    day: date
    debit_minor: int
    credit_minor: int
    balance_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartLine:
    """One account of the chart: `row` and `parent` are keys of rows; its slots are counted in."""

    row: int
    parent: int | None
    code: str
    name: str
    kind: AccountKind
    currency: str
    status: AccountStatus
    posted_minor: int
