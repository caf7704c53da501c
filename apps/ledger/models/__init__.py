"""Tables of the ledger. Shape and constraints here; the engine itself is in migrations/sql.

Balances move by a trigger on any insert of an entry, so that no path around the function exists.
"""

from .accounts import Account, AccountBound
from .books import Books
from .chains import Chain, ChainEnd
from .conversions import Conversion
from .holds import Hold, HoldCapture, HoldEnd, HoldExtension, HoldOpen
from .limits import Limit, LimitUse, LimitVersion
from .periods import ClosingJournal, Period, PeriodClosing, PeriodReopening, ReopeningRequest
from .reversals import Reversal, ReversalPart
from .roll_ups import RollUp
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
    "Hold",
    "HoldCapture",
    "HoldEnd",
    "HoldExtension",
    "HoldOpen",
    "Limit",
    "LimitUse",
    "LimitVersion",
    "Period",
    "PeriodClosing",
    "PeriodReopening",
    "ReopeningRequest",
    "Reversal",
    "ReversalPart",
    "RollUp",
    "Transaction",
]
