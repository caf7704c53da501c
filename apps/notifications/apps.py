"""Django app of notifications; start-up registrations."""

from django.apps import AppConfig


class Config(AppConfig):
    """Names the house, listens to the ledger and declares its personal data."""

    name = "apps.notifications"
    label = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        """Subscribe to events and declare the personal data."""
        from apps.ledger.public import InvariantBroken, TransferPosted, TransfersPosted
        from apps.platform.outbox import public as outbox

        from . import privacy, tasks
        from .events import MessageQueued

        outbox.subscribe(TransferPosted, tasks.queue, name="notifications.queue")
        outbox.subscribe(TransfersPosted, tasks.queue_many, name="notifications.queue_many")
        outbox.subscribe(InvariantBroken, tasks.alert, name="notifications.alert", outside=True)
        outbox.subscribe(MessageQueued, tasks.send, name="notifications.send", outside=True)
        privacy.declare()
