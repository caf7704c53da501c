"""Postings and what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from apps.platform.money import Money

from .conversions import ConversionView
from .ids import AccountId, ChainId, HolderId, TransactionId
from .reversals import ReversalView


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of a posting, in minor units: either a debit or a credit, above zero.

    `currency` "": the posting's.
    """

    account_id: AccountId
    debit: int = 0
    credit: int = 0
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What shall be booked: legs whose debits equal their credits in each currency.

    `currency` is that of every leg that names none; "" where each leg names its own.

    `source` and `reference` are whose it is and how they call it: the pair is booked once, for
    ever. `kind` says what sort of movement it is; "transfer" alone is told to subscribers.
    `metadata` is what the caller keeps with it; `chain_id` the group that it stands or falls with.
    """

    transaction_id: TransactionId
    legs: tuple[Leg, ...]
    currency: str = ""
    effective_at: datetime
    source: str
    reference: str
    kind: str = "transfer"
    metadata: Mapping[str, str | int | bool | None] | None = None
    chain_id: ChainId | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a posting; `replayed`: it had been booked before, under the id given here."""

    transaction_id: TransactionId
    replayed: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """A posting of a batch that was not booked, and why: `code` is the Problem's.

    `reason` is a guard's own code, where a guard refused.
    """

    code: str
    detail: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Money moved from the debit account to the credit account."""

    transaction_id: TransactionId
    debit_account_id: AccountId
    credit_account_id: AccountId
    amount: Money
    effective_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    """One leg as it was booked, with the balance that it left (normal side, minor units)."""

    transaction_id: TransactionId
    account_id: AccountId
    holder_id: HolderId | None
    version: int
    debit_minor: int
    credit_minor: int
    currency: str
    balance_after_minor: int
    effective_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionView:
    """A booked transaction with its legs, debits first, and its links to reversals both ways."""

    transaction_id: TransactionId
    kind: str
    source: str
    reference: str
    effective_at: datetime
    recorded_at: datetime
    legs: tuple[EntryView, ...]
    reverses: ReversalView | None = None
    reversed_by: tuple[ReversalView, ...] = ()
    metadata: Mapping[str, str | int | bool | None] = field(default_factory=dict)
    chain_id: ChainId | None = None
    conversion: ConversionView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferPosted:
    """A balanced transfer was committed."""

    event_name: ClassVar[str] = "ledger.transfer.posted.v1"
    transaction_id: UUID
    effective_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TransfersPosted:
    """Balanced transfers of one batch were committed, in their order; 1 to 100 of them."""

    event_name: ClassVar[str] = "ledger.transfers.posted.v1"
    transaction_ids: tuple[UUID, ...]
