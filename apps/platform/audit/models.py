"""The audit trail: one append-only table. Triggers and grants are in migrations/sql."""

from typing import Any, ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func


class TransactionIdField(models.Field[int, int]):
    """PostgreSQL's xid8: the 64-bit number of the transaction that wrote the row."""

    description = "Transaction id (xid8)"

    def db_type(self, connection: BaseDatabaseWrapper) -> str:  # noqa: ARG002
        """Return the column's type."""
        return "xid8"

    def from_db_value(self, value: str, *_: Any) -> int:  # noqa: ANN401
        """Return the number; the driver hands xid8 over as text."""
        return int(value)

    def get_prep_value(self, value: object) -> str | None:
        """Return the text PostgreSQL casts to xid8: it has no cast from integers."""
        return None if value is None else str(value)


class Event(models.Model):
    """One thing that was done: who, what, to what. Ids and facts, never personal data.

    `xid` orders sealing: rows of transactions below the snapshot's horizon are complete, whereas
    ids appear out of order and with gaps.
    """

    recorded_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=6)
    actor_key = models.CharField(max_length=100)
    action = models.CharField(max_length=100)
    subject = models.CharField(max_length=100)
    detail = models.JSONField(default=dict)
    request_id = models.CharField(max_length=100, blank=True)
    xid = TransactionIdField(editable=False, db_default=Func(function="pg_current_xact_id"))

    class Meta:
        """Indexed for what staff list: a subject's, an actor's, an action's events; a period.

        What an event must say is held by the trigger `audit_event_says`.
        """

        db_table = "audit_event"
        default_permissions = ("view",)
        verbose_name = "audit event"
        indexes: ClassVar = [
            models.Index("subject", "id", name="audit_event_subject"),
            models.Index("actor_kind", "actor_key", "id", name="audit_event_actor"),
            models.Index("action", "id", name="audit_event_action"),
            BrinIndex("recorded_at", name="audit_event_recorded_at", autosummarize=True),
        ]

    def __str__(self) -> str:
        """Name the event without personal data."""
        return f"{self.action} {self.subject}"
