"""Keys of requests that take effect once. The functions and triggers are in migrations/sql."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Key(models.Model):
    """One request: who sent it where (`scope`), under which key, and the answer it got.

    `fingerprint` is the SHA-256 of what was asked. The body may hold personal data of whoever the
    request was about; it goes with the key after settings.IDEMPOTENCY_DAYS.
    """

    scope = models.CharField(max_length=300)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(null=True)  # noqa: DJ001 - no answer yet is not an empty answer
    media_type = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        """The unique pair is the guarantee; refused, throttled and broken answers are not kept."""

        db_table = "idempotency_key"
        default_permissions = ()
        indexes: ClassVar = [models.Index("created_at", name="idempotency_key_age")]
        constraints: ClassVar = [
            models.UniqueConstraint("scope", "key", name="idempotency_key_once"),
            models.CheckConstraint(
                name="idempotency_key_status",
                condition=Q(status__isnull=True)
                | (Q(status__gte=200, status__lt=500) & ~Q(status__in=[409, 429])),
            ),
            models.CheckConstraint(
                name="idempotency_key_whole_answer",
                condition=Q(status__isnull=True, body__isnull=True, answered_at__isnull=True)
                | Q(status__isnull=False, body__isnull=False, answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        """Name the key's row; the key is the caller's."""
        return str(self.pk)
