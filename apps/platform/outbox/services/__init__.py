"""Writes of the outbox: emit in the transaction, relay to the broker, deliver, replay."""

from .delivering import Outcome, deliver
from .emitting import emit
from .operating import pulse, replay
from .relaying import Bell, Relay, Woken

__all__ = ["Bell", "Outcome", "Relay", "Woken", "deliver", "emit", "pulse", "replay"]
