"""Balances, now and in time."""

from dataclasses import dataclass
from datetime import datetime

from .ids import AccountId, AccountKind


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialBalanceLine:
    """One account's balance in the column where it stands, in minor units.

    `row_id` names its page in the admin; `parent_id` is what it stands below in the chart.
    """

    account_id: AccountId
    row_id: int
    code: str
    name: str
    kind: AccountKind
    currency: str
    parent_id: AccountId | None
    debit_minor: int
    credit_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceView:
    """What stands on an account, in minor units on its normal side.

    `pending_minor` is posted less what holds promise to others; `available_minor` is what may be
    taken out: pending, less the floor (None: the account has no floor). `version`: of how many
    entries.
    """

    account_id: AccountId
    currency: str
    posted_minor: int
    held_minor: int
    pending_minor: int
    available_minor: int | None
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PastBalanceView(BalanceView):
    """What took effect on an account by `as_of`, as it was known by `known_at`; None: no bound."""

    as_of: datetime | None
    known_at: datetime | None
