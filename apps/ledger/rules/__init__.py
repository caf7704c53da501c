"""Decisions of the ledger: values in, verdict out. No Django, no clock, no I/O.

The same truths stand in the database (migrations/sql), where nothing gets past them; here they are
explained, and refused before a round trip is spent.
"""

from .balances import DEBIT_NORMAL, in_columns, on_normal_side
from .chains import booked_legs, chain_captures, chain_source, chained_holds, chained_postings
from .conversions import (
    FEES_MAX,
    ROUNDINGS,
    convert,
    exchange_fingerprint,
    exchange_legs,
    in_major,
    in_minor,
    parse_rate,
    positions,
    rate_of,
    rate_text,
    rounded,
)
from .holds import (
    available,
    capture_fingerprint,
    check_capture,
    check_hold,
    hold_fingerprint,
    hold_status,
)
from .metadata import METADATA_KEY, METADATA_KEYS, METADATA_TEXT, Metadata, check_metadata
from .posting import (
    BATCH_MAX,
    LEGS_MAX,
    check_batch,
    check_kind,
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
    "FEES_MAX",
    "LEGS_MAX",
    "METADATA_KEY",
    "METADATA_KEYS",
    "METADATA_TEXT",
    "ROUNDINGS",
    "Metadata",
    "available",
    "booked_legs",
    "capture_fingerprint",
    "chain_captures",
    "chain_source",
    "chained_holds",
    "chained_postings",
    "check_batch",
    "check_capture",
    "check_hold",
    "check_kind",
    "check_metadata",
    "check_posting",
    "check_reference",
    "check_reversal",
    "convert",
    "exchange_fingerprint",
    "exchange_legs",
    "fingerprint",
    "header_as_json",
    "hold_fingerprint",
    "hold_status",
    "in_columns",
    "in_major",
    "in_minor",
    "largest_side",
    "leg_as_json",
    "on_normal_side",
    "parse_rate",
    "positions",
    "rate_of",
    "rate_text",
    "reversal_fingerprint",
    "reversal_legs",
    "rounded",
    "transfer",
]
