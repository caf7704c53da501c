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
from .journals import BatchCollection, JournalCollection
from .limits import AccountLimits
from .reversals import ReversalCollection
from .transfers import TransactionDetail, TransferCollection

__all__ = [
    "AccountBalance",
    "AccountDetail",
    "AccountEntries",
    "AccountLimits",
    "BatchCollection",
    "ChainCaptureCollection",
    "ChainCollection",
    "ChainDetail",
    "ChainReversalCollection",
    "ChainVoid",
    "ExchangeCollection",
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
