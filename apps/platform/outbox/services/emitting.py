"""Emit: an event becomes true together with the change it tells of."""

import json
from datetime import datetime
from uuid import UUID

from django.db import transaction

from apps.platform import db, ids, observability

from .. import hooks, rules
from ..errors import OutsideTransaction

_EMIT = db.load_sql(package="apps.platform.outbox", name="emit.sql")


def emit(*, event: rules.Event, now: datetime) -> UUID:
    """Store the event and what each subscriber is owed; return the event's id.

    The caller's transaction decides whether it happened. Raises OutsideTransaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise OutsideTransaction(f"{event.event_name} was emitted outside a transaction")
    event_id = ids.new_id()
    db.execute(
        sql=_EMIT,
        params={
            "event_id": event_id,
            "name": event.event_name,
            "payload": json.dumps(rules.encode(event)),
            "request_id": observability.request_id(),
            "created_at": now,
            "subscribers": hooks.subscriber_names(type(event)),
        },
    )
    return event_id
