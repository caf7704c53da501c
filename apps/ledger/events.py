"""Events and values of the ledger: facts, versioned, free of personal data."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal, NewType
from uuid import UUID

from apps.platform.money import Money

AccountId = NewType("AccountId", UUID)
HolderId = NewType("HolderId", UUID)  # whose money it is; who that is, the ledger cannot tell
TransactionId = NewType("TransactionId", UUID)
HoldId = NewType("HoldId", UUID)

AccountKind = Literal["asset", "liability", "equity", "income", "expense"]
AccountStatus = Literal["open", "frozen_debit", "frozen", "closed"]
HoldStatus = Literal["open", "captured", "voided", "expired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account to be opened, empty; `floor_minor` None: it may go as low as it likes.

    `over_capture`: a capture may take more than its hold, as far as the account's money goes.
    """

    account_id: AccountId
    code: str
    name: str
    kind: AccountKind
    currency: str
    holder_id: HolderId | None = None
    floor_minor: int | None = None
    over_capture: bool = False


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
    """

    transaction_id: TransactionId
    legs: tuple[Leg, ...]
    currency: str = ""
    effective_at: datetime
    source: str
    reference: str
    kind: str = "transfer"


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a posting; `replayed`: it had been booked before, under the id given here."""

    transaction_id: TransactionId
    replayed: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """A posting of a batch that was not booked, and why: `code` is the Problem's."""

    code: str
    detail: str


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
class ReversalView:
    """A link between a transaction and the one that reverses it."""

    reversed_id: TransactionId
    transaction_id: TransactionId
    whole: bool
    reason: str
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
class NewHold:
    """Money of an account to be promised until `expires_at`; it stays posted, and is not available.

    `source` and `reference` are whose it is and how they call it: the pair holds once, for ever.
    """

    hold_id: HoldId
    account_id: AccountId
    amount: Money
    expires_at: datetime
    source: str
    reference: str


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


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceView:
    """What stands on an account, in minor units on its normal side.

    `available_minor` is what may be taken out: posted, less what is held, less the floor; None: the
    account has no floor.
    """

    account_id: AccountId
    currency: str
    posted_minor: int
    held_minor: int
    available_minor: int | None
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PastBalanceView:
    """What took effect on an account by `as_of`, as it was known by `known_at` (normal side)."""

    account_id: AccountId
    currency: str
    posted_minor: int
    as_of: datetime | None
    known_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionReversed:
    """A transaction was reversed by another, whole or in part."""

    event_name: ClassVar[str] = "ledger.transaction.reversed.v1"
    reversed_id: UUID
    transaction_id: UUID


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
