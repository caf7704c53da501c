"""What a posting must be before it is sent."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from apps.platform.money import CURRENCIES, MINOR_MAX, Money

from ..errors import (
    CurrencyMismatch,
    EffectiveInFuture,
    MalformedPosting,
    SameAccount,
    Unbalanced,
)
from ..events import (
    AccountId,
    Leg,
    Posting,
    TransactionId,
)
from .metadata import Metadata, check_metadata

BATCH_MAX: Final = 1000
LEGS_MAX: Final = 1000  # of a journal
_OF_SERVICES: Final = frozenset({"exchange", "fold"})  # kinds that stand for more than their legs


def check_posting(posting: Posting, *, now: datetime) -> None:
    """Return when the posting may go to the database, which checks it against the accounts.

    Raises EffectiveInFuture, CurrencyMismatch, MalformedPosting, MalformedMetadata, SameAccount or
    Unbalanced.
    """
    if posting.effective_at > now:
        raise EffectiveInFuture("a posting counts from now or from the past")
    check_reference(source=posting.source, reference=posting.reference)
    if posting.metadata is not None:
        check_metadata(posting.metadata)
    if len(posting.legs) < 2:
        raise MalformedPosting("a posting has two legs or more")
    for leg in posting.legs:
        _check_leg(leg)
    if len(posting.legs) == 2 and posting.legs[0].account_id == posting.legs[1].account_id:
        raise SameAccount("debit and credit are one account")
    _check_balanced(posting)


def check_kind(posting: Posting) -> None:
    """Return unless the kind is one that a service of its own books. Raises MalformedPosting."""
    if posting.kind in _OF_SERVICES:
        raise MalformedPosting(f"{posting.kind} is not a kind to be posted by itself")


def _check_balanced(posting: Posting) -> None:
    difference: dict[str, int] = {}
    for leg in posting.legs:
        currency = leg.currency or posting.currency
        difference[currency] = difference.get(currency, 0) + leg.debit - leg.credit
    if unknown := difference.keys() - CURRENCIES.keys():
        raise CurrencyMismatch(f"{min(unknown) or 'nothing'} is not an ISO 4217 currency")
    for currency, minor in difference.items():
        if minor:
            raise Unbalanced(f"debits less credits are {minor} minor units of {currency}")


def check_reference(*, source: str, reference: str) -> None:
    """Return when both are said. Raises MalformedPosting."""
    if not source or not reference:
        raise MalformedPosting("what is booked says whose it is, and how they call it")


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
    metadata: Metadata | None = None,
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
        metadata=metadata,
    )


def is_transfer(posting: Posting) -> bool:
    """Return whether the posting is two legs of one currency between two accounts."""
    return len(posting.legs) == 2 and len({leg.currency for leg in posting.legs}) == 1


def check_batch(size: int) -> None:
    """Return when so many postings may go together. Raises MalformedPosting."""
    if not 1 <= size <= BATCH_MAX:
        raise MalformedPosting(f"a batch holds 1 to {BATCH_MAX} postings")


def fingerprint(posting: Posting) -> str:
    """Return half the SHA-256 of what a posting says, apart from when: the test of a true repeat.

    Half of it tells as well as all, and a ledger keeps it with each transaction for ever.
    """
    legs = sorted(
        (leg.account_id.hex, leg.debit, leg.credit, *filter(None, [leg.currency]))
        for leg in posting.legs
    )
    return _digest([posting.kind, posting.currency, legs, *_besides(posting)])[:32]


def _besides(posting: Posting) -> list[object]:
    """Return what not every posting says; those that say nothing of it keep their fingerprint."""
    said: list[object] = []
    if posting.metadata:
        said.append({"metadata": dict(sorted(posting.metadata.items()))})
    if posting.chain_id is not None:
        said.append({"chain": posting.chain_id.hex})
    return said


def _digest(said: list[object]) -> str:
    return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()


def header_as_json(posting: Posting, *, event: UUID | None = None) -> dict[str, object]:
    """Return a posting's header as the engine's functions take it; `event`: of what is to tell."""
    return {
        "id": str(posting.transaction_id),
        "kind": posting.kind,
        "source": posting.source,
        "reference": posting.reference,
        "fingerprint": fingerprint(posting),
        "effective_at": posting.effective_at.isoformat(),
        "currency": posting.currency or None,
        "event": None if event is None else str(event),
        "metadata": dict(posting.metadata) if posting.metadata else None,
        "chain": None if posting.chain_id is None else str(posting.chain_id),
    }


def leg_as_json(leg: Leg, *, place: int = 1) -> dict[str, str | int]:
    """Return a leg as the engine's functions take it; `place`: of its posting, from 1."""
    told: dict[str, str | int] = {
        "n": place,
        "account": str(leg.account_id),
        "debit": leg.debit,
        "credit": leg.credit,
    }
    return told | {"currency": leg.currency} if leg.currency else told


def largest_side(legs: Sequence[Leg]) -> int:
    """Return the largest sum of debits of one currency: how much the legs move, in minor units."""
    moved: dict[str, int] = {}
    for leg in legs:
        moved[leg.currency] = moved.get(leg.currency, 0) + leg.debit
    return max(moved.values())
