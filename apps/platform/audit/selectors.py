"""Reads of audit."""

from dataclasses import dataclass
from datetime import datetime

from .models import Event
from .rules import JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """One event as others see it."""

    recorded_at: datetime
    action: str
    subject: str
    detail: dict[str, JSON]


def latest(*, action: str) -> EventView | None:
    """Return the newest event of an action; None when there is none. One indexed query."""
    found = Event.objects.filter(action=action).order_by("-pk").first()
    if found is None:
        return None
    return EventView(
        recorded_at=found.recorded_at,
        action=found.action,
        subject=found.subject,
        detail=found.detail,
    )
