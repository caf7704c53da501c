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
    "MalformedBounds",
    "MalformedChain",
    "MalformedClosing",
    "MalformedExchange",
    "MalformedHold",
    "MalformedLimit",
    "MalformedMetadata",
    "MalformedPosting",
    "MalformedRate",
    "ParentUnfit",
    "PeriodClosed",
    "PeriodNotFound",
    "PeriodNotOver",
    "PeriodOutOfOrder",
    "ReasonMissing",
    "ReferenceReused",
    "RefusedByGuard",
    "ReopeningLapsed",
    "ReportRateMissing",
    "SameAccount",
    "SecondPersonNeeded",
    "StatementTooLong",
    "TradingAccountMissing",
    "TransactionNotFound",
    "Unbalanced",
]
