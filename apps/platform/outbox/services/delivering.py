"""Deliver: run one subscriber for one event, as often as it takes, with one effect."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from traceback import extract_tb
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from prometheus_client import Counter

from apps.platform import db, observability

from .. import hooks, rules, selectors

_BEGIN = db.load_sql(package="apps.platform.outbox", name="begin.sql")
_ENTER_INBOX = db.load_sql(package="apps.platform.outbox", name="enter_inbox.sql")
_DONE = db.load_sql(package="apps.platform.outbox", name="done.sql")
_FAILED = db.load_sql(package="apps.platform.outbox", name="failed.sql")
_log = observability.logger(__name__)
_DELIVERIES: Final = Counter(
    "probity_outbox_deliveries", "Attempts to deliver an event.", ["subscriber", "outcome"]
)


class Outcome(StrEnum):
    """What an attempt came to."""

    DELIVERED = "delivered"
    REPEATED = "repeated"  # the subscriber had had it; nothing was done twice
    FAILED = "failed"
    DEAD = "dead"
    SKIPPED = "skipped"  # a stale message: done, dead, not due or running elsewhere


@dataclass(frozen=True, slots=True)
class _Attempt:
    delivery_id: int
    number: int
    subscriber: str
    event_id: UUID
    event_name: str
    payload: str
    request_id: str


def deliver(*, now: datetime, delivery_id: int, jitter: float) -> Outcome:
    """Make one attempt at a delivery; `jitter` in [0, 1) spreads the next one if this fails.

    The attempt is counted and leased in a transaction of its own before the subscriber runs, so
    that one which kills its process is bounded too. What the subscriber raises is recorded as a
    class and a code; failures of the database itself pass through, and the lease brings the
    delivery back.
    """
    attempt = _begin(delivery_id)
    if attempt is None:
        return Outcome.SKIPPED
    facts = {"delivery_id": str(delivery_id), "subscriber": attempt.subscriber}
    with observability.bound(request_id=attempt.request_id, **facts):
        try:
            fresh = _run(attempt, now=now)
        except Exception as error:  # noqa: BLE001 - a subscriber may raise anything
            outcome = _fail(attempt, error, jitter=jitter)
        else:
            outcome = Outcome.DELIVERED if fresh else Outcome.REPEATED
        _DELIVERIES.labels(attempt.subscriber, outcome).inc()
    return outcome


def _begin(delivery_id: int) -> _Attempt | None:
    with transaction.atomic(durable=True):
        begun = db.one(
            sql=_BEGIN,
            params={"delivery_id": delivery_id, "lease_seconds": settings.OUTBOX_LEASE_SECONDS},
        )
    return None if begun is None else _Attempt(delivery_id, *begun)


def _run(attempt: _Attempt, *, now: datetime) -> bool:
    """Run the subscriber; return False when it had had the event before."""
    subscription = hooks.subscription(attempt.subscriber)
    event = rules.decode(subscription.event_type, json.loads(attempt.payload))
    if subscription.outside:
        fresh = not selectors.has_had(subscriber=attempt.subscriber, event_id=attempt.event_id)
        if fresh:
            subscription.handle(event, now=now)
        with transaction.atomic(durable=True):
            _enter_inbox(attempt, now=now)
            _done(attempt)
        return fresh
    with transaction.atomic(durable=True):
        fresh = _enter_inbox(attempt, now=now)
        if fresh:
            subscription.handle(event, now=now)
        _done(attempt)
    return fresh


def _enter_inbox(attempt: _Attempt, *, now: datetime) -> bool:
    params = {"subscriber": attempt.subscriber, "event_id": attempt.event_id, "now": now}
    return db.execute(sql=_ENTER_INBOX, params=params) == 1


def _done(attempt: _Attempt) -> None:
    db.execute(sql=_DONE, params={"delivery_id": attempt.delivery_id})


def _fail(attempt: _Attempt, error: Exception, *, jitter: float) -> Outcome:
    dead = rules.is_dead(attempts=attempt.number)
    wait = timedelta() if dead else rules.back_off(attempts=attempt.number, jitter=jitter)
    code = rules.error_code(error)
    db.execute(
        sql=_FAILED,
        params={
            "delivery_id": attempt.delivery_id,
            "attempt": attempt.number,
            "dead": dead,
            "wait": wait,
            "error": code,
        },
    )
    where = [f"{frame.filename}:{frame.lineno}" for frame in extract_tb(error.__traceback__)]
    tell = _log.error if dead else _log.warning
    tell("outbox.delivery.failed", error=code, attempt=attempt.number, dead=dead, at=where[-1:])
    return Outcome.DEAD if dead else Outcome.FAILED
