"""Spending limits: what is limited, how much of it from when on, and what has been used."""

from typing import ClassVar, Final

from django.db import models
from django.db.models import F, Q

from .accounts import Account
from .reversals import Reversal

_DAYS_MAX: Final = 366


class Limit(models.Model):
    """What is limited on an account; how much, its versions say. Append-only.

    `direction`: what leaves ("out") or comes in. `period`: in one transaction, in so many `days`
    (UTC, the day of booking the last of them), or in a calendar month. `scope`: with all
    counterparties taken together, with each on its own, or with one. `counted_from` is the first
    day whose use is counted: set by the database.
    """

    public_id = models.UUIDField(unique=True)
    account = models.ForeignKey(Account, models.PROTECT, related_name="limits", db_index=False)
    direction = models.CharField(max_length=3)
    period = models.CharField(max_length=11)
    days = models.SmallIntegerField()
    scope = models.CharField(max_length=4)
    counterparty = models.ForeignKey(
        Account, models.PROTECT, null=True, related_name="+", db_index=False
    )
    measure = models.CharField(max_length=6)
    counted_from = models.DateField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        """An account has one limit of each shape."""

        db_table = "ledger_limit"
        default_permissions = ("view",)
        permissions = (("change_limits", "May set and end limits"),)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=[
                    "account", "direction", "period", "days", "scope", "counterparty", "measure",
                ],
                nulls_distinct=False,
                name="limit_once",
            ),
            models.CheckConstraint(
                name="limit_direction", condition=Q(direction__in=("out", "in"))
            ),
            models.CheckConstraint(
                name="limit_period",
                condition=Q(period="days", days__gte=1, days__lte=_DAYS_MAX)
                | Q(period__in=("transaction", "month"), days=0),
            ),
            models.CheckConstraint(
                name="limit_scope",
                condition=Q(scope="one", counterparty__isnull=False)
                | Q(scope__in=("all", "each"), counterparty__isnull=True),
            ),
            models.CheckConstraint(
                name="limit_measure",
                condition=Q(measure="amount") | (Q(measure="count") & ~Q(period="transaction")),
            ),
            models.CheckConstraint(
                name="limit_counterparty", condition=~Q(counterparty=F("account"))
            ),
            models.CheckConstraint(
                name="limit_counted",
                condition=Q(period="transaction", counted_from__isnull=True)
                | (~Q(period="transaction") & Q(counted_from__isnull=False)),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        """Identify the limit."""
        return f"limit {self.public_id}"


class LimitVersion(models.Model):
    """How much a limit allows, from when until when. Append-only; what was said last counts.

    `maximum` is in minor units, or counts transactions; null: no limit for that time.
    """

    limit = models.ForeignKey(Limit, models.PROTECT, related_name="versions")
    maximum = models.BigIntegerField(null=True)
    effective_from = models.DateTimeField()
    effective_until = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        """A version is not of the past, and ends later than it begins."""

        db_table = "ledger_limit_version"
        default_permissions = ()
        constraints: ClassVar = [
            models.CheckConstraint(
                name="limit_maximum", condition=Q(maximum__isnull=True) | Q(maximum__gte=0)
            ),
            models.CheckConstraint(
                name="limit_not_past", condition=Q(effective_from__gte=F("recorded_at"))
            ),
            models.CheckConstraint(
                name="limit_ends_later",
                condition=Q(effective_until__isnull=True)
                | Q(effective_until__gt=F("effective_from")),
            ),
        ]

    def __str__(self) -> str:
        """Identify the version."""
        return f"version {self.pk} of limit {self.limit_id}"


class LimitUse(models.Model):
    """What a limit has counted on a day (UTC, of booking): moved by the database alone.

    `counterparty` is the limit's own account where its counterparties are taken together.
    """

    limit = models.ForeignKey(Limit, models.PROTECT, related_name="uses", db_index=False)
    counterparty = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    used = models.DecimalField(max_digits=30, decimal_places=0)  # may pass what 64 bits hold

    class Meta:
        """A day is counted once, and never below nothing."""

        db_table = "ledger_limit_use"
        default_permissions = ()
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["limit", "counterparty", "day"], name="limit_use_once"),
            models.CheckConstraint(name="limit_use_positive", condition=Q(used__gte=0)),
        ]

    def __str__(self) -> str:
        """Identify the count."""
        return f"limit {self.limit_id} on {self.day}"


class LimitWaiver(models.Model):
    """A transaction that no limit was asked about, because it calls itself a reversal. Append-only.

    The key holds it to that: without its link at COMMIT, the transaction is not booked.
    """

    reversal = models.OneToOneField(
        Reversal,
        models.PROTECT,
        primary_key=True,
        to_field="transaction",
        db_column="transaction_id",
        related_name="+",
    )

    class Meta:
        """The key says all there is."""

        db_table = "ledger_limit_waiver"
        default_permissions = ()

    def __str__(self) -> str:
        """Identify the reversal."""
        return f"reversal by transaction {self.reversal_id}"
