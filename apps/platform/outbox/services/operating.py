"""Operate: prove that work gets through, and give dead letters another life."""

from datetime import datetime

from apps.platform import db, observability
from apps.platform.actors import Actor

from .. import selectors
from ..errors import DeliveryNotDead, DeliveryNotFound, ReasonMissing

_PULSE = db.load_sql(package="apps.platform.outbox", name="pulse.sql")
_REPLAY = db.load_sql(package="apps.platform.outbox", name="replay.sql")
_LONGEST_REASON = 200


def pulse(*, name: str) -> None:
    """Record that the heartbeat `name` got through just now, by the database's clock."""
    db.execute(sql=_PULSE, params={"name": name})


def replay(*, actor: Actor, now: datetime, delivery_id: int, reason: str) -> None:
    """Put a dead letter back in line, with its attempts forgiven; audited with the reason.

    The inbox still holds: what had its effect has it once. `reason` is 1 to 200 characters and
    names no person. Raises ReasonMissing, DeliveryNotFound, DeliveryNotDead.
    """
    told = reason.strip()
    if not 0 < len(told) <= _LONGEST_REASON:
        raise ReasonMissing("say why, in at most 200 characters")
    params = {
        "delivery_id": delivery_id,
        "now": now,
        "actor_kind": actor.kind,
        "actor_key": actor.key,
        "reason": told,
        "request_id": observability.request_id(),
    }
    if db.execute(sql=_REPLAY, params=params) == 1:
        return
    if not selectors.exists(delivery_id=delivery_id):
        raise DeliveryNotFound("no such delivery", delivery_id=delivery_id)
    raise DeliveryNotDead("only a dead letter can be replayed", delivery_id=delivery_id)
