"""The front door of audit: record what was done, in the transaction that does it."""

from .rules import JSON
from .selectors import EventView, events_at, events_of, latest
from .services import record

__all__ = ["JSON", "EventView", "events_at", "events_of", "latest", "record"]
