"""Reads of the ledger."""

from .books import (
    Row,
    account,
    account_by_code,
    accounts,
    activity,
    entries,
    row,
    rows,
    transaction,
    trial_balance,
    view_of,
)
from .history import balance_at
from .holds import balance, hold, hold_of, holds, holds_anything
from .imports import check_import, import_of, import_postings, imports
from .verification import last_verification, tables, verification, verify

__all__ = [
    "Row",
    "account",
    "account_by_code",
    "accounts",
    "activity",
    "balance",
    "balance_at",
    "check_import",
    "entries",
    "hold",
    "hold_of",
    "holds",
    "holds_anything",
    "import_of",
    "import_postings",
    "imports",
    "last_verification",
    "row",
    "rows",
    "tables",
    "transaction",
    "trial_balance",
    "verification",
    "verify",
    "view_of",
]
