"""Writes of the ledger."""

from .accounts import open_account, open_accounts, set_bounds, set_status
from .chains import capture_chain, hold_chain, post_chain, reverse_chain, void_chain
from .exchange import exchange
from .folding import fold
from .holds import capture_hold, expire_holds, extend_hold, place_hold, void_hold
from .limits import end_limit, set_limit
from .periods import ask_reopening, close_period, open_periods, reopen_period
from .posting import post, post_each, post_many, record_verification
from .reversal import reverse
from .roll_up import roll_up

__all__ = [
    "ask_reopening",
    "capture_chain",
    "capture_hold",
    "close_period",
    "end_limit",
    "exchange",
    "expire_holds",
    "extend_hold",
    "fold",
    "hold_chain",
    "open_account",
    "open_accounts",
    "open_periods",
    "place_hold",
    "post",
    "post_chain",
    "post_each",
    "post_many",
    "record_verification",
    "reopen_period",
    "reverse",
    "reverse_chain",
    "roll_up",
    "set_bounds",
    "set_limit",
    "set_status",
    "void_chain",
    "void_hold",
]
