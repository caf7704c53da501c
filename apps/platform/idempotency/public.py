"""The front door of idempotency: a request takes effect once, however often it is sent."""

from .errors import KeyReused, NotClaimed, StillInFlight
from .rules import Answer, fingerprint
from .services import claim, keep, prune

__all__ = [
    "Answer",
    "KeyReused",
    "NotClaimed",
    "StillInFlight",
    "claim",
    "fingerprint",
    "keep",
    "prune",
]
