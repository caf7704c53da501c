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
from .chart import chart, path_of, sources
from .guards import Accounts, guarded, held_on
from .history import balance_at
from .holds import balance, hold, hold_of, holds, holds_anything
from .imports import check_import, import_of, import_postings, imports
from .limits import MAXIMUM_NOW, limit, limits_of, with_maximum
from .periods import closing_preview, period, periods
from .reports import balance_sheets, currencies, income_statements, trial_balance
from .series import balance_series
from .verification import last_verification, tables, verification, verify

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
    "balance_series",
    "balance_sheets",
    "chart",
    "check_import",
    "closing_preview",
    "currencies",
    "entries",
    "guarded",
    "held_on",
    "hold",
    "hold_of",
    "holds",
    "holds_anything",
    "import_of",
    "import_postings",
    "imports",
    "income_statements",
    "last_verification",
    "limit",
    "limits_of",
    "path_of",
    "period",
    "periods",
    "row",
    "rows",
    "slots_to_fold",
    "sources",
    "tables",
    "transaction",
    "trial_balance",
    "verification",
    "verify",
    "view_of",
    "with_maximum",
]
