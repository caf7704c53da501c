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
from .interest import (
    DayNotOver,
    MalformedSchedule,
    ScheduleExists,
    ScheduleNotFound,
    TermsInUse,
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
    "DayNotOver",
    "EffectiveInFuture",
    "HoldEnded",
    "HoldLapsed",
    "HoldNotExtended",
    "HoldNotFound",
    "InsufficientFunds",
    "MalformedHold",
    "MalformedPosting",
    "MalformedSchedule",
    "ReasonMissing",
    "ReferenceReused",
    "SameAccount",
    "ScheduleExists",
    "ScheduleNotFound",
    "SecondPersonNeeded",
    "TermsInUse",
    "TransactionNotFound",
    "Unbalanced",
]
