"""Which transaction undoes which, and how much of it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from .transactions import Entry, Transaction


class Reversal(models.Model):
    """A transaction (`transaction`) that undoes another (`reversed`), and why. Append-only."""

    transaction = models.OneToOneField(Transaction, models.PROTECT, related_name="reversal_of")
    reversed = models.ForeignKey(Transaction, models.PROTECT, related_name="reversals")
    whole = models.BooleanField()
    reason = models.CharField(max_length=500)
    recorded_at = models.DateTimeField()

    class Meta:
        """A transaction is reversed whole once, and never by itself."""

        db_table = "ledger_reversal"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reversed"], condition=Q(whole=True), name="reversal_whole_once"
            ),
            models.CheckConstraint(name="reversal_reason", condition=~Q(reason__regex=r"^\s*$")),
            models.CheckConstraint(
                name="reversal_of_another", condition=~Q(transaction=F("reversed"))
            ),
        ]

    def __str__(self) -> str:
        """Identify the reversal."""
        return f"reversal {self.pk}"


class ReversalPart(models.Model):
    """How much of a leg a reversal undoes. Append-only; the engine holds the sum to the leg."""

    reversal = models.ForeignKey(Reversal, models.PROTECT, related_name="parts", db_index=False)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="reversed_by")
    amount_minor = models.BigIntegerField()

    class Meta:
        """A reversal has one part of a leg."""

        db_table = "ledger_reversal_part"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reversal", "entry"], name="reversal_part_once"),
            models.CheckConstraint(name="reversal_part_positive", condition=Q(amount_minor__gt=0)),
        ]

    def __str__(self) -> str:
        """Identify the part."""
        return f"part {self.pk} of reversal {self.reversal_id}"
