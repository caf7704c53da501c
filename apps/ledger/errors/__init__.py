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
from .chains import ChainBooked, Chained, ChainEnded, ChainMoved, ChainNotFound, MalformedChain
from .conversions import MalformedExchange, MalformedRate, TradingAccountMissing
from .holds import (
    CaptureExceedsHold,
    HoldEnded,
    HoldLapsed,
    HoldNotExtended,
    HoldNotFound,
    MalformedHold,
)
from .imports import Flawed, ImportElsewhere, ImportFileChanged, ImportRefused
from .interest import DayNotOver, MalformedSchedule, ScheduleExists, ScheduleNotFound, TermsInUse
from .limits import (
    GuardFailed,
    LimitExceeded,
    LimitNeedsPlainAccount,
    LimitNotFound,
    MalformedLimit,
    RefusedByGuard,
)
from .metadata import MalformedMetadata
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
from .statements import StatementTooLong

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
    "ChainBooked",
    "ChainEnded",
    "ChainMoved",
    "ChainNotFound",
    "Chained",
    "CurrencyMismatch",
    "DayNotOver",
    "EffectiveInFuture",
    "Flawed",
    "GuardFailed",
    "HoldEnded",
    "HoldLapsed",
    "HoldNotExtended",
    "HoldNotFound",
    "ImportElsewhere",
    "ImportFileChanged",
    "ImportRefused",
    "InsufficientFunds",
    "LimitExceeded",
    "LimitNeedsPlainAccount",
    "LimitNotFound",
    "MalformedBounds",
    "MalformedChain",
    "MalformedClosing",
    "MalformedExchange",
    "MalformedHold",
    "MalformedLimit",
    "MalformedMetadata",
    "MalformedPosting",
    "MalformedRate",
    "MalformedSchedule",
    "ParentUnfit",
    "PeriodClosed",
    "PeriodNotFound",
    "PeriodNotOver",
    "PeriodOutOfOrder",
    "ReasonMissing",
    "RebuildRefused",
    "ReferenceReused",
    "RefusedByGuard",
    "ReopeningLapsed",
    "ReportRateMissing",
    "SameAccount",
    "ScheduleExists",
    "ScheduleNotFound",
    "SecondPersonNeeded",
    "StatementTooLong",
    "TermsInUse",
    "TradingAccountMissing",
    "TransactionNotFound",
    "Unbalanced",
    "VerificationRunning",
]
