"""Sums of days."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from .accounts import Account


class RollUp(models.Model):
    """What an account's entries of one effective and one recorded day (UTC) sum to. Append-only.

    A run adds up the entries since the run before; each entry is in exactly one row, whose versions
    lie between `first_version` and `last_version`.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    effective_on = models.DateField()
    recorded_on = models.DateField()
    first_version = models.BigIntegerField()
    last_version = models.BigIntegerField()
    entries = models.BigIntegerField()
    debit_minor = models.DecimalField(max_digits=30, decimal_places=0)  # a day's turnover may
    credit_minor = models.DecimalField(max_digits=30, decimal_places=0)  # pass what 64 bits hold

    class Meta:
        """An entry is added up once."""

        db_table = "ledger_roll_up"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "first_version"], name="roll_up_once"),
            models.CheckConstraint(
                name="roll_up_range", condition=Q(last_version__gte=F("first_version"))
            ),
        ]
        indexes: ClassVar = [
            models.Index("account", "last_version", name="roll_up_through"),
            models.Index("account", "effective_on", name="roll_up_effective"),
        ]

    def __str__(self) -> str:
        """Identify the roll-up."""
        return f"{self.account_id}/{self.effective_on}"
