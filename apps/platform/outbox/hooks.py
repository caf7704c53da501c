"""Who listens to which event; filled at start-up by each house's apps.py."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from . import rules
from .rules import E, Event

E_contra = TypeVar("E_contra", bound=Event, contravariant=True)


class Subscriber(Protocol[E_contra]):
    """Handles one event.

    Its effect in the database happens exactly once: it shares a transaction with the inbox row.
    """

    def __call__(self, event: E_contra, *, now: datetime) -> None:
        """Handle one event; raise to have it tried again later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One subscriber's interest in one type of event."""

    name: str
    event_type: type[Event]
    handle: Callable[..., None]
    outside: bool


_subscriptions: dict[str, Subscription] = {}


def subscribe(
    event_type: type[E], subscriber: Subscriber[E], *, name: str, outside: bool = False
) -> None:
    """Register `subscriber` for every event of `event_type`.

    `name` ("notifications.transfer_posted") is stored with each delivery, so it is for ever and
    unique. `outside`: the effect is not in our database (SMTP, a webhook); it runs with no
    transaction open and at least once, so it must carry a stable identity of its own.
    Raises ValueError when the name is taken, TypeError when the event cannot travel.
    """
    rules.shape(event_type)
    wanted = Subscription(name=name, event_type=event_type, handle=subscriber, outside=outside)
    if _subscriptions.setdefault(name, wanted) != wanted:
        raise ValueError(f"subscriber {name} is registered already")


def unsubscribe(name: str) -> None:
    """Forget a subscriber; what is owed to it stays owed."""
    _subscriptions.pop(name, None)


def subscription(name: str) -> Subscription:
    """Return the subscription of that name. Raises LookupError."""
    return _subscriptions[name]


def subscriber_names(event_type: type[Event]) -> list[str]:
    """Return the names of the event's subscribers, sorted."""
    return sorted(
        found.name
        for found in _subscriptions.values()
        if found.event_type.event_name == event_type.event_name
    )
