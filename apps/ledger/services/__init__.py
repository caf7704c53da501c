"""Writes of the ledger."""

from .accounts import open_account, open_accounts, set_bounds, set_status
from .chains import capture_chain, hold_chain, post_chain, reverse_chain, void_chain
from .exchange import exchange
from .fees import change_fee_terms, charge_fee, create_fee_schedule
from .folding import fold
from .holds import capture_hold, expire_holds, extend_hold, place_hold, void_hold
from .imports import begin_import, book_import, stop_import
from .interest import accrue_interest, capitalise_interest
from .interest_terms import assign_interest, change_interest_terms, create_interest_schedule
from .limits import end_limit, set_limit
from .periods import ask_reopening, close_period, open_periods, reopen_period
from .posting import post, post_each, post_many
from .rebuild import rebuild
from .reversal import reverse
from .roll_up import roll_up
from .spans import add_spans
from .verification import record_verification

__all__ = [
    "accrue_interest",
    "add_spans",
    "ask_reopening",
    "assign_interest",
    "begin_import",
    "book_import",
    "capitalise_interest",
    "capture_chain",
    "capture_hold",
    "change_fee_terms",
    "change_interest_terms",
    "charge_fee",
    "close_period",
    "create_fee_schedule",
    "create_interest_schedule",
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
    "rebuild",
    "record_verification",
    "reopen_period",
    "reverse",
    "reverse_chain",
    "roll_up",
    "set_bounds",
    "set_limit",
    "set_status",
    "stop_import",
    "void_chain",
    "void_hold",
]
