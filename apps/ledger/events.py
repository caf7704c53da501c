"""Events and values of the ledger: facts, versioned, free of personal data."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal, NewType
from uuid import UUID

from apps.platform.money import Money

AccountId = NewType("AccountId", UUID)
HolderId = NewType("HolderId", UUID)  # whose money it is; who that is, the ledger cannot tell
TransactionId = NewType("TransactionId", UUID)

AccountKind = Literal["asset", "liability", "equity", "income", "expense"]
AccountStatus = Literal["open", "frozen_debit", "frozen", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account to be opened, empty; `floor_minor` None: it may go as low as it likes."""

    account_id: AccountId
    code: str
    name: str
    kind: AccountKind
    currency: str
    holder_id: HolderId | None = None
    floor_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of a posting, in minor units: either a debit or a credit, above zero."""

    account_id: AccountId
    debit: int = 0
    credit: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What shall be booked: legs of one currency whose debits equal their credits.

    `source` and `reference` are whose it is and how they call it: the pair is booked once, for
    ever. `kind` says what sort of movement it is; "transfer" alone is told to subscribers.
    """

    transaction_id: TransactionId
    legs: tuple[Leg, ...]
    currency: str
    effective_at: datetime
    source: str
    reference: str
    kind: str = "transfer"


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a posting; `replayed`: it had been booked before, under the id given here."""

    transaction_id: TransactionId
    replayed: bool


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
class AccountView:
    """An account as others see it; `posted_minor` is on its normal side."""

    account_id: AccountId
    code: str
    name: str
    kind: AccountKind
    currency: str
    status: AccountStatus
    holder_id: HolderId | None
    floor_minor: int | None
    posted_minor: int
    version: int


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
    """A booked transaction with its legs, debits first."""

    transaction_id: TransactionId
    kind: str
    source: str
    reference: str
    effective_at: datetime
    recorded_at: datetime
    legs: tuple[EntryView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialBalanceLine:
    """One account's balance in the column where it stands, in minor units."""

    account_id: AccountId
    code: str
    name: str
    kind: AccountKind
    currency: str
    debit_minor: int
    credit_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One invariant: how many rows were looked at, and which of them offend."""

    invariant: str
    looked_at: int
    offenders: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a run of all invariants found: rows looked at, and how many offend."""

    at: datetime
    looked_at: int
    offenders: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferPosted:
    """A balanced transfer was committed."""

    event_name: ClassVar[str] = "ledger.transfer.posted.v1"
    transaction_id: UUID
    effective_at: datetime
