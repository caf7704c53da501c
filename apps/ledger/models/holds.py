"""Money that is promised, and what became of it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from .accounts import Account
from .transactions import Transaction

_OUTCOMES = ("captured", "voided", "expired")


class Hold(models.Model):
    """Money of an account that is promised until `expires_at`, which extensions move. Append-only.

    It takes an end that comes by itself: what shall last for ever is a freeze, not a hold.
    """

    public_id = models.UUIDField(unique=True)
    account = models.ForeignKey(Account, models.PROTECT, related_name="holds")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    source = models.CharField(max_length=100)
    reference = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    chain_id = models.UUIDField(null=True)  # a group that stands or falls together

    class Meta:
        """A source holds once under each of its references."""

        db_table = "ledger_hold"
        permissions = (
            ("capture_hold", "May capture it"),
            ("void_hold", "May void it"),
            ("extend_hold", "May extend it"),
        )
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "reference"], name="hold_once"),
            models.CheckConstraint(name="hold_positive", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="hold_ends_later", condition=Q(expires_at__gt=F("recorded_at"))
            ),
        ]
        indexes: ClassVar = [
            models.Index("chain_id", name="hold_chain", condition=Q(chain_id__isnull=False)),
        ]

    def __str__(self) -> str:
        """Identify the hold."""
        return f"hold {self.public_id}"


class HoldExtension(models.Model):
    """A later end of a hold. Append-only."""

    hold = models.ForeignKey(Hold, models.PROTECT, related_name="extensions")
    expires_at = models.DateTimeField()
    source = models.CharField(max_length=100)
    reference = models.CharField(max_length=255)
    recorded_at = models.DateTimeField()

    class Meta:
        """A source extends once under each of its references."""

        db_table = "ledger_hold_extension"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "reference"], name="hold_extension_once"),
        ]

    def __str__(self) -> str:
        """Identify the extension."""
        return f"extension {self.pk} of hold {self.hold_id}"


class HoldCapture(models.Model):
    """Held money that a transaction moved, whole or in part. Append-only.

    It is written before its transaction, so that the money is free when the transaction asks for
    it; the foreign key is checked at COMMIT.
    """

    hold = models.ForeignKey(Hold, models.PROTECT, related_name="captures")
    transaction = models.OneToOneField(
        Transaction, models.PROTECT, to_field="public_id", related_name="capture"
    )
    amount_minor = models.BigIntegerField()
    final = models.BooleanField()  # what it leaves is free again
    recorded_at = models.DateTimeField()

    class Meta:
        """A capture takes something."""

        db_table = "ledger_hold_capture"
        constraints: ClassVar = [
            models.CheckConstraint(name="hold_capture_positive", condition=Q(amount_minor__gt=0)),
        ]

    def __str__(self) -> str:
        """Identify the capture."""
        return f"capture {self.pk} of hold {self.hold_id}"


class HoldEnd(models.Model):
    """How a hold ended, once. Append-only. `released_minor` is what became free without moving."""

    hold = models.OneToOneField(Hold, models.PROTECT, primary_key=True, related_name="end")
    outcome = models.CharField(max_length=8, choices=[(one, one) for one in _OUTCOMES])
    released_minor = models.BigIntegerField()
    source = models.CharField(max_length=100, blank=True)  # of who voided it
    reference = models.CharField(max_length=255, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        """The primary key is the hold: there is no second end."""

        db_table = "ledger_hold_end"
        constraints: ClassVar = [
            models.CheckConstraint(name="hold_end_outcome", condition=Q(outcome__in=_OUTCOMES)),
            models.CheckConstraint(name="hold_end_released", condition=Q(released_minor__gte=0)),
        ]

    def __str__(self) -> str:
        """Identify the end."""
        return f"end of hold {self.hold_id}"


class HoldOpen(models.Model):
    """What an open hold still keeps, and until when: moved by the database alone, like a balance.

    The rows above are the truth; this is their sum, so that a post need not read their history.
    """

    hold = models.OneToOneField(Hold, models.PROTECT, primary_key=True, related_name="open")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    left_minor = models.BigIntegerField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        """An open hold keeps something."""

        db_table = "ledger_hold_open"
        constraints: ClassVar = [
            models.CheckConstraint(name="hold_open_positive", condition=Q(left_minor__gt=0)),
        ]

    def __str__(self) -> str:
        """Identify the hold."""
        return f"hold {self.hold_id}, open"
