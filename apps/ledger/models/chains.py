"""Groups that stand or fall together."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

_OUTCOMES = ("voided", "reversed")


class Chain(models.Model):
    """A group of transactions and holds; they name it (`chain_id`). Append-only.

    It may be added to until it has ended.
    """

    id = models.UUIDField(primary_key=True)
    recorded_at = models.DateTimeField()

    class Meta:
        """Its id is what callers know."""

        db_table = "ledger_chain"

    def __str__(self) -> str:
        """Identify the chain."""
        return f"chain {self.pk}"


class ChainEnd(models.Model):
    """How a chain ended, once. Append-only.

    `voided`: it had booked nothing, and holds nothing any more; `reversed`: all that it had booked
    is undone.
    """

    chain = models.OneToOneField(Chain, models.PROTECT, primary_key=True, related_name="end")
    outcome = models.CharField(max_length=8, choices=[(one, one) for one in _OUTCOMES])
    recorded_at = models.DateTimeField()

    class Meta:
        """The primary key is the chain: there is no second end."""

        db_table = "ledger_chain_end"
        constraints: ClassVar = [
            models.CheckConstraint(name="chain_end_outcome", condition=Q(outcome__in=_OUTCOMES)),
        ]

    def __str__(self) -> str:
        """Identify the end."""
        return f"end of chain {self.chain_id}"
