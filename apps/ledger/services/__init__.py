"""Writes of the ledger."""

from .holds import capture_hold, expire_holds, extend_hold, place_hold, void_hold
from .posting import (
    open_account,
    open_accounts,
    post,
    post_each,
    post_many,
    record_verification,
    set_status,
)
from .reversal import reverse
from .roll_up import roll_up
from .spans import add_spans
from .statement_csv import statement_csv
from .statement_pdf import statement_pdf

__all__ = [
    "add_spans",
    "capture_hold",
    "expire_holds",
    "extend_hold",
    "open_account",
    "open_accounts",
    "place_hold",
    "post",
    "post_each",
    "post_many",
    "record_verification",
    "reverse",
    "roll_up",
    "set_status",
    "statement_csv",
    "statement_pdf",
    "void_hold",
]
