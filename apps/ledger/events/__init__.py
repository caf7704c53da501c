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
from .imports import Draft, DraftLeg, Flaw, ImportCheck, ImportShape, ImportView
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
    "Draft",
    "DraftLeg",
    "EntryView",
    "Finding",
    "Flaw",
    "Held",
    "HoldCaptured",
    "HoldExpired",
    "HoldId",
    "HoldPlaced",
    "HoldStatus",
    "HoldView",
    "HoldVoided",
    "HolderId",
    "ImportCheck",
    "ImportShape",
    "ImportView",
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
