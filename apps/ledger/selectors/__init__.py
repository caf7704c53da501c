"""Reads of the ledger."""

from .books import (
    Row,
    account,
    account_by_code,
    accounts,
    accounts_by_code,
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
from .chains import chain
from .conversions import conversion_of, fx_positions
from .history import balance_at
from .holds import balance, hold, hold_of, holds, holds_anything

__all__ = [
    "Row",
    "account",
    "account_by_code",
    "accounts",
    "accounts_by_code",
    "activity",
    "balance",
    "balance_at",
    "chain",
    "conversion_of",
    "entries",
    "fx_positions",
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
