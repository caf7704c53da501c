"""Tables of the ledger. Shape and constraints here; the engine itself is in migrations/sql.

Balances move by a trigger on any insert of an entry, so that no path around the function exists.
"""

from .accounts import Account, AccountBound
from .books import Books
from .chains import Chain, ChainEnd
from .conversions import Conversion
from .fees import Fee, FeeSchedule, FeeTier, FeeVersion
from .holds import Hold, HoldCapture, HoldEnd, HoldExtension, HoldOpen
from .imports import Import
from .interest import (
    InterestAccrual,
    InterestAssignment,
    InterestCapital,
    InterestSchedule,
    InterestTier,
    InterestVersion,
)
from .limits import Limit, LimitUse, LimitVersion, LimitWaiver
from .periods import ClosingJournal, Period, PeriodClosing, PeriodReopening, ReopeningRequest
from .reversals import Reversal, ReversalPart
from .roll_ups import RollUp
from .spans import Span
from .transactions import Entry, Transaction

__all__ = [
    "Account",
    "AccountBound",
    "Books",
    "Chain",
    "ChainEnd",
    "ClosingJournal",
    "Conversion",
    "Entry",
    "Fee",
    "FeeSchedule",
    "FeeTier",
    "FeeVersion",
    "Hold",
    "HoldCapture",
    "HoldEnd",
    "HoldExtension",
    "HoldOpen",
    "Import",
    "InterestAccrual",
    "InterestAssignment",
    "InterestCapital",
    "InterestSchedule",
    "InterestTier",
    "InterestVersion",
    "Limit",
    "LimitUse",
    "LimitVersion",
    "LimitWaiver",
    "Period",
    "PeriodClosing",
    "PeriodReopening",
    "ReopeningRequest",
    "Reversal",
    "ReversalPart",
    "RollUp",
    "Span",
    "Transaction",
]
