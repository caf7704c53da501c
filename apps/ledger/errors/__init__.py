"""Named failures of the ledger; `rest` renders each as RFC 9457 problem details."""

from .accounts import (
    AboveCeiling,
    AccountClosed,
    AccountExists,
    AccountFrozen,
    AccountHot,
    AccountNotEmpty,
    AccountNotFound,
    MalformedBounds,
    ParentUnfit,
)
from .holds import (
    CaptureExceedsHold,
    HoldEnded,
    HoldLapsed,
    HoldNotExtended,
    HoldNotFound,
    MalformedHold,
)
from .posting import (
    BalanceOverflow,
    CurrencyMismatch,
    EffectiveInFuture,
    InsufficientFunds,
    MalformedPosting,
    ReferenceReused,
    SameAccount,
    TransactionNotFound,
    Unbalanced,
)
from .reversals import AlreadyReversed, ReasonMissing, SecondPersonNeeded

__all__ = [
    "AboveCeiling",
    "AccountClosed",
    "AccountExists",
    "AccountFrozen",
    "AccountHot",
    "AccountNotEmpty",
    "AccountNotFound",
    "AlreadyReversed",
    "BalanceOverflow",
    "CaptureExceedsHold",
    "CurrencyMismatch",
    "EffectiveInFuture",
    "HoldEnded",
    "HoldLapsed",
    "HoldNotExtended",
    "HoldNotFound",
    "InsufficientFunds",
    "MalformedBounds",
    "MalformedHold",
    "MalformedPosting",
    "ParentUnfit",
    "ReasonMissing",
    "ReferenceReused",
    "SameAccount",
    "SecondPersonNeeded",
    "TransactionNotFound",
    "Unbalanced",
]
