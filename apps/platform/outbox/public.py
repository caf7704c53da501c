"""The front door of the outbox: tell what happened, in the transaction in which it happened."""

from .errors import DeliveryNotDead, DeliveryNotFound, OutsideTransaction, ReasonMissing
from .hooks import Subscriber, subscribe, subscriber_names, subscription, unsubscribe
from .rules import Event
from .rules import encode as payload
from .selectors import (
    Backlog,
    DeadLetter,
    SubscriberBacklog,
    Told,
    backlog,
    backlog_by_subscriber,
    dead_letters,
    pulse_age,
    told,
)
from .services import Bell, Outcome, Relay, Woken, deliver, emit, pulse, replay

__all__ = [
    "Backlog",
    "Bell",
    "DeadLetter",
    "DeliveryNotDead",
    "DeliveryNotFound",
    "Event",
    "Outcome",
    "OutsideTransaction",
    "ReasonMissing",
    "Relay",
    "Subscriber",
    "SubscriberBacklog",
    "Told",
    "Woken",
    "backlog",
    "backlog_by_subscriber",
    "dead_letters",
    "deliver",
    "emit",
    "payload",
    "pulse",
    "pulse_age",
    "replay",
    "subscribe",
    "subscriber_names",
    "subscription",
    "told",
    "unsubscribe",
]
