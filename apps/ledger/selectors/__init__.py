"""Reads of the ledger."""

from .books import (
    Row,
    account,
    account_by_code,
    accounts,
    accounts_by_code,
    activity,
    entries,
    row,
    rows,
    slots_to_fold,
    transaction,
    view_of,
)
from .chains import chain
from .chart import chart, path_of, sources
from .conversions import conversion_of, fx_positions
from .fees import fee_charged, fee_schedule, fee_terms_of, fee_version
from .guards import Accounts, guarded, held_on
from .history import balance_at
from .holds import balance, hold, hold_of, holds, holds_anything
from .imports import check_import, import_of, import_postings, imports
from .interest import (
    Due,
    booked_to,
    interest,
    interest_accounts,
    interest_capitalised,
    interest_due,
    interest_moves,
    interest_schedule,
    interest_terms,
    interest_written,
    terms_of,
)
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
from .verification import last_verification, tables, verification, verify

__all__ = [
    "EVERYTHING",
    "MAXIMUM_NOW",
    "AccountFilter",
    "AccountSort",
    "Accounts",
    "Due",
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
    "booked_to",
    "chain",
    "chart",
    "check_import",
    "closing_preview",
    "conversion_of",
    "currencies",
    "entries",
    "entry_page",
    "fee_charged",
    "fee_schedule",
    "fee_terms_of",
    "fee_version",
    "fx_positions",
    "guarded",
    "held_on",
    "hold",
    "hold_of",
    "hold_page",
    "holds",
    "holds_anything",
    "import_of",
    "import_postings",
    "imports",
    "income_statements",
    "interest",
    "interest_accounts",
    "interest_capitalised",
    "interest_due",
    "interest_moves",
    "interest_schedule",
    "interest_terms",
    "interest_written",
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
    "tables",
    "terms_of",
    "transaction",
    "transaction_page",
    "trial_balance",
    "verification",
    "verify",
    "view_of",
    "with_maximum",
]
