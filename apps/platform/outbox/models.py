"""Tables of the outbox: what happened, who is owed it, who has had it. SQL is in migrations/sql."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Greatest


class State(models.TextChoices):
    """Where a delivery stands."""

    PENDING = "pending", "pending"
    DONE = "done", "done"
    DEAD = "dead", "dead letter"


class Event(models.Model):
    """A fact that was committed together with the change it tells of. Append-only."""

    event_id = models.UUIDField(unique=True)
    name = models.CharField(max_length=100)
    payload = models.JSONField()
    request_id = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        """Read only; rows come from the function outbox_emit."""

        db_table = "outbox_event"
        default_permissions = ("view",)

    def __str__(self) -> str:
        """Name the event."""
        return f"{self.name} {self.event_id}"


class Delivery(models.Model):
    """One event owed to one subscriber.

    `claimed_until` is a lease: nobody else touches the row before it ends. While `running` a
    worker holds it; otherwise it belongs to a message in the broker, which may be lost.
    `dispatches` counts the messages sent since the last attempt began. All times are the
    database's.
    """

    event = models.ForeignKey(Event, models.PROTECT, related_name="+", db_index=False)
    subscriber = models.CharField(max_length=100)
    state = models.CharField(max_length=7, choices=State.choices, default=State.PENDING)
    attempts = models.IntegerField(default=0)
    dispatches = models.IntegerField(default=0)
    available_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    running = models.BooleanField(default=False)
    last_error = models.CharField(max_length=200, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        """One row an event and subscriber; the relay's index holds the pending rows alone.

        Which states there are is held by the trigger `outbox_delivery_states`.
        """

        db_table = "outbox_delivery"
        default_permissions = ("view",)
        permissions = (("replay_delivery", "May replay a dead letter"),)
        verbose_name_plural = "deliveries"
        indexes: ClassVar = [
            models.Index(
                Greatest("available_at", "claimed_until"),  # when it is due; a NULL does not count
                "id",
                name="outbox_delivery_due",
                condition=Q(state="pending"),
            ),
            models.Index("id", name="outbox_delivery_dead", condition=Q(state="dead")),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint("event", "subscriber", name="outbox_delivery_once"),
        ]

    def __str__(self) -> str:
        """Name the delivery."""
        return f"{self.pk} to {self.subscriber}"


class Inbox(models.Model):
    """A subscriber has had an event: written in the transaction of its effect. Append-only."""

    pk = models.CompositePrimaryKey("subscriber", "event_id")
    subscriber = models.CharField(max_length=100)
    event_id = models.UUIDField()
    processed_at = models.DateTimeField()

    class Meta:
        """The primary key is the guarantee."""

        db_table = "outbox_inbox"
        default_permissions = ()

    def __str__(self) -> str:
        """Name the receipt."""
        return f"{self.subscriber} {self.event_id}"


class Pulse(models.Model):
    """When a heartbeat last went all the way: beat, broker, worker, database."""

    name = models.CharField(max_length=50, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        """One row a heartbeat."""

        db_table = "outbox_pulse"
        default_permissions = ()

    def __str__(self) -> str:
        """Name the heartbeat."""
        return self.name
