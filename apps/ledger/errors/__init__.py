"""Named failures of the ledger; `rest` renders each as RFC 9457 problem details."""

from .accounts import AccountClosed, AccountExists, AccountFrozen, AccountNotEmpty, AccountNotFound
from .holds import (
    CaptureExceedsHold,
    HoldEnded,
    HoldLapsed,
    HoldNotExtended,
    HoldNotFound,
    MalformedHold,
)
from .limits import (
    GuardFailed,
    LimitExceeded,
    LimitNeedsPlainAccount,
    LimitNotFound,
    MalformedLimit,
    RefusedByGuard,
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
    "AccountClosed",
    "AccountExists",
    "AccountFrozen",
    "AccountNotEmpty",
    "AccountNotFound",
    "AlreadyReversed",
    "BalanceOverflow",
    "CaptureExceedsHold",
    "CurrencyMismatch",
    "EffectiveInFuture",
    "GuardFailed",
    "HoldEnded",
    "HoldLapsed",
    "HoldNotExtended",
    "HoldNotFound",
    "InsufficientFunds",
    "LimitExceeded",
    "LimitNeedsPlainAccount",
    "LimitNotFound",
    "MalformedHold",
    "MalformedLimit",
    "MalformedPosting",
    "ReasonMissing",
    "ReferenceReused",
    "RefusedByGuard",
    "SameAccount",
    "SecondPersonNeeded",
    "TransactionNotFound",
    "Unbalanced",
]
