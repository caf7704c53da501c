"""Writes of the ledger."""

from .accounts import open_account, open_accounts, set_bounds, set_status
from .fees import (
    change_fee_terms,
    charge_fee,
    create_fee_schedule,
)
from .folding import fold
from .holds import capture_hold, expire_holds, extend_hold, place_hold, void_hold
from .interest import (
    accrue_interest,
    capitalise_interest,
)
from .interest_terms import (
    assign_interest,
    change_interest_terms,
    create_interest_schedule,
)
from .limits import end_limit, set_limit
from .periods import ask_reopening, close_period, open_periods, reopen_period
from .posting import post, post_each, post_many, record_verification
from .reversal import reverse
from .roll_up import roll_up

__all__ = [
    "accrue_interest",
    "ask_reopening",
    "assign_interest",
    "capitalise_interest",
    "capture_hold",
    "change_fee_terms",
    "change_interest_terms",
    "charge_fee",
    "close_period",
    "create_fee_schedule",
    "create_interest_schedule",
    "end_limit",
    "expire_holds",
    "extend_hold",
    "fold",
    "open_account",
    "open_accounts",
    "open_periods",
    "place_hold",
    "post",
    "post_each",
    "post_many",
    "record_verification",
    "reopen_period",
    "reverse",
    "roll_up",
    "set_bounds",
    "set_limit",
    "set_status",
    "void_hold",
]
