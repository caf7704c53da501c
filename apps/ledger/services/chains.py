"""Chains: what stands or falls together, in one round trip an act."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.conf import settings

from apps.platform import db, ids
from apps.platform.actors import Actor
from apps.platform.outbox import public as outbox

from .. import rules, selectors
from ..errors import MalformedChain
from ..events import (
    ChainCapture,
    ChainDone,
    ChainId,
    ChainReversal,
    Held,
    HoldCaptured,
    HoldId,
    HoldPlaced,
    HoldVoided,
    NewHold,
    Part,
    Posted,
    Posting,
    Reversal,
    TransactionId,
    TransactionReversed,
    TransactionView,
)
from . import engine, guards
from .holds import _capture_as_json, _event_params, _hold_as_json
from .posting import _params
from .reversal import _header, _link, _part_as_json

_POST: Final = db.load_sql(package="apps.ledger", name="post_chain.sql")
_HOLD: Final = db.load_sql(package="apps.ledger", name="hold_chain.sql")
_CAPTURE: Final = db.load_sql(package="apps.ledger", name="capture_chain.sql")
_VOID: Final = db.load_sql(package="apps.ledger", name="void_chain.sql")
_REVERSE: Final = db.load_sql(package="apps.ledger", name="reverse_chain.sql")


def post_chain(
    *, actor: Actor, now: datetime, chain_id: ChainId, postings: Sequence[Posting]
) -> list[Posted]:
    """Book postings as a chain, or add them to one: all or none, in their order.

    A later one may spend what an earlier one brings. Safe to repeat with the same chain and
    references. Raises MalformedChain, ChainEnded, or what post_many raises.
    """
    chained = rules.chained_postings(postings, chain_id=chain_id, now=now)
    params = {"chain": chain_id} | _params(chained)
    with guards.asked(actor=actor, now=now, wishes=map(rules.posting_wish, chained)):
        found = engine.call(actor=actor, now=now, sql=_POST, params=params)
    return [Posted(TransactionId(public_id), replayed) for public_id, replayed in found]


def hold_chain(
    *, actor: Actor, now: datetime, chain_id: ChainId, holds: Sequence[NewHold]
) -> list[Held]:
    """Place holds as a chain, or add them to one: all or none.

    Safe to repeat with the same chain and references. Raises MalformedChain, ChainEnded, or what
    place_hold raises.
    """
    chained = rules.chained_holds(holds, chain_id=chain_id)
    told = json.dumps([_hold_as_json(hold) for hold in chained])
    params = {"chain": chain_id, "holds": told} | _event_params(HoldPlaced)
    with guards.asked(actor=actor, now=now, wishes=map(rules.hold_wish, chained)):
        found = engine.call(actor=actor, now=now, sql=_HOLD, params=params)
    return [Held(HoldId(public_id), replayed) for public_id, replayed in found]


def capture_chain(*, actor: Actor, now: datetime, capture: ChainCapture) -> ChainDone:
    """Capture every open hold of a chain, whole, all or none.

    Safe to repeat. Raises ChainNotFound, ChainEnded, MalformedChain (a hold was left out),
    HoldLapsed, or what capture_hold raises.
    """
    numbers = [TransactionId(ids.new_id()) for _ in capture.receivers]
    captures = rules.chain_captures(capture, transaction_ids=numbers, now=now)
    told = json.dumps([_capture_as_json(one) for one in captures])
    params = {"chain": capture.chain_id, "captures": told} | _event_params(HoldCaptured)
    with guards.asked(actor=actor, now=now, wishes=map(rules.capture_wish, captures)):
        found = engine.call(actor=actor, now=now, sql=_CAPTURE, params=params)
    return _done(capture.chain_id, found)


def void_chain(*, actor: Actor, now: datetime, chain_id: ChainId) -> ChainDone:
    """Void everything that a chain holds, and end it.

    Safe to repeat. Raises ChainNotFound, ChainEnded, or ChainBooked (it is to be reversed).
    """
    params = {"chain": chain_id} | _event_params(HoldVoided)
    found = engine.call(actor=actor, now=now, sql=_VOID, params=params)
    return ChainDone(chain_id, (), found[0][0])


def reverse_chain(
    *, actor: Actor, now: datetime, reversal: ChainReversal, approver: Actor | None = None
) -> ChainDone:
    """Reverse everything that a chain has booked, newest first, void what it holds, and end it.

    More than LEDGER_REVERSAL_FOUR_EYES_MINOR minor units of one currency in all take a second
    actor. Safe to repeat. Raises ChainNotFound, ChainEnded, ChainMoved (it has grown meanwhile),
    MalformedChain (nothing was booked), or what reverse raises.
    """
    chain_id = reversal.chain_id
    booked = selectors.chain(chain_id=chain_id, at=now).transactions[::-1]
    if not booked:
        raise MalformedChain("a chain that has booked nothing is voided")
    wanted = [_whole(one, reversal) for one in booked]
    rules.check_reversal(
        wanted[0],
        minor=rules.largest_side(rules.booked_legs([leg for one in booked for leg in one.legs])),
        actor=actor,
        approver=approver,
        four_eyes_minor=settings.LEDGER_REVERSAL_FOUR_EYES_MINOR,
    )
    undoing = [_undoing(one, how, now) for one, how in zip(booked, wanted, strict=True)]
    params = {
        "chain": chain_id,
        "reversals": json.dumps([_link(one, approver=approver) for one in wanted]),
        "parts": json.dumps(
            [
                _part_as_json(part) | {"n": place}
                for place, (_, parts) in enumerate(undoing, 1)
                for part in parts
            ]
        ),
        "postings": json.dumps(
            [_header(posting, how) for (posting, _), how in zip(undoing, wanted, strict=True)]
        ),
        "legs": json.dumps(
            [
                rules.leg_as_json(leg, place=place)
                for place, (posting, _) in enumerate(undoing, 1)
                for leg in posting.legs
            ]
        ),
        "void_event_name": HoldVoided.event_name,
        "void_subscribers": outbox.subscriber_names(HoldVoided),
    } | _event_params(TransactionReversed)
    wishes = (rules.posting_wish(posting) for posting, _ in undoing)
    with guards.asked(actor=actor, now=now, wishes=wishes):
        found = engine.call(actor=actor, now=now, sql=_REVERSE, params=params)
    return _done(chain_id, found)


def _whole(booked: TransactionView, wanted: ChainReversal) -> Reversal:
    return Reversal(
        reversed_id=booked.transaction_id,
        transaction_id=TransactionId(ids.new_id()),
        reason=wanted.reason,
        effective_at=wanted.effective_at,
        source=rules.chain_source(wanted.chain_id),
        reference=f"reverse:{booked.transaction_id}",
    )


def _undoing(
    booked: TransactionView, wanted: Reversal, now: datetime
) -> tuple[Posting, tuple[Part, ...]]:
    legs, parts = rules.reversal_legs(booked.legs, parts=None)
    posting = Posting(
        transaction_id=wanted.transaction_id,
        legs=legs,
        effective_at=wanted.effective_at,
        source=wanted.source,
        reference=wanted.reference,
        kind="reversal",
    )
    rules.check_posting(posting, now=now)
    return posting, parts


def _done(chain_id: ChainId, found: Sequence[tuple[Any, ...]]) -> ChainDone:
    numbers = tuple(TransactionId(public_id) for public_id, _ in found)
    return ChainDone(chain_id, numbers, all(replayed for _, replayed in found))
