"""Writes of idempotency: claim a key, keep its answer, prune."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from apps.platform import db

from .errors import KeyReused, NotClaimed, StillInFlight
from .models import Key
from .rules import Answer

_CLAIM = db.load_sql(package="apps.platform.idempotency", name="claim.sql")
_PRUNE = db.load_sql(package="apps.platform.idempotency", name="prune.sql")
PRUNE_BATCH = 10_000


def claim(*, now: datetime, scope: str, key: str, fingerprint: str) -> Answer | None:
    """Claim the key in the caller's transaction; None: go on, and keep the answer before commit.

    `scope` is the caller and the endpoint, so that nobody meets another's answer. An Answer is the
    kept one, to be sent again. A duplicate in flight is waited for, up to lock_timeout (2 s).
    Raises KeyReused, or StillInFlight with `retry_after`; the transaction stays usable.
    """
    if not transaction.get_connection().in_atomic_block:
        raise NotClaimed("a key is claimed in the transaction of its effect")
    params = {"scope": scope, "key": key, "fingerprint": fingerprint, "now": now}
    known = db.one(sql=_CLAIM, params=params)
    if known is None:
        return None
    asked, status, body, media_type = known
    if asked != fingerprint:
        raise KeyReused("this Idempotency-Key came with another request")
    if status is None:
        raise StillInFlight("the first request with this key is still in flight", retry_after=1)
    return Answer(status, body, media_type)


def keep(*, now: datetime, scope: str, key: str, answer: Answer) -> None:
    """Keep the answer of a key claimed in this transaction. Raises NotClaimed."""
    kept = Key.objects.filter(scope=scope, key=key, status__isnull=True).update(
        status=answer.status, body=answer.body, media_type=answer.media_type, answered_at=now
    )
    if kept != 1:
        raise NotClaimed("no claim of this key waits for an answer")


def prune(*, now: datetime) -> int:
    """Drop keys older than settings.IDEMPOTENCY_DAYS, in batches; return how many.

    A request that comes later still does not post twice: the ledger's own reference is unique for
    ever.
    """
    before = now - timedelta(days=settings.IDEMPOTENCY_DAYS)
    dropped = 0
    while batch := db.execute(sql=_PRUNE, params={"before": before, "limit": PRUNE_BATCH}):
        dropped += batch
    return dropped
