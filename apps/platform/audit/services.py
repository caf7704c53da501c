"""Writes of audit."""

import json
from collections.abc import Mapping
from datetime import datetime

from apps.platform import db, observability
from apps.platform.actors import Actor

from .rules import JSON

_RECORD = db.load_sql(package="apps.platform.audit", name="record.sql")


def record(
    *,
    actor: Actor,
    now: datetime,
    action: str,
    subject: str,
    detail: Mapping[str, JSON] | None = None,
) -> None:
    """Write one audit event in the caller's transaction: it stands or falls with the act.

    `action` is dotted, lowest house first ("ledger.account.open"); `subject` is a public id;
    `detail` holds ids and facts, never personal data.
    """
    db.execute(
        sql=_RECORD,
        params={
            "recorded_at": now,
            "actor_kind": actor.kind,
            "actor_key": actor.key,
            "action": action,
            "subject": subject,
            "detail": json.dumps(dict(detail or {}), allow_nan=False),
            "request_id": observability.request_id(),
        },
    )
