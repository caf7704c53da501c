"""What the slots of deferred accounts have gathered is booked onto the accounts themselves."""

from datetime import datetime
from typing import Final

from apps.platform import ids
from apps.platform.actors import Actor

from .. import rules, selectors
from ..events import AccountView, Leg, Posting, TransactionId
from . import booking

_AT_ONCE: Final = 200  # slots that one transaction empties: they are locked meanwhile


def fold(*, actor: Actor, now: datetime) -> int:
    """Book what each slot of a deferred account holds onto the account, and return how many moved.

    A slot is emptied once for each state it was seen in, however often this runs.
    """
    moves = [
        _posting(account, slot, now)
        for account, slot in selectors.slots_to_fold()
        if slot.posted_minor
    ]
    for first in range(0, len(moves), _AT_ONCE):
        booking.book(actor=actor, now=now, postings=moves[first : first + _AT_ONCE])
    return len(moves)


def _posting(account: AccountView, slot: AccountView, now: datetime) -> Posting:
    debit, credit = rules.in_columns(kind=slot.kind, posted_minor=slot.posted_minor)
    return Posting(
        transaction_id=TransactionId(ids.new_id()),
        legs=(
            Leg(slot.account_id, debit=credit, credit=debit),
            Leg(account.account_id, debit=debit, credit=credit),
        ),
        currency=slot.currency,
        effective_at=now,
        source="ledger.fold",
        reference=f"{slot.account_id.hex}:{slot.version}",
        kind="fold",
    )
