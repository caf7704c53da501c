"""Chains: postings and holds that stand or fall together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from .holds import HoldView
from .ids import AccountId, ChainId, ChainStatus, HoldId, TransactionId
from .posting import TransactionView


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainView:
    """A chain as it stands: what it has booked and what it holds, oldest first."""

    chain_id: ChainId
    status: ChainStatus
    recorded_at: datetime
    transactions: tuple[TransactionView, ...]
    holds: tuple[HoldView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainCapture:
    """Every open hold of a chain, taken whole: `receivers` says where the money of each goes."""

    chain_id: ChainId
    receivers: Mapping[HoldId, AccountId]
    effective_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReversal:
    """Everything that a chain has booked, to be undone; what it still holds is freed."""

    chain_id: ChainId
    reason: str
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class ChainDone:
    """What became of a chain: the transactions of this act, and whether it had been done before."""

    chain_id: ChainId
    transaction_ids: tuple[TransactionId, ...]
    replayed: bool
