"""Reads of audit."""

from dataclasses import dataclass
from datetime import datetime

from .models import Event
from .rules import JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """One event as others see it."""

    recorded_at: datetime
    actor_kind: str
    actor_key: str
    action: str
    subject: str
    detail: dict[str, JSON]


def latest(*, action: str) -> EventView | None:
    """Return the newest event of an action; None when there is none. One indexed query."""
    found = Event.objects.filter(action=action).order_by("-pk").first()
    return None if found is None else _view(found)


def events_of(*, subject: str, limit: int) -> list[EventView]:
    """Return the first `limit` events on a subject, oldest first. One indexed query."""
    found = Event.objects.filter(subject=subject).order_by("pk")[:limit]
    return [_view(event) for event in found]


def events_at(*, action: str, at: datetime, actor_key: str) -> list[EventView]:
    """Return an actor's events of one action and one moment. The moment is indexed."""
    found = Event.objects.filter(action=action, recorded_at=at, actor_key=actor_key)
    return [_view(event) for event in found.order_by("pk")]


def _view(event: Event) -> EventView:
    return EventView(
        recorded_at=event.recorded_at,
        actor_kind=event.actor_kind,
        actor_key=event.actor_key,
        action=event.action,
        subject=event.subject,
        detail=event.detail,
    )
