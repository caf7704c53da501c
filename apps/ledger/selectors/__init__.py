"""Reads of the ledger."""

from .books import (
    Row,
    account,
    account_by_code,
    accounts,
    activity,
    entries,
    last_verification,
    row,
    rows,
    transaction,
    trial_balance,
    verify,
    view_of,
)
from .guards import Accounts, guarded, held_on
from .history import balance_at
from .holds import balance, hold, hold_of, holds, holds_anything
from .limits import MAXIMUM_NOW, limit, limits_of, with_maximum

__all__ = [
    "MAXIMUM_NOW",
    "Accounts",
    "Row",
    "account",
    "account_by_code",
    "accounts",
    "activity",
    "balance",
    "balance_at",
    "entries",
    "guarded",
    "held_on",
    "hold",
    "hold_of",
    "holds",
    "holds_anything",
    "last_verification",
    "limit",
    "limits_of",
    "row",
    "rows",
    "transaction",
    "trial_balance",
    "verify",
    "view_of",
    "with_maximum",
]
