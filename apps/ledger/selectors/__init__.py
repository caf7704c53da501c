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
from .history import balance_at
from .holds import balance, hold, hold_of, holds, holds_anything
from .lists import (
    AccountFilter,
    AccountSort,
    TransactionFilter,
    account_page,
    hold_page,
    transaction_page,
)
from .sight import EVERYTHING, Sight
from .statements import Period, entry_page, statement, statement_stream

__all__ = [
    "EVERYTHING",
    "AccountFilter",
    "AccountSort",
    "Period",
    "Row",
    "Sight",
    "TransactionFilter",
    "account",
    "account_by_code",
    "account_page",
    "accounts",
    "activity",
    "balance",
    "balance_at",
    "entries",
    "entry_page",
    "hold",
    "hold_of",
    "hold_page",
    "holds",
    "holds_anything",
    "last_verification",
    "row",
    "rows",
    "statement",
    "statement_stream",
    "transaction",
    "transaction_page",
    "trial_balance",
    "verify",
    "view_of",
]
