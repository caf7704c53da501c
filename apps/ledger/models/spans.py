"""Sums of runs of entries."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from .accounts import Account


class Span(models.Model):
    """What 64 entries of an account that follow on each other sum to, or 64 such sums. Append-only.

    Level 1 sums the versions `place * 64 + 1` to `place * 64 + 64`; a level above sums 64 spans of
    the level below. `late_*` keep the entries of level 1 that took effect before they were
    recorded: when, and how much (a debit above zero, a credit below).
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    level = models.SmallIntegerField()
    place = models.BigIntegerField()
    debit_minor = models.DecimalField(max_digits=40, decimal_places=0)
    credit_minor = models.DecimalField(max_digits=40, decimal_places=0)
    effective_min = models.DateTimeField()
    effective_max = models.DateTimeField()
    recorded_min = models.DateTimeField()
    recorded_max = models.DateTimeField()
    late_at = ArrayField(models.DateTimeField(), null=True)
    late_minor = ArrayField(models.BigIntegerField(), null=True)

    class Meta:
        """A place is summed once."""

        db_table = "ledger_span"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "level", "place"], name="span_once"),
            models.CheckConstraint(name="span_place", condition=Q(level__gte=1, place__gte=0)),
        ]

    def __str__(self) -> str:
        """Identify the span."""
        return f"{self.account_id}/{self.level}/{self.place}"
