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
    slots_to_fold,
    transaction,
    verify,
    view_of,
)
from .chart import chart, path_of, sources
from .fees import (
    fee_charged,
    fee_schedule,
    fee_terms_of,
    fee_version,
)
from .guards import Accounts, guarded, held_on
from .history import balance_at
from .holds import balance, hold, hold_of, holds, holds_anything
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
from .periods import closing_preview, period, periods
from .reports import balance_sheets, currencies, income_statements, trial_balance
from .series import balance_series

__all__ = [
    "MAXIMUM_NOW",
    "Accounts",
    "Due",
    "Row",
    "account",
    "account_by_code",
    "accounts",
    "activity",
    "balance",
    "balance_at",
    "balance_series",
    "balance_sheets",
    "booked_to",
    "chart",
    "closing_preview",
    "currencies",
    "entries",
    "fee_charged",
    "fee_schedule",
    "fee_terms_of",
    "fee_version",
    "guarded",
    "held_on",
    "hold",
    "hold_of",
    "holds",
    "holds_anything",
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
    "terms_of",
    "transaction",
    "trial_balance",
    "verify",
    "view_of",
    "with_maximum",
]
