"""Decisions of the ledger: values in, verdict out. No Django, no clock, no I/O.

The same truths stand in the database (migrations/sql), where nothing gets past them; here they are
explained, and refused before a round trip is spent.
"""

from .accounts import check_new_account
from .balances import DEBIT_NORMAL, in_columns, on_normal_side
from .chart import Branch, by_day, tree
from .holds import (
    available,
    capture_fingerprint,
    check_capture,
    check_hold,
    hold_fingerprint,
    hold_status,
)
from .limits import LIMIT_DAYS_MAX, check_limit, left_of, maximum_at, uses, window_start
from .periods import (
    CLOSING_SOURCE,
    check_reason,
    check_retained,
    closing_postings,
    first_moment,
    last_moment,
    months,
    open_request,
    results,
)
from .posting import (
    BATCH_MAX,
    LEGS_MAX,
    check_batch,
    check_posting,
    check_reference,
    fingerprint,
    header_as_json,
    is_transfer,
    largest_side,
    leg_as_json,
    transfer,
)
from .reports import balance_sheets, income_statements, translated
from .reversals import check_reversal, reversal_fingerprint, reversal_legs

__all__ = [
    "BATCH_MAX",
    "CLOSING_SOURCE",
    "DEBIT_NORMAL",
    "LEGS_MAX",
    "LIMIT_DAYS_MAX",
    "Branch",
    "available",
    "balance_sheets",
    "by_day",
    "capture_fingerprint",
    "check_batch",
    "check_capture",
    "check_hold",
    "check_limit",
    "check_new_account",
    "check_posting",
    "check_reason",
    "check_reference",
    "check_retained",
    "check_reversal",
    "closing_postings",
    "fingerprint",
    "first_moment",
    "header_as_json",
    "hold_fingerprint",
    "hold_status",
    "in_columns",
    "income_statements",
    "is_transfer",
    "largest_side",
    "last_moment",
    "left_of",
    "leg_as_json",
    "maximum_at",
    "months",
    "on_normal_side",
    "open_request",
    "results",
    "reversal_fingerprint",
    "reversal_legs",
    "transfer",
    "translated",
    "tree",
    "uses",
    "window_start",
]
