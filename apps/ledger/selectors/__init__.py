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
from .holds import balance, hold, hold_of, holds, holds_anything

__all__ = [
    "Row",
    "account",
    "account_by_code",
    "accounts",
    "activity",
    "balance",
    "entries",
    "hold",
    "hold_of",
    "holds",
    "holds_anything",
    "last_verification",
    "row",
    "rows",
    "transaction",
    "trial_balance",
    "verify",
    "view_of",
]
