"""Events of notifications: facts, versioned, free of personal data."""

from dataclasses import dataclass
from typing import ClassVar, NewType
from uuid import UUID

MessageId = NewType("MessageId", UUID)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageQueued:
    """A message to a customer is to be sent."""

    event_name: ClassVar[str] = "notifications.message.queued.v1"
    message_id: MessageId
