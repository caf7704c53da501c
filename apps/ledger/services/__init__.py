"""Writes of the ledger."""

from .fees import change_fee_terms, charge_fee, create_fee_schedule
from .holds import capture_hold, expire_holds, extend_hold, place_hold, void_hold
from .interest import accrue_interest, capitalise_interest
from .interest_terms import assign_interest, change_interest_terms, create_interest_schedule
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
    "accrue_interest",
    "assign_interest",
    "capitalise_interest",
    "capture_hold",
    "change_fee_terms",
    "change_interest_terms",
    "charge_fee",
    "create_fee_schedule",
    "create_interest_schedule",
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
