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
    slots_to_fold,
    transaction,
    view_of,
)
from .history import balance_at
from .holds import balance, hold, hold_of, holds, holds_anything
from .imports import check_import, import_of, import_postings, imports
from .periods import closing_preview, period, periods
from .reports import balance_sheets, currencies, income_statements, trial_balance
from .verification import last_verification, tables, verification, verify

__all__ = [
    "Row",
    "account",
    "account_by_code",
    "accounts",
    "activity",
    "balance",
    "balance_at",
    "balance_sheets",
    "check_import",
    "closing_preview",
    "currencies",
    "entries",
    "hold",
    "hold_of",
    "holds",
    "holds_anything",
    "import_of",
    "import_postings",
    "imports",
    "income_statements",
    "last_verification",
    "period",
    "periods",
    "row",
    "rows",
    "slots_to_fold",
    "tables",
    "transaction",
    "trial_balance",
    "verification",
    "verify",
    "view_of",
]
