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
from .lists import (
    AccountFilter,
    AccountSort,
    TransactionFilter,
    account_page,
    hold_page,
    transaction_page,
)
from .periods import closing_preview, period, periods
from .reports import balance_sheets, currencies, income_statements, trial_balance
from .series import balance_series
from .sight import EVERYTHING, Sight
from .statement_csv import statement_csv
from .statement_pdf import statement_pdf
from .statements import StatementPeriod, entry_page, statement, statement_stream

__all__ = [
    "EVERYTHING",
    "MAXIMUM_NOW",
    "AccountFilter",
    "AccountSort",
    "Accounts",
    "Row",
    "Sight",
    "StatementPeriod",
    "TransactionFilter",
    "account",
    "account_by_code",
    "account_page",
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
    "entry_page",
    "fx_positions",
    "guarded",
    "held_on",
    "hold",
    "hold_of",
    "hold_page",
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
    "statement",
    "statement_csv",
    "statement_pdf",
    "statement_stream",
    "transaction",
    "transaction_page",
    "trial_balance",
    "verify",
    "view_of",
    "with_maximum",
]
