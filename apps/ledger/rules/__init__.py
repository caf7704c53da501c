"""Decisions of the ledger: values in, verdict out. No Django, no clock, no I/O.

The same truths stand in the database (migrations/sql), where nothing gets past them; here they are
explained, and refused before a round trip is spent.
"""

from .accounts import check_new_account
from .balances import DEBIT_NORMAL, in_columns, on_normal_side
from .chains import booked_legs, chain_captures, chain_source, chained_holds, chained_postings
from .chart import Branch, by_day, tree
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
from .guards import Touched, Wish, capture_wish, hold_wish, posting_wish, proposed
from .holds import (
    available,
    capture_fingerprint,
    check_capture,
    check_hold,
    hold_fingerprint,
    hold_status,
)
from .imports import Layout, drafts, layout_of
from .limits import LIMIT_DAYS_MAX, check_limit, left_of, maximum_at, uses, window_start
from .metadata import METADATA_KEY, METADATA_KEYS, METADATA_TEXT, Metadata, check_metadata
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
    check_kind,
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
from .standing import Standing
from .statements import PDF_MAX, STATEMENT_MAX, printable

__all__ = [
    "BATCH_MAX",
    "CLOSING_SOURCE",
    "DEBIT_NORMAL",
    "FEES_MAX",
    "LEGS_MAX",
    "LIMIT_DAYS_MAX",
    "METADATA_KEY",
    "METADATA_KEYS",
    "METADATA_TEXT",
    "PDF_MAX",
    "ROUNDINGS",
    "STATEMENT_MAX",
    "Branch",
    "Layout",
    "Metadata",
    "Standing",
    "Touched",
    "Wish",
    "available",
    "balance_sheets",
    "booked_legs",
    "by_day",
    "capture_fingerprint",
    "capture_wish",
    "chain_captures",
    "chain_source",
    "chained_holds",
    "chained_postings",
    "check_batch",
    "check_capture",
    "check_hold",
    "check_kind",
    "check_limit",
    "check_metadata",
    "check_new_account",
    "check_posting",
    "check_reason",
    "check_reference",
    "check_retained",
    "check_reversal",
    "closing_postings",
    "convert",
    "drafts",
    "exchange_fingerprint",
    "exchange_legs",
    "fingerprint",
    "first_moment",
    "header_as_json",
    "hold_fingerprint",
    "hold_status",
    "hold_wish",
    "in_columns",
    "in_major",
    "in_minor",
    "income_statements",
    "is_transfer",
    "largest_side",
    "last_moment",
    "layout_of",
    "left_of",
    "leg_as_json",
    "maximum_at",
    "months",
    "on_normal_side",
    "open_request",
    "parse_rate",
    "positions",
    "posting_wish",
    "printable",
    "proposed",
    "rate_of",
    "rate_text",
    "results",
    "reversal_fingerprint",
    "reversal_legs",
    "rounded",
    "transfer",
    "translated",
    "tree",
    "uses",
    "window_start",
]
