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
from .periods import ClosingView, NewPeriod, PeriodView, ReopeningView, ResultView
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
from .reports import BalanceSheet, Heading, IncomeStatement, Rates, ReportLine, Section
from .reversals import Part, Reversal, ReversalView, TransactionReversed
from .verification import Finding, Verification

__all__ = [
    "AccountId",
    "AccountKind",
    "AccountStatus",
    "AccountView",
    "BalanceSheet",
    "BalanceView",
    "Capture",
    "CaptureView",
    "Captured",
    "ClosingView",
    "EntryView",
    "Finding",
    "Heading",
    "Held",
    "HoldCaptured",
    "HoldExpired",
    "HoldId",
    "HoldPlaced",
    "HoldStatus",
    "HoldView",
    "HoldVoided",
    "HolderId",
    "IncomeStatement",
    "Leg",
    "NewAccount",
    "NewHold",
    "NewPeriod",
    "Part",
    "PastBalanceView",
    "PeriodView",
    "Posted",
    "Posting",
    "Rates",
    "Refused",
    "ReopeningView",
    "ReportLine",
    "ResultView",
    "Reversal",
    "ReversalView",
    "Section",
    "TransactionId",
    "TransactionReversed",
    "TransactionView",
    "Transfer",
    "TransferPosted",
    "TrialBalanceLine",
    "Verification",
]
