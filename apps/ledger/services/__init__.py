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

__all__ = [
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
    "void_hold",
]
