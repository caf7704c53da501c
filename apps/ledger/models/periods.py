"""Periods of the books: what was closed, and what was opened again."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from .transactions import Transaction


class Period(models.Model):
    """A span of days (UTC), both ends included. Append-only; number 1 is the earliest.

    The database lets each begin where the one before it ends, so that none overlap or leave a gap.
    """

    number = models.IntegerField(primary_key=True)
    name = models.CharField(max_length=40)
    starts_on = models.DateField()
    ends_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        """The permissions of the screens that read and close the books."""

        db_table = "ledger_period"
        default_permissions = ("view",)
        permissions = (
            ("view_report", "May read the reports of the books"),
            ("close_period", "May define and close periods"),
            ("reopen_period", "May ask for a closed period to be opened again, and agree"),
        )
        constraints: ClassVar = [
            models.CheckConstraint(name="period_number", condition=Q(number__gte=1)),
            models.CheckConstraint(name="period_span", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(name="period_name", condition=~Q(name__regex=r"^\s*$")),
        ]

    def __str__(self) -> str:
        """Identify the period."""
        return f"period {self.number}"


class PeriodClosing(models.Model):
    """A period was closed. Append-only; it stands until a reopening names it."""

    period = models.ForeignKey(Period, models.PROTECT, related_name="closings")
    reason = models.CharField(max_length=500, blank=True)
    actor_kind = models.CharField(max_length=6)
    actor_key = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()

    class Meta:
        """The database closes periods in their order, each once at a time."""

        db_table = "ledger_period_closing"
        default_permissions = ()

    def __str__(self) -> str:
        """Identify the closing."""
        return f"closing {self.pk} of period {self.period_id}"


class ClosingJournal(models.Model):
    """A transaction that a closing booked: results moved to equity. Append-only.

    What it moved is no income or expense of its period, and income statements leave it out.
    """

    transaction = models.OneToOneField(
        Transaction, models.PROTECT, primary_key=True, related_name="closing_journal"
    )
    closing = models.ForeignKey(PeriodClosing, models.PROTECT, related_name="journals")

    class Meta:
        """The database compares it with its transaction."""

        db_table = "ledger_closing_journal"
        default_permissions = ()

    def __str__(self) -> str:
        """Identify the journal."""
        return f"journal {self.transaction_id} of closing {self.closing_id}"


class ReopeningRequest(models.Model):
    """Somebody asks for a closing to be undone, and says why. Append-only; it lapses in a week."""

    closing = models.ForeignKey(PeriodClosing, models.PROTECT, related_name="requests")
    reason = models.CharField(max_length=500)
    actor_kind = models.CharField(max_length=6)
    actor_key = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()

    class Meta:
        """People ask, with a reason."""

        db_table = "ledger_reopening_request"
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(name="reopening_reason", condition=~Q(reason__regex=r"^\s*$")),
            models.CheckConstraint(name="reopening_asked_by", condition=Q(actor_kind="staff")),
        ]

    def __str__(self) -> str:
        """Identify the request."""
        return f"request {self.pk} to undo closing {self.closing_id}"


class PeriodReopening(models.Model):
    """A closing was undone: another person than the one who asked agreed. Append-only."""

    closing = models.OneToOneField(
        PeriodClosing, models.PROTECT, primary_key=True, related_name="reopening"
    )
    request = models.OneToOneField(ReopeningRequest, models.PROTECT, related_name="agreement")
    actor_kind = models.CharField(max_length=6)
    actor_key = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()

    class Meta:
        """The primary key is the closing: it is undone once."""

        db_table = "ledger_period_reopening"
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(name="reopening_agreed_by", condition=Q(actor_kind="staff")),
        ]

    def __str__(self) -> str:
        """Identify the reopening."""
        return f"reopening of closing {self.closing_id}"
