"""Ids, and the words of closed lists."""

from typing import Literal, NewType
from uuid import UUID

AccountId = NewType("AccountId", UUID)
AccountKind = Literal["asset", "liability", "equity", "income", "expense"]
AccountMode = Literal["plain", "slots", "deferred"]
AccountStatus = Literal["open", "frozen_debit", "frozen", "closed"]
ChainId = NewType("ChainId", UUID)
ChainStatus = Literal["open", "voided", "reversed"]
HoldId = NewType("HoldId", UUID)
HoldStatus = Literal["open", "captured", "voided", "expired"]
HolderId = NewType("HolderId", UUID)  # whose money it is; who that is, the ledger cannot tell
TransactionId = NewType("TransactionId", UUID)
