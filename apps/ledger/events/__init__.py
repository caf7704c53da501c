"""Events and values of the ledger: facts, versioned, free of personal data."""

from .accounts import AccountView, NewAccount
from .balances import BalanceView, PastBalanceView, TrialBalanceLine
from .guards import GuardedAct, Move, Proposed, Refusal
from .holds import (
    Capture,
    Captured,
    CaptureView,
    Held,
    HoldCaptured,
    HoldExpired,
    HoldPlaced,
    HoldView,
    HoldVoided,
    NewHold,
)
from .ids import AccountId, AccountKind, AccountStatus, HolderId, HoldId, HoldStatus, TransactionId
from .limits import (
    LimitDirection,
    LimitId,
    LimitMeasure,
    LimitPeriod,
    LimitScope,
    LimitView,
    NewLimit,
)
from .posting import (
    EntryView,
    Leg,
    Posted,
    Posting,
    Refused,
    TransactionView,
    Transfer,
    TransferPosted,
)
from .reversals import Part, Reversal, ReversalView, TransactionReversed
from .verification import Finding, Verification

__all__ = [
    "AccountId",
    "AccountKind",
    "AccountStatus",
    "AccountView",
    "BalanceView",
    "Capture",
    "CaptureView",
    "Captured",
    "EntryView",
    "Finding",
    "GuardedAct",
    "Held",
    "HoldCaptured",
    "HoldExpired",
    "HoldId",
    "HoldPlaced",
    "HoldStatus",
    "HoldView",
    "HoldVoided",
    "HolderId",
    "Leg",
    "LimitDirection",
    "LimitId",
    "LimitMeasure",
    "LimitPeriod",
    "LimitScope",
    "LimitView",
    "Move",
    "NewAccount",
    "NewHold",
    "NewLimit",
    "Part",
    "PastBalanceView",
    "Posted",
    "Posting",
    "Proposed",
    "Refusal",
    "Refused",
    "Reversal",
    "ReversalView",
    "TransactionId",
    "TransactionReversed",
    "TransactionView",
    "Transfer",
    "TransferPosted",
    "TrialBalanceLine",
    "Verification",
]
