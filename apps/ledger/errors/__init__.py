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
from .periods import (
    MalformedClosing,
    PeriodClosed,
    PeriodNotFound,
    PeriodNotOver,
    PeriodOutOfOrder,
    ReopeningLapsed,
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
from .reports import ReportRateMissing
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
    "HoldEnded",
    "HoldLapsed",
    "HoldNotExtended",
    "HoldNotFound",
    "InsufficientFunds",
    "MalformedClosing",
    "MalformedHold",
    "MalformedPosting",
    "PeriodClosed",
    "PeriodNotFound",
    "PeriodNotOver",
    "PeriodOutOfOrder",
    "ReasonMissing",
    "ReferenceReused",
    "ReopeningLapsed",
    "ReportRateMissing",
    "SameAccount",
    "SecondPersonNeeded",
    "TransactionNotFound",
    "Unbalanced",
]
