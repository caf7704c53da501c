"""HTTP edge of the ledger: check shape and permission, read the clock, call a service, render."""

from .accounts import AccountBalance, AccountDetail, AccountEntries
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
