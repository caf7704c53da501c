"""Writes of the ledger."""

from .chains import capture_chain, hold_chain, post_chain, reverse_chain, void_chain
from .exchange import exchange
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
    "capture_chain",
    "capture_hold",
    "exchange",
    "expire_holds",
    "extend_hold",
    "hold_chain",
    "open_account",
    "open_accounts",
    "place_hold",
    "post",
    "post_chain",
    "post_each",
    "post_many",
    "record_verification",
    "reverse",
    "reverse_chain",
    "roll_up",
    "set_status",
    "void_chain",
    "void_hold",
]
