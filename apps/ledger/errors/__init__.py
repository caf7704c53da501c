"""Named failures of the ledger; `rest` renders each as RFC 9457 problem details."""

from .accounts import AccountClosed, AccountExists, AccountFrozen, AccountNotEmpty, AccountNotFound
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
from .metadata import MalformedMetadata
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
    "ChainBooked",
    "ChainEnded",
    "ChainMoved",
    "ChainNotFound",
    "Chained",
    "CurrencyMismatch",
    "EffectiveInFuture",
    "HoldEnded",
    "HoldLapsed",
    "HoldNotExtended",
    "HoldNotFound",
    "InsufficientFunds",
    "MalformedChain",
    "MalformedExchange",
    "MalformedHold",
    "MalformedMetadata",
    "MalformedPosting",
    "MalformedRate",
    "ReasonMissing",
    "ReferenceReused",
    "SameAccount",
    "SecondPersonNeeded",
    "TradingAccountMissing",
    "TransactionNotFound",
    "Unbalanced",
]
