"""Decisions of the ledger: values in, verdict out. No Django, no clock, no I/O.

The same truths stand in the database (migrations/sql), where nothing gets past them; here they are
explained, and refused before a round trip is spent.
"""

import hashlib
import json
from datetime import datetime
from typing import Final

from apps.platform.money import CURRENCIES, MINOR_MAX, Money

from .errors import CurrencyMismatch, EffectiveInFuture, MalformedPosting, SameAccount, Unbalanced
from .events import AccountId, AccountKind, Leg, Posting, TransactionId

DEBIT_NORMAL: Final = frozenset({"asset", "expense"})
BATCH_MAX: Final = 1000


def check_posting(posting: Posting, *, now: datetime) -> None:
    """Return when the posting may go to the database, which checks it against the accounts.

    Raises EffectiveInFuture, CurrencyMismatch, MalformedPosting, SameAccount or Unbalanced.
    """
    if posting.effective_at > now:
        raise EffectiveInFuture("a posting counts from now or from the past")
    if posting.currency not in CURRENCIES:
        raise CurrencyMismatch(f"{posting.currency} is not an ISO 4217 currency")
    if not posting.source or not posting.reference:
        raise MalformedPosting("a posting says whose it is, and how they call it")
    if len(posting.legs) < 2:
        raise MalformedPosting("a posting has two legs or more")
    for leg in posting.legs:
        _check_leg(leg)
    if len(posting.legs) == 2 and posting.legs[0].account_id == posting.legs[1].account_id:
        raise SameAccount("debit and credit are one account")
    debit, credit = sum(leg.debit for leg in posting.legs), sum(leg.credit for leg in posting.legs)
    if debit != credit:
        raise Unbalanced(f"debits are {debit} and credits {credit} minor units")


def _check_leg(leg: Leg) -> None:
    sides = [leg.debit, leg.credit]
    if min(sides) != 0 or not 0 < max(sides) <= MINOR_MAX:
        raise MalformedPosting("a leg is either a debit or a credit, above zero")


def transfer(
    *,
    transaction_id: TransactionId,
    debit_account_id: AccountId,
    credit_account_id: AccountId,
    amount: Money,
    effective_at: datetime,
    source: str,
    reference: str,
) -> Posting:
    """Return the posting that moves `amount` from the debit to the credit account."""
    return Posting(
        transaction_id=transaction_id,
        legs=(
            Leg(debit_account_id, debit=amount.minor),
            Leg(credit_account_id, credit=amount.minor),
        ),
        currency=amount.currency,
        effective_at=effective_at,
        source=source,
        reference=reference,
    )


def check_batch(size: int) -> None:
    """Return when so many postings may go together. Raises MalformedPosting."""
    if not 1 <= size <= BATCH_MAX:
        raise MalformedPosting(f"a batch holds 1 to {BATCH_MAX} postings")


def fingerprint(posting: Posting) -> str:
    """Return the SHA-256 of what a posting says, apart from when: the test of a true repeat."""
    legs = sorted((leg.account_id.hex, leg.debit, leg.credit) for leg in posting.legs)
    said = json.dumps([posting.kind, posting.currency, legs], separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


def on_normal_side(*, kind: AccountKind, debit: int, credit: int) -> int:
    """Return by how much a leg raises the account on its normal side (negative: lowers it)."""
    return debit - credit if kind in DEBIT_NORMAL else credit - debit


def in_columns(*, kind: AccountKind, posted_minor: int) -> tuple[int, int]:
    """Return (debit, credit) of a balance for a trial balance; one of the two is zero."""
    as_debit = posted_minor if kind in DEBIT_NORMAL else -posted_minor
    return (as_debit, 0) if as_debit >= 0 else (0, -as_debit)
