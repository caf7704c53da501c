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
    slots_to_fold,
    transaction,
    verify,
    view_of,
)
from .chains import chain
from .chart import chart, path_of, sources
from .conversions import conversion_of, fx_positions
from .guards import Accounts, guarded, held_on
from .history import balance_at
from .holds import balance, hold, hold_of, holds, holds_anything
from .limits import MAXIMUM_NOW, limit, limits_of, with_maximum
from .periods import closing_preview, period, periods
from .reports import balance_sheets, currencies, income_statements, trial_balance
from .series import balance_series

__all__ = [
    "MAXIMUM_NOW",
    "Accounts",
    "Row",
    "account",
    "account_by_code",
    "accounts",
    "accounts_by_code",
    "activity",
    "balance",
    "balance_at",
    "balance_series",
    "balance_sheets",
    "chain",
    "chart",
    "closing_preview",
    "conversion_of",
    "currencies",
    "entries",
    "fx_positions",
    "guarded",
    "held_on",
    "hold",
    "hold_of",
    "holds",
    "holds_anything",
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
    "transaction",
    "trial_balance",
    "verify",
    "view_of",
    "with_maximum",
]
