"""Events and values of the ledger: facts, versioned, free of personal data."""

from .accounts import AccountView, NewAccount
from .balances import BalanceView, PastBalanceView, TrialBalanceLine
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
from .verification import Finding, InvariantBroken, Rebuilt, Verification

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
    "Held",
    "HoldCaptured",
    "HoldExpired",
    "HoldId",
    "HoldPlaced",
    "HoldStatus",
    "HoldView",
    "HoldVoided",
    "HolderId",
    "InvariantBroken",
    "Leg",
    "NewAccount",
    "NewHold",
    "Part",
    "PastBalanceView",
    "Posted",
    "Posting",
    "Rebuilt",
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
