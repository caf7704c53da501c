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
from .imports import Flawed, ImportElsewhere, ImportFileChanged, ImportRefused
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
from .proof import RebuildRefused, VerificationRunning
from .reports import ReportRateMissing
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
    "Flawed",
    "HoldEnded",
    "HoldLapsed",
    "HoldNotExtended",
    "HoldNotFound",
    "ImportElsewhere",
    "ImportFileChanged",
    "ImportRefused",
    "InsufficientFunds",
    "MalformedBounds",
    "MalformedClosing",
    "MalformedHold",
    "MalformedPosting",
    "ParentUnfit",
    "PeriodClosed",
    "PeriodNotFound",
    "PeriodNotOver",
    "PeriodOutOfOrder",
    "ReasonMissing",
    "RebuildRefused",
    "ReferenceReused",
    "ReopeningLapsed",
    "ReportRateMissing",
    "SameAccount",
    "SecondPersonNeeded",
    "TransactionNotFound",
    "Unbalanced",
    "VerificationRunning",
]
