"""What a chain must be before it is sent."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from ..errors import EffectiveInFuture, MalformedChain
from ..events import (
    Capture,
    ChainCapture,
    ChainId,
    EntryView,
    HoldId,
    Leg,
    NewHold,
    Posting,
    TransactionId,
)
from .holds import check_hold
from .posting import BATCH_MAX, check_posting


def chained_postings(
    postings: Sequence[Posting], *, chain_id: ChainId, now: datetime
) -> list[Posting]:
    """Return the postings as those of a chain. Raises MalformedChain, or as check_posting does."""
    _check_size(postings)
    chained = [replace(posting, chain_id=chain_id) for posting in postings]
    for posting in chained:
        check_posting(posting, now=now)
    return chained


def chained_holds(holds: Sequence[NewHold], *, chain_id: ChainId) -> list[NewHold]:
    """Return the holds as those of a chain. Raises MalformedChain, or as check_hold does."""
    _check_size(holds)
    chained = [replace(hold, chain_id=chain_id) for hold in holds]
    for hold in chained:
        check_hold(hold)
    return chained


def chain_captures(
    wanted: ChainCapture, *, transaction_ids: Sequence[TransactionId], now: datetime
) -> list[Capture]:
    """Return the capture of each hold, whole; the chain and the hold give it its reference.

    Raises MalformedChain or EffectiveInFuture.
    """
    _check_size(wanted.receivers)
    if wanted.effective_at > now:
        raise EffectiveInFuture("a capture counts from now or from the past")
    source = chain_source(wanted.chain_id)
    return [
        Capture(
            hold_id=hold_id,
            to_account_id=account_id,
            transaction_id=transaction_id,
            amount_minor=None,
            effective_at=wanted.effective_at,
            source=source,
            reference=f"capture:{hold_id}",
        )
        for (hold_id, account_id), transaction_id in zip(
            sorted(wanted.receivers.items()), transaction_ids, strict=True
        )
    ]


def chain_source(chain_id: ChainId) -> str:
    """Return the source of what a chain books by itself: its captures and reversals."""
    return f"chain:{chain_id}"


def booked_legs(legs: Sequence[EntryView]) -> list[Leg]:
    """Return booked legs as legs: what they moved together is what a chain moved."""
    return [
        Leg(leg.account_id, debit=leg.debit_minor, credit=leg.credit_minor, currency=leg.currency)
        for leg in legs
    ]


def _check_size(members: Collection[Posting | NewHold | HoldId]) -> None:
    if not 1 <= len(members) <= BATCH_MAX:
        raise MalformedChain(f"a chain takes 1 to {BATCH_MAX} members at a time")
