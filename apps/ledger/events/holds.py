"""Holds and what becomes of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from apps.platform.money import Money

from .ids import AccountId, ChainId, HoldId, HoldStatus, TransactionId


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHold:
    """Money of an account to be promised until `expires_at`; it stays posted, and is not available.

    `source` and `reference` are whose it is and how they call it: the pair holds once, for ever.
    `chain_id` is the group that it stands or falls with.
    """

    hold_id: HoldId
    account_id: AccountId
    amount: Money
    expires_at: datetime
    source: str
    reference: str
    chain_id: ChainId | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What became of a wish to hold; `replayed`: held before, under the id given here."""

    hold_id: HoldId
    replayed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """Held money to be moved to another account; `amount_minor` None: all that is left.

    `final`: what is left afterwards is free again. It posts a transaction under `transaction_id`;
    `source` and `reference` are that transaction's.
    """

    hold_id: HoldId
    to_account_id: AccountId
    transaction_id: TransactionId
    amount_minor: int | None
    effective_at: datetime
    source: str
    reference: str
    final: bool = False


@dataclass(frozen=True, slots=True)
class Captured:
    """What became of a capture: its transaction and how much it took."""

    transaction_id: TransactionId
    amount_minor: int
    replayed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureView:
    """One capture of a hold, in minor units."""

    transaction_id: TransactionId
    amount_minor: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldView:
    """A hold as it stands at a moment; `left_minor` is what it still keeps from being spent."""

    hold_id: HoldId
    account_id: AccountId
    currency: str
    amount_minor: int
    left_minor: int
    status: HoldStatus
    expires_at: datetime
    recorded_at: datetime
    captures: tuple[CaptureView, ...]
    chain_id: ChainId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPlaced:
    """Money of an account was promised."""

    event_name: ClassVar[str] = "ledger.hold.placed.v1"
    hold_id: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldCaptured:
    """Held money was moved by a transaction."""

    event_name: ClassVar[str] = "ledger.hold.captured.v1"
    hold_id: UUID
    transaction_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldVoided:
    """A hold was given up; what was left is free again."""

    event_name: ClassVar[str] = "ledger.hold.voided.v1"
    hold_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldExpired:
    """A hold's time was over; what was left is free again."""

    event_name: ClassVar[str] = "ledger.hold.expired.v1"
    hold_id: UUID
