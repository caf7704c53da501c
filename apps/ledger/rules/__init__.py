"""Decisions of the ledger: values in, verdict out. No Django, no clock, no I/O.

The same truths stand in the database (migrations/sql), where nothing gets past them; here they are
explained, and refused before a round trip is spent.
"""

from .balances import DEBIT_NORMAL, in_columns, on_normal_side
from .guards import Touched, Wish, capture_wish, hold_wish, posting_wish, proposed
from .holds import (
    available,
    capture_fingerprint,
    check_capture,
    check_hold,
    hold_fingerprint,
    hold_status,
)
from .limits import LIMIT_DAYS_MAX, check_limit, left_of, maximum_at, uses, window_start
from .posting import (
    BATCH_MAX,
    LEGS_MAX,
    check_batch,
    check_posting,
    check_reference,
    fingerprint,
    header_as_json,
    largest_side,
    leg_as_json,
    transfer,
)
from .reversals import check_reversal, reversal_fingerprint, reversal_legs

__all__ = [
    "BATCH_MAX",
    "DEBIT_NORMAL",
    "LEGS_MAX",
    "LIMIT_DAYS_MAX",
    "Touched",
    "Wish",
    "available",
    "capture_fingerprint",
    "capture_wish",
    "check_batch",
    "check_capture",
    "check_hold",
    "check_limit",
    "check_posting",
    "check_reference",
    "check_reversal",
    "fingerprint",
    "header_as_json",
    "hold_fingerprint",
    "hold_status",
    "hold_wish",
    "in_columns",
    "largest_side",
    "left_of",
    "leg_as_json",
    "maximum_at",
    "on_normal_side",
    "posting_wish",
    "proposed",
    "reversal_fingerprint",
    "reversal_legs",
    "transfer",
    "uses",
    "window_start",
]
