"""What the platform calls in notifications: outbox subscribers. Thin: unpack, call one service."""

from datetime import datetime

from apps.ledger.public import (
    InvariantBroken,
    TransactionId,
    TransferPosted,
    TransfersPosted,
)
from apps.platform.actors import Actor

from . import services
from .events import MessageQueued

_ACTOR = Actor(kind="system", key="notifications")


def queue(event: TransferPosted, *, now: datetime) -> None:
    """Queue what the holders are told of a posted transfer; a service mail under the contract."""
    services.queue_transfer_messages(
        actor=_ACTOR, now=now, transaction_id=TransactionId(event.transaction_id)
    )


def queue_many(event: TransfersPosted, *, now: datetime) -> None:
    """Queue what the holders are told of the transfers of a batch."""
    for transaction_id in event.transaction_ids:
        services.queue_transfer_messages(
            actor=_ACTOR, now=now, transaction_id=TransactionId(transaction_id)
        )


def alert(event: InvariantBroken, *, now: datetime) -> None:
    """Tell those who are on call that the ledger's proof failed."""
    services.send_alert(actor=_ACTOR, now=now, broken=event)


def send(event: MessageQueued, *, now: datetime) -> None:
    """Send a queued message."""
    services.send_message(actor=_ACTOR, now=now, message_id=event.message_id)
