"""Writes of the ledger."""

from .holds import capture_hold, expire_holds, extend_hold, place_hold, void_hold
from .limits import end_limit, set_limit
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
    "end_limit",
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
    "set_limit",
    "set_status",
    "void_hold",
]
