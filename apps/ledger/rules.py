"""Decisions of the ledger: values in, verdict out. No Django, no clock, no I/O.

The same truths stand in the database (migrations/sql), where nothing gets past them; here they are
explained, and refused before a round trip is spent.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final, cast
from uuid import UUID

from apps.platform.actors import Actor
from apps.platform.money import CURRENCIES, MINOR_MAX, Money

from .errors import (
    CurrencyMismatch,
    EffectiveInFuture,
    MalformedHold,
    MalformedPosting,
    ReasonMissing,
    SameAccount,
    SecondPersonNeeded,
    Unbalanced,
)
from .events import (
    AccountId,
    AccountKind,
    Capture,
    EntryView,
    HoldStatus,
    Leg,
    NewHold,
    Part,
    Posting,
    Reversal,
    TransactionId,
)

DEBIT_NORMAL: Final = frozenset({"asset", "expense"})
BATCH_MAX: Final = 1000
LEGS_MAX: Final = 1000  # of a journal


def check_posting(posting: Posting, *, now: datetime) -> None:
    """Return when the posting may go to the database, which checks it against the accounts.

    Raises EffectiveInFuture, CurrencyMismatch, MalformedPosting, SameAccount or Unbalanced.
    """
    if posting.effective_at > now:
        raise EffectiveInFuture("a posting counts from now or from the past")
    check_reference(source=posting.source, reference=posting.reference)
    if len(posting.legs) < 2:
        raise MalformedPosting("a posting has two legs or more")
    for leg in posting.legs:
        _check_leg(leg)
    if len(posting.legs) == 2 and posting.legs[0].account_id == posting.legs[1].account_id:
        raise SameAccount("debit and credit are one account")
    _check_balanced(posting)


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
    legs = sorted(
        (leg.account_id.hex, leg.debit, leg.credit, *filter(None, [leg.currency]))
        for leg in posting.legs
    )
    return _digest([posting.kind, posting.currency, legs])


def _digest(said: list[object]) -> str:
    return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()


def header_as_json(posting: Posting, *, event: UUID | None = None) -> dict[str, str | None]:
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


def check_reversal(
    reversal: Reversal, *, minor: int, actor: Actor, approver: Actor | None, four_eyes_minor: int
) -> None:
    """Return when the reversal of `minor` units in all may be booked.

    Above `four_eyes_minor` a second person agrees. Raises ReasonMissing or SecondPersonNeeded.
    """
    if not reversal.reason.strip():
        raise ReasonMissing("a reversal says why")
    if minor <= four_eyes_minor:
        return
    if approver is None or (approver.kind, approver.key) == (actor.kind, actor.key):
        raise SecondPersonNeeded("a reversal of this size takes a second person")


def reversal_legs(
    legs: Sequence[EntryView], *, parts: Sequence[Part] | None
) -> tuple[tuple[Leg, ...], tuple[Part, ...]]:
    """Return the legs that undo `legs`, whole or in those parts, and the part of each.

    Debit becomes credit. Raises MalformedPosting for a part that is of none of the legs, comes
    twice, or is not between nothing and its leg.
    """
    booked = {(leg.account_id, leg.version): leg for leg in legs}
    if parts is None:
        parts = [
            Part(leg.account_id, leg.version, leg.debit_minor or leg.credit_minor) for leg in legs
        ]
    if len({(part.account_id, part.version) for part in parts}) < len(parts):
        raise MalformedPosting("a leg is reversed once in one reversal")
    undone = tuple(_undo(booked.get((part.account_id, part.version)), part.minor) for part in parts)
    return undone, tuple(parts)


def _undo(leg: EntryView | None, minor: int) -> Leg:
    if leg is None:
        raise MalformedPosting("a part names a leg of the transaction by account and version")
    if not 0 < minor <= max(leg.debit_minor, leg.credit_minor):
        raise MalformedPosting("a part is above zero and at most its leg")
    if leg.debit_minor:
        return Leg(leg.account_id, credit=minor, currency=leg.currency)
    return Leg(leg.account_id, debit=minor, currency=leg.currency)


def reversal_fingerprint(reversal: Reversal) -> str:
    """Return the SHA-256 of what a reversal says, apart from when and why."""
    parts = reversal.parts
    said = None if parts is None else sorted((p.account_id.hex, p.version, p.minor) for p in parts)
    return _digest(["reversal", reversal.reversed_id.hex, said])


def check_hold(hold: NewHold, *, now: datetime) -> None:
    """Return when the hold may go to the database, which checks it against the account.

    Raises MalformedHold, MalformedPosting or CurrencyMismatch.
    """
    check_reference(source=hold.source, reference=hold.reference)
    if hold.amount.currency not in CURRENCIES:
        raise CurrencyMismatch(f"{hold.amount.currency} is not an ISO 4217 currency")
    if not 0 < hold.amount.minor <= MINOR_MAX:
        raise MalformedHold("a hold keeps an amount above zero")
    if hold.expires_at <= now:
        raise MalformedHold("a hold ends later than it begins")


def hold_fingerprint(hold: NewHold) -> str:
    """Return the SHA-256 of what a hold says, apart from when."""
    return _digest([hold.account_id.hex, hold.amount.minor, hold.amount.currency])


def check_capture(capture: Capture, *, now: datetime) -> None:
    """Return when the capture may go to the database, which checks it against its hold.

    Raises EffectiveInFuture, MalformedHold or MalformedPosting.
    """
    check_reference(source=capture.source, reference=capture.reference)
    if capture.effective_at > now:
        raise EffectiveInFuture("a capture counts from now or from the past")
    if capture.amount_minor is not None and not 0 < capture.amount_minor <= MINOR_MAX:
        raise MalformedHold("a capture takes an amount above zero")


def capture_fingerprint(capture: Capture) -> str:
    """Return the SHA-256 of what a capture says, apart from when."""
    moves = [capture.to_account_id.hex, capture.amount_minor, capture.final]
    return _digest(["capture", capture.hold_id.hex, *moves])


def hold_status(*, outcome: str | None, expires_at: datetime, at: datetime) -> HoldStatus:
    """Return how a hold stands at `at`: its end is its end, whether or not it was written down."""
    if outcome is not None:
        return cast("HoldStatus", outcome)
    return "expired" if expires_at <= at else "open"


def available(*, posted_minor: int, held_minor: int, floor_minor: int | None) -> int | None:
    """Return what may be taken out (normal side, minor units); None: there is no floor."""
    return None if floor_minor is None else posted_minor - held_minor - floor_minor


def on_normal_side(*, kind: AccountKind, debit: int, credit: int) -> int:
    """Return by how much a leg raises the account on its normal side (negative: lowers it)."""
    return debit - credit if kind in DEBIT_NORMAL else credit - debit


def in_columns(*, kind: AccountKind, posted_minor: int) -> tuple[int, int]:
    """Return (debit, credit) of a balance for a trial balance; one of the two is zero."""
    as_debit = posted_minor if kind in DEBIT_NORMAL else -posted_minor
    return (as_debit, 0) if as_debit >= 0 else (0, -as_debit)
