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
from .imports import Flawed, ImportElsewhere, ImportFileChanged, ImportRefused
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
    "Flawed",
    "HoldEnded",
    "HoldLapsed",
    "HoldNotExtended",
    "HoldNotFound",
    "ImportElsewhere",
    "ImportFileChanged",
    "ImportRefused",
    "InsufficientFunds",
    "MalformedHold",
    "MalformedPosting",
    "ReasonMissing",
    "RebuildRefused",
    "ReferenceReused",
    "SameAccount",
    "SecondPersonNeeded",
    "TransactionNotFound",
    "Unbalanced",
    "VerificationRunning",
]
