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
from .conversions import conversion_of, fx_positions
from .history import balance_at
from .holds import balance, hold, hold_of, holds, holds_anything
from .periods import closing_preview, period, periods
from .reports import balance_sheets, currencies, income_statements, trial_balance

__all__ = [
    "Row",
    "account",
    "account_by_code",
    "accounts",
    "accounts_by_code",
    "activity",
    "balance",
    "balance_at",
    "balance_sheets",
    "chain",
    "closing_preview",
    "conversion_of",
    "currencies",
    "entries",
    "fx_positions",
    "hold",
    "hold_of",
    "holds",
    "holds_anything",
    "income_statements",
    "last_verification",
    "period",
    "periods",
    "row",
    "rows",
    "slots_to_fold",
    "transaction",
    "trial_balance",
    "verify",
    "view_of",
]
