"""What was booked is undone by another transaction, linked to it: whole, or in parts."""

import json
from datetime import datetime
from typing import Final

from django.conf import settings

from apps.platform import db, ids
from apps.platform.actors import Actor
from apps.platform.outbox import public as outbox

from .. import rules, selectors
from ..events import Part, Posted, Posting, Reversal, TransactionId, TransactionReversed
from . import engine, guards

_REVERSE: Final = db.load_sql(package="apps.ledger", name="reverse.sql")


def reverse(
    *, actor: Actor, now: datetime, reversal: Reversal, approver: Actor | None = None
) -> Posted:
    """Book a transaction of kind "reversal" whose legs undo the other's, and link the two.

    More than LEDGER_REVERSAL_FOUR_EYES_MINOR minor units in one currency take a second actor.
    Safe to repeat under the same source and reference. Raises TransactionNotFound,
    AlreadyReversed, what rules.check_reversal and rules.reversal_legs raise, or what posting does.
    """
    found = selectors.transaction(transaction_id=reversal.reversed_id)
    legs, parts = rules.reversal_legs(found.legs, parts=reversal.parts)
    rules.check_reversal(
        reversal,
        minor=rules.largest_side(legs),
        actor=actor,
        approver=approver,
        four_eyes_minor=settings.LEDGER_REVERSAL_FOUR_EYES_MINOR,
    )
    posting = Posting(
        transaction_id=reversal.transaction_id,
        legs=legs,
        effective_at=reversal.effective_at,
        source=reversal.source,
        reference=reversal.reference,
        kind="reversal",
    )
    rules.check_posting(posting, now=now)
    params = {
        "reversal": json.dumps(_link(reversal, approver=approver)),
        "parts": json.dumps([_part_as_json(part) for part in parts]),
        "posting": json.dumps(_header(posting, reversal)),
        "legs": json.dumps([rules.leg_as_json(leg) for leg in legs]),
        "event_name": TransactionReversed.event_name,
        "subscribers": outbox.subscriber_names(TransactionReversed),
    }
    with guards.asked(actor=actor, now=now, wishes=[rules.posting_wish(posting)]):
        public_id, replayed = engine.call(actor=actor, now=now, sql=_REVERSE, params=params)[0]
    return Posted(TransactionId(public_id), replayed)


def _link(reversal: Reversal, *, approver: Actor | None) -> dict[str, object]:
    """Return what links two transactions, as the engine's functions take it."""
    return {
        "reversed": str(reversal.reversed_id),
        "whole": reversal.parts is None,
        "reason": reversal.reason.strip(),
        "event": str(ids.new_id()),
        "approver": None if approver is None else f"{approver.kind}:{approver.key}",
    }


def _header(posting: Posting, reversal: Reversal) -> dict[str, object]:
    """Return the header of a reversing transaction, as the engine's functions take it."""
    return rules.header_as_json(posting) | {"fingerprint": rules.reversal_fingerprint(reversal)}


def _part_as_json(part: Part) -> dict[str, object]:
    """Return a part as the engine's functions take it."""
    return {"account": str(part.account_id), "version": part.version, "amount": part.minor}
