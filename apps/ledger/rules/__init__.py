"""Decisions of the ledger: values in, verdict out. No Django, no clock, no I/O.

The same truths stand in the database (migrations/sql), where nothing gets past them; here they are
explained, and refused before a round trip is spent.
"""

from .accrual import (
    Capital,
    Capitalised,
    Course,
    Day,
    Term,
    Written,
    accrual_legs,
    accrue_day,
    after,
    capital_legs,
    days,
    end_of,
    is_closed,
    span,
    term_on,
    waiting,
    walk,
)
from .balances import DEBIT_NORMAL, in_columns, on_normal_side
from .day_count import day_share, year_fraction
from .fees import check_fee_schedule, check_fee_terms, fee, fee_fingerprint
from .holds import (
    available,
    capture_fingerprint,
    check_capture,
    check_hold,
    hold_fingerprint,
    hold_status,
)
from .interest import GRAINS, check_interest_schedule, check_terms, in_grains, year_interest
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
    "GRAINS",
    "LEGS_MAX",
    "Capital",
    "Capitalised",
    "Course",
    "Day",
    "Term",
    "Written",
    "accrual_legs",
    "accrue_day",
    "after",
    "available",
    "capital_legs",
    "capture_fingerprint",
    "check_batch",
    "check_capture",
    "check_fee_schedule",
    "check_fee_terms",
    "check_hold",
    "check_interest_schedule",
    "check_posting",
    "check_reference",
    "check_reversal",
    "check_terms",
    "day_share",
    "days",
    "end_of",
    "fee",
    "fee_fingerprint",
    "fingerprint",
    "header_as_json",
    "hold_fingerprint",
    "hold_status",
    "in_columns",
    "in_grains",
    "is_closed",
    "largest_side",
    "leg_as_json",
    "on_normal_side",
    "reversal_fingerprint",
    "reversal_legs",
    "span",
    "term_on",
    "transfer",
    "waiting",
    "walk",
    "year_fraction",
    "year_interest",
]
