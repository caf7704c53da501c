"""Front door of notifications. Houses above hear of messages by event and start none."""

from .events import MessageId, MessageQueued

__all__ = ["MessageId", "MessageQueued"]
