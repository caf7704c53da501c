"""Reads of the outbox."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from apps.platform import db, ids

from .models import Delivery, Event, Inbox

_BACKLOG = db.load_sql(package="apps.platform.outbox", name="backlog.sql")
_BY_SUBSCRIBER = db.load_sql(package="apps.platform.outbox", name="backlog_by_subscriber.sql")
_IS_DUE = db.load_sql(package="apps.platform.outbox", name="is_due.sql")
_PULSE_AGE = db.load_sql(package="apps.platform.outbox", name="pulse_age.sql")


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is still owed; `oldest` is the age of the oldest pending event, None when none is."""

    pending: int
    dead: int
    oldest: timedelta | None


@dataclass(frozen=True, slots=True)
class SubscriberBacklog:
    """What one subscriber is still owed; `oldest` is the age of its oldest pending event."""

    subscriber: str
    pending: int
    dead: int
    oldest: timedelta | None


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A delivery that was given up; `last_error` is a code, never a text."""

    delivery_id: int
    event: str
    subscriber: str
    attempts: int
    last_error: str


@dataclass(frozen=True, slots=True)
class Told:
    """An event that was told, and to whom; `deliveries` holds (subscriber, state, attempts)."""

    at: datetime
    event: str
    deliveries: tuple[tuple[str, str, int], ...]


def told(*, key: str, value: str, since: datetime, until: datetime) -> list[Told]:
    """Return the events whose payload says `key: value`, or has it among `keys`, of that time.

    Their ids tell when they were made, and are indexed: two queries, which read that time alone.
    """
    events = list(
        Event.objects.filter(
            event_id__gte=ids.first_id(since),
            event_id__lt=ids.first_id(until),
        )
        .filter(Q(payload__contains={key: value}) | Q(payload__contains={f"{key}s": [value]}))
        .order_by("pk")
    )
    owed: dict[int, list[tuple[str, str, int]]] = {event.pk: [] for event in events}
    for delivery in Delivery.objects.filter(event__in=events).order_by("subscriber"):
        owed[delivery.event_id].append((delivery.subscriber, delivery.state, delivery.attempts))
    return [Told(event.created_at, event.name, tuple(owed[event.pk])) for event in events]


def backlog() -> Backlog:
    """Return what is still owed, by the database's clock."""
    found = db.one(sql=_BACKLOG)
    return Backlog(*found) if found else Backlog(0, 0, None)


def backlog_by_subscriber() -> list[SubscriberBacklog]:
    """Return what each subscriber is owed, by name; those who are owed nothing are left out."""
    return [SubscriberBacklog(*row) for row in db.rows(sql=_BY_SUBSCRIBER)]


def dead_letters(*, limit: int) -> list[DeadLetter]:
    """Return up to `limit` deliveries that were given up, newest first. One query."""
    dead = Delivery.objects.filter(state="dead").select_related("event").order_by("-pk")
    return [
        DeadLetter(row.pk, row.event.name, row.subscriber, row.attempts, row.last_error)
        for row in dead[:limit]
    ]


def pulse_age(*, name: str = "worker") -> timedelta | None:
    """Return how long ago the heartbeat last got through; None when it never did."""
    found = db.one(sql=_PULSE_AGE, params={"name": name})
    return found[0] if found else None


def is_due() -> bool:
    """Say whether the relay has anything to do."""
    found = db.one(sql=_IS_DUE)
    return bool(found and found[0])


def has_had(*, subscriber: str, event_id: UUID) -> bool:
    """Say whether the subscriber has had the event."""
    return Inbox.objects.filter(subscriber=subscriber, event_id=event_id).exists()


def exists(*, delivery_id: int) -> bool:
    """Say whether there is such a delivery."""
    return Delivery.objects.filter(pk=delivery_id).exists()
