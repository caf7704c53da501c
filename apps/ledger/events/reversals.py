"""Reversals and their parts."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from .ids import AccountId, TransactionId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReversalView:
    """A link between a transaction and the one that reverses it."""

    reversed_id: TransactionId
    transaction_id: TransactionId
    whole: bool
    reason: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """Of which leg how much is reversed; an account and its version name one leg for ever."""

    account_id: AccountId
    version: int
    minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal:
    """A booked transaction to be undone by another, whole or in parts; never an edit.

    `parts` None: whole. `reason` is for people and names none.
    """

    reversed_id: TransactionId
    transaction_id: TransactionId
    reason: str
    effective_at: datetime
    source: str
    reference: str
    parts: tuple[Part, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionReversed:
    """A transaction was reversed by another, whole or in part."""

    event_name: ClassVar[str] = "ledger.transaction.reversed.v1"
    reversed_id: UUID
    transaction_id: UUID
