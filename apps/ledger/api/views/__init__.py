"""HTTP edge of the ledger: check shape and permission, read the clock, call a service, render."""

from .accounts import AccountBalance, AccountDetail, AccountEntries
from .chains import (
    ChainCaptureCollection,
    ChainCollection,
    ChainDetail,
    ChainReversalCollection,
    ChainVoid,
)
from .exchanges import ExchangeCollection
from .holds import (
    HoldCaptureCollection,
    HoldCollection,
    HoldDetail,
    HoldExtensionCollection,
    HoldVoid,
)
from .interest import AccountInterest, FeeCollection
from .journals import BatchCollection, JournalCollection
from .limits import AccountLimits
from .lists import AccountCollection
from .reversals import ReversalCollection
from .statements import AccountStatement
from .transfers import TransactionDetail, TransferCollection

__all__ = [
    "AccountBalance",
    "AccountCollection",
    "AccountDetail",
    "AccountEntries",
    "AccountInterest",
    "AccountLimits",
    "AccountStatement",
    "BatchCollection",
    "ChainCaptureCollection",
    "ChainCollection",
    "ChainDetail",
    "ChainReversalCollection",
    "ChainVoid",
    "ExchangeCollection",
    "FeeCollection",
    "HoldCaptureCollection",
    "HoldCollection",
    "HoldDetail",
    "HoldExtensionCollection",
    "HoldVoid",
    "JournalCollection",
    "ReversalCollection",
    "TransactionDetail",
    "TransferCollection",
]
