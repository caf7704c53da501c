"""Postings are booked."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from apps.platform import db, ids
from apps.platform.actors import Actor
from apps.platform.outbox import public as outbox
from apps.platform.problems import Problem

from .. import rules
from ..events import (
    Posted,
    Posting,
    Refused,
    TransactionId,
    TransferPosted,
)
from . import booking, engine, guards

_POST_EACH: Final = db.load_sql(package="apps.ledger", name="post_each.sql")
_SOUND: Final = Refused("", "")  # nothing to say against it, so far


def post(*, actor: Actor, now: datetime, posting: Posting) -> Posted:
    """Book one posting: header, legs, balances, audit event and outbox event in one round trip.

    Safe to repeat: the same source and reference again, with the same legs, returns what was
    booked first. Raises what rules.check_posting raises, AccountNotFound, AccountFrozen,
    AccountClosed, InsufficientFunds, BalanceOverflow, or ReferenceReused.
    """
    return post_many(actor=actor, now=now, postings=[posting])[0]


def post_many(*, actor: Actor, now: datetime, postings: Sequence[Posting]) -> list[Posted]:
    """Book 1 to 1,000 postings in one round trip, all or none; the first refusal is raised.

    Guards that are registered are asked before, in the same transaction.
    """
    rules.check_batch(len(postings))
    for posting in postings:
        rules.check_kind(posting)
        rules.check_posting(posting, now=now)
    with guards.asked(actor=actor, now=now, wishes=map(rules.posting_wish, postings)):
        return booking.book(actor=actor, now=now, postings=postings)


def post_each(
    *, actor: Actor, now: datetime, postings: Sequence[Posting]
) -> list[Posted | Refused]:
    """Book 1 to 1,000 postings in one round trip, each on its own, in their order.

    What would be raised of a posting alone is its result instead, and leaves the others standing.
    """
    rules.check_batch(len(postings))
    results: list[Posted | Refused] = [_refusal(posting, now) for posting in postings]
    sound = _sound(results)
    wishes = (rules.posting_wish(postings[place]) for place in sound)
    with guards.asked_each(actor=actor, now=now, wishes=wishes) as verdicts:
        for place, problem in zip(sound, verdicts, strict=False):  # none of them: no guards
            if problem is not None:
                results[place] = _told(problem)
        if not (sound := _sound(results)):
            return results
        params = _params([postings[place] for place in sound])
        found = engine.call(actor=actor, now=now, sql=_POST_EACH, params=params)
    for place, (public_id, replayed, refusal, detail) in zip(sound, found, strict=True):
        results[place] = (
            Refused(f"ledger/{refusal}", detail)
            if refusal
            else Posted(TransactionId(public_id), replayed)
        )
    return results


def _sound(results: Sequence[Posted | Refused]) -> list[int]:
    return [place for place, result in enumerate(results) if result == _SOUND]


def _refusal(posting: Posting, now: datetime) -> Refused:
    try:
        rules.check_kind(posting)
        rules.check_posting(posting, now=now)
    except Problem as refusal:
        return _told(refusal)
    return _SOUND


def _told(problem: Problem) -> Refused:
    return Refused(problem.slug, problem.detail, str(problem.extensions.get("reason", "")))


def _params(postings: Sequence[Posting]) -> dict[str, object]:
    return {
        "postings": json.dumps(
            [
                rules.header_as_json(
                    posting, event=ids.new_id() if posting.kind == "transfer" else None
                )
                for posting in postings
            ]
        ),
        "legs": json.dumps(
            [
                rules.leg_as_json(leg, place=place)
                for place, posting in enumerate(postings, 1)
                for leg in posting.legs
            ]
        ),
        "event_name": TransferPosted.event_name,
        "subscribers": outbox.subscriber_names(TransferPosted),
    }
