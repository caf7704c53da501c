"""Holds are placed, captured, voided, extended and expired: one round trip each."""

import json
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from apps.platform import db, ids
from apps.platform.actors import Actor
from apps.platform.outbox import public as outbox

from .. import rules
from ..events import (
    Capture,
    Captured,
    Held,
    HoldCaptured,
    HoldExpired,
    HoldId,
    HoldPlaced,
    HoldVoided,
    NewHold,
    TransactionId,
)
from . import engine, guards

_PLACE: Final = db.load_sql(package="apps.ledger", name="place_hold.sql")
_CAPTURE: Final = db.load_sql(package="apps.ledger", name="capture_hold.sql")
_VOID: Final = db.load_sql(package="apps.ledger", name="void_hold.sql")
_EXTEND: Final = db.load_sql(package="apps.ledger", name="extend_hold.sql")
_EXPIRE: Final = db.load_sql(package="apps.ledger", name="expire_holds.sql")
_AT_ONCE: Final = 200  # holds that one transaction closes: its accounts are locked meanwhile


def place_hold(*, actor: Actor, now: datetime, hold: NewHold) -> Held:
    """Promise money of an account: it stays posted, and is available no more.

    Safe to repeat under the same source and reference. Raises what rules.check_hold raises,
    AccountNotFound, AccountFrozen, AccountClosed, CurrencyMismatch, InsufficientFunds, or
    ReferenceReused.
    """
    rules.check_hold(hold)
    params = {"hold": json.dumps(_hold_as_json(hold))} | _event_params(HoldPlaced)
    with guards.asked(actor=actor, now=now, wishes=[rules.hold_wish(hold)]):
        public_id, replayed = engine.call(actor=actor, now=now, sql=_PLACE, params=params)[0]
    return Held(HoldId(public_id), replayed)


def capture_hold(*, actor: Actor, now: datetime, capture: Capture) -> Captured:
    """Move held money to another account by a transaction of kind "capture".

    The hold ends when nothing is left of it, or when the capture is final. Safe to repeat under the
    same source and reference. Raises what rules.check_capture raises, HoldNotFound, HoldEnded,
    HoldLapsed, CaptureExceedsHold, ReferenceReused, or what posting raises.
    """
    rules.check_capture(capture, now=now)
    params = {"capture": json.dumps(_capture_as_json(capture))} | _event_params(HoldCaptured)
    with guards.asked(actor=actor, now=now, wishes=[rules.capture_wish(capture)]):
        found = engine.call(actor=actor, now=now, sql=_CAPTURE, params=params)[0]
    transaction_id, amount_minor, replayed = found
    return Captured(TransactionId(transaction_id), amount_minor, replayed)


def void_hold(*, actor: Actor, now: datetime, hold_id: HoldId, source: str, reference: str) -> Held:
    """Give a hold up; what is left of it is available again.

    Safe to repeat under the same source and reference. Raises HoldNotFound, HoldEnded or
    HoldLapsed.
    """
    rules.check_reference(source=source, reference=reference)
    told = {
        "hold": str(hold_id),
        "source": source,
        "reference": reference,
        "event": str(ids.new_id()),
    }
    params = {"void": json.dumps(told)} | _event_params(HoldVoided)
    found = engine.call(actor=actor, now=now, sql=_VOID, params=params)[0]
    return Held(hold_id, found[0])


def extend_hold(
    *,
    actor: Actor,
    now: datetime,
    hold_id: HoldId,
    expires_at: datetime,
    source: str,
    reference: str,
) -> Held:
    """Move the end of an open hold to a later time.

    Safe to repeat under the same source and reference. Raises HoldNotFound, HoldEnded, HoldLapsed,
    HoldNotExtended or ReferenceReused.
    """
    rules.check_reference(source=source, reference=reference)
    told = {
        "hold": str(hold_id),
        "expires_at": expires_at.isoformat(),
        "source": source,
        "reference": reference,
    }
    params = {"extension": json.dumps(told)}
    found = engine.call(actor=actor, now=now, sql=_EXTEND, params=params)[0]
    return Held(hold_id, found[0])


def expire_holds(*, actor: Actor, now: datetime) -> int:
    """Close every hold whose end has come, some at a time; return how many.

    Their money is free since their end came: this writes it down, and tells subscribers.
    """
    total = 0
    while True:
        params = {"limit": _AT_ONCE} | _event_params(HoldExpired)
        with transaction.atomic():
            ended: int = engine.call(actor=actor, now=now, sql=_EXPIRE, params=params)[0][0]
        total += ended
        if ended < _AT_ONCE:
            return total


def _hold_as_json(hold: NewHold) -> dict[str, object]:
    """Return a hold as the engine's functions take it."""
    return {
        "id": str(hold.hold_id),
        "account": str(hold.account_id),
        "amount": hold.amount.minor,
        "currency": hold.amount.currency,
        "expires_at": hold.expires_at.isoformat(),
        "source": hold.source,
        "reference": hold.reference,
        "fingerprint": rules.hold_fingerprint(hold),
        "event": str(ids.new_id()),
        "chain": None if hold.chain_id is None else str(hold.chain_id),
    }


def _capture_as_json(capture: Capture) -> dict[str, object]:
    """Return a capture as the engine's functions take it."""
    return {
        "hold": str(capture.hold_id),
        "receiver": str(capture.to_account_id),
        "amount": capture.amount_minor,
        "final": capture.final,
        "id": str(capture.transaction_id),
        "source": capture.source,
        "reference": capture.reference,
        "fingerprint": rules.capture_fingerprint(capture),
        "effective_at": capture.effective_at.isoformat(),
        "event": str(ids.new_id()),
    }


def _event_params(event_type: type[outbox.Event]) -> dict[str, Any]:
    """Return the parameters by which a function of the engine tells subscribers."""
    return {
        "event_name": event_type.event_name,
        "subscribers": outbox.subscriber_names(event_type),
    }
