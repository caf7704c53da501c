"""Decisions of the ledger: values in, verdict out. No Django, no clock, no I/O.

The same truths stand in the database (migrations/sql), where nothing gets past them; here they are
explained, and refused before a round trip is spent.
"""

from .balances import DEBIT_NORMAL, in_columns, on_normal_side
from .holds import (
    available,
    capture_fingerprint,
    check_capture,
    check_hold,
    hold_fingerprint,
    hold_status,
)
from .imports import Layout, drafts, layout_of
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
from .standing import Standing

__all__ = [
    "BATCH_MAX",
    "DEBIT_NORMAL",
    "LEGS_MAX",
    "Layout",
    "Standing",
    "available",
    "capture_fingerprint",
    "check_batch",
    "check_capture",
    "check_hold",
    "check_posting",
    "check_reference",
    "check_reversal",
    "drafts",
    "fingerprint",
    "header_as_json",
    "hold_fingerprint",
    "hold_status",
    "in_columns",
    "largest_side",
    "layout_of",
    "leg_as_json",
    "on_normal_side",
    "reversal_fingerprint",
    "reversal_legs",
    "transfer",
]
