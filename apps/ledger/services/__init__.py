"""Writes of the ledger."""

from .holds import capture_hold, expire_holds, extend_hold, place_hold, void_hold
from .imports import begin_import, book_import, stop_import
from .posting import (
    open_account,
    open_accounts,
    post,
    post_each,
    post_many,
    set_status,
)
from .rebuild import rebuild
from .reversal import reverse
from .roll_up import roll_up
from .verification import record_verification

__all__ = [
    "begin_import",
    "book_import",
    "capture_hold",
    "expire_holds",
    "extend_hold",
    "open_account",
    "open_accounts",
    "place_hold",
    "post",
    "post_each",
    "post_many",
    "rebuild",
    "record_verification",
    "reverse",
    "roll_up",
    "set_status",
    "stop_import",
    "void_hold",
]
