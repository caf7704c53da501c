"""Entries are summed in spans, so that a balance in time need not read the whole history."""

from datetime import datetime
from typing import Final

from django.db import transaction

from apps.platform import db
from apps.platform.actors import Actor
from apps.platform.audit import public as audit

_ADD: Final = db.load_sql(package="apps.ledger", name="add_spans.sql")
_ACCOUNTS: Final = 50_000  # looked at in one transaction, which stays well below the time-out
_SPANS: Final = 1_000  # added in it


def add_spans(*, actor: Actor, now: datetime) -> int:
    """Add every span that is complete; return how many that was, of the lowest level."""
    after: int | None = 0
    total = 0
    while after is not None:
        params = {"after": after, "accounts": _ACCOUNTS, "spans": _SPANS}
        with transaction.atomic():
            ((after, added),) = db.rows(sql=_ADD, params=params)
        total += added
    if total:
        detail = {"added": total}
        audit.record(actor=actor, now=now, action="ledger.spans", subject="ledger", detail=detail)
    return total
