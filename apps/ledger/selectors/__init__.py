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
from .chart import chart, path_of, sources
from .history import balance_at
from .holds import balance, hold, hold_of, holds, holds_anything
from .series import balance_series

__all__ = [
    "Row",
    "account",
    "account_by_code",
    "accounts",
    "activity",
    "balance",
    "balance_at",
    "balance_series",
    "chart",
    "entries",
    "hold",
    "hold_of",
    "holds",
    "holds_anything",
    "last_verification",
    "path_of",
    "row",
    "rows",
    "sources",
    "transaction",
    "trial_balance",
    "verify",
    "view_of",
]
