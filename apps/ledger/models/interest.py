"""Interest: schedules with their rates, on which accounts they are, and what has accrued."""

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from .accounts import Account
from .transactions import Transaction

_COUNTS = ("ACT/365F", "ACT/360", "ACT/ACT ISDA", "30/360", "30E/360")
_CAPITALISES = ("monthly", "quarterly", "yearly", "at_end")
_TIERINGS = ("marginal", "whole")
_SIDES = ("credit", "debit")


class InterestSchedule(models.Model):
    """By which convention interest accrues, and where it is booked. Append-only."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    currency = models.CharField(max_length=3)
    day_count = models.CharField(max_length=12, choices=[(one, one) for one in _COUNTS])
    capitalises = models.CharField(max_length=9, choices=[(one, one) for one in _CAPITALISES])
    expense_account = models.ForeignKey(
        Account, models.PROTECT, related_name="+", db_index=False
    )  # interest paid is debited here as it accrues,
    payable_account = models.ForeignKey(
        Account, models.PROTECT, related_name="+", db_index=False
    )  # and credited here until it is capitalised
    income_account = models.ForeignKey(
        Account, models.PROTECT, related_name="+", db_index=False
    )  # interest charged is credited here as it accrues,
    receivable_account = models.ForeignKey(
        Account, models.PROTECT, related_name="+", db_index=False
    )  # and debited here until it is capitalised
    recorded_at = models.DateTimeField()

    class Meta:
        """A schedule says its convention."""

        db_table = "ledger_interest_schedule"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="interest_schedule_day_count", condition=Q(day_count__in=_COUNTS)
            ),
            models.CheckConstraint(
                name="interest_schedule_capitalises", condition=Q(capitalises__in=_CAPITALISES)
            ),
        ]

    def __str__(self) -> str:
        """Say its code."""
        return self.code


class InterestVersion(models.Model):
    """What a schedule says from a day on. Append-only; its tiers come with it.

    The column `written_by` (xid8) is the database's: it refuses tiers that come later.
    """

    schedule = models.ForeignKey(
        InterestSchedule, models.PROTECT, related_name="versions", db_index=False
    )
    effective_on = models.DateField()
    tiering = models.CharField(max_length=8, choices=[(one, one) for one in _TIERINGS])
    minimum_minor = models.BigIntegerField()  # a credit balance below it earns nothing
    recorded_at = models.DateTimeField()

    class Meta:
        """One version a day."""

        db_table = "ledger_interest_version"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["schedule", "effective_on"], name="interest_version_once"
            ),
            models.CheckConstraint(
                name="interest_version_tiering", condition=Q(tiering__in=_TIERINGS)
            ),
            models.CheckConstraint(
                name="interest_version_minimum", condition=Q(minimum_minor__gte=0)
            ),
        ]

    def __str__(self) -> str:
        """Identify the version."""
        return f"from {self.effective_on}"


class InterestTier(models.Model):
    """A yearly rate from a balance on: 0.025 is 2.5 %. Append-only."""

    version = models.ForeignKey(
        InterestVersion, models.PROTECT, related_name="tiers", db_index=False
    )
    side = models.CharField(max_length=6, choices=[(one, one) for one in _SIDES])
    from_minor = models.BigIntegerField()
    rate = models.DecimalField(max_digits=13, decimal_places=10)

    class Meta:
        """Tiers of a side have no twin."""

        db_table = "ledger_interest_tier"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version", "side", "from_minor"], name="interest_tier_once"
            ),
            models.CheckConstraint(name="interest_tier_side", condition=Q(side__in=_SIDES)),
            models.CheckConstraint(name="interest_tier_from", condition=Q(from_minor__gte=0)),
        ]

    def __str__(self) -> str:
        """Identify the tier."""
        return f"{self.side} from {self.from_minor}"


class InterestAssignment(models.Model):
    """Which schedule is on an account from a day on; null: none. Append-only."""

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="interest_assignments", db_index=False
    )
    schedule = models.ForeignKey(
        InterestSchedule, models.PROTECT, null=True, related_name="assignments"
    )
    effective_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        """One schedule a day."""

        db_table = "ledger_interest_assignment"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "effective_on"], name="interest_assignment_once"
            ),
        ]

    def __str__(self) -> str:
        """Identify the assignment."""
        return f"{self.account_id} from {self.effective_on}"


class InterestAccrual(models.Model):
    """Interest of one account and day. Append-only: a correction is a further revision of the day.

    Amounts are exact, in grains (see rules.interest): of the day, and of all days so far
    (`*_total`, this row counted). What is booked are the whole minor units by which the total has
    grown, so that the remainder is carried on and nothing is rounded away. `number` counts an
    account's rows without a gap; `base_minor` is the end-of-day balance on the credit side, as the
    account's entries up to `seen_version` make it.
    """

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="interest_accruals", db_index=False
    )
    number = models.BigIntegerField()
    day = models.DateField()
    revision = models.IntegerField()
    assignment = models.ForeignKey(
        InterestAssignment, models.PROTECT, related_name="accruals", db_index=False
    )
    version = models.ForeignKey(
        InterestVersion, models.PROTECT, related_name="accruals", db_index=False
    )
    base_minor = models.BigIntegerField()
    paid_grains = models.DecimalField(max_digits=50, decimal_places=0)
    charged_grains = models.DecimalField(max_digits=50, decimal_places=0)
    paid_total = models.DecimalField(max_digits=50, decimal_places=0)
    charged_total = models.DecimalField(max_digits=50, decimal_places=0)
    paid_minor = models.BigIntegerField()
    charged_minor = models.BigIntegerField()
    transaction = models.OneToOneField(
        Transaction, models.PROTECT, null=True, related_name="interest_accrual"
    )
    seen_version = models.BigIntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        """A day accrues once for each revision, when it is over, on one side."""

        db_table = "ledger_interest_accrual"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "number"], name="interest_accrual_number"),
            models.UniqueConstraint(
                fields=["account", "day", "revision"], name="interest_accrual_once"
            ),
            models.CheckConstraint(
                name="interest_accrual_side",
                condition=Q(base_minor__gt=0, charged_grains=0)
                | Q(base_minor__lt=0, paid_grains=0)
                | Q(base_minor=0, paid_grains=0, charged_grains=0),
            ),
            models.CheckConstraint(
                name="interest_accrual_booked",
                condition=Q(paid_minor=0, charged_minor=0, transaction__isnull=True)
                | (Q(transaction__isnull=False) & ~Q(paid_minor=0, charged_minor=0)),
            ),
        ]
        indexes: ClassVar = [
            models.Index("version", "day", name="interest_accrual_version"),
            BrinIndex(fields=["day"], name="interest_accrual_day"),  # days come in order
        ]

    def __str__(self) -> str:
        """Identify the accrual."""
        return f"{self.account_id}/{self.day}/{self.revision}"


class InterestCapital(models.Model):
    """Accrued interest that moved on to the account at the end of a day. Append-only.

    `number` is that of the last accrual it counts. After it, the capitalisations of all days up to
    `day` sum to the whole minor units that had accrued by then; a correction is a further revision.
    """

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="interest_capital", db_index=False
    )
    day = models.DateField()
    revision = models.IntegerField()
    number = models.BigIntegerField()
    assignment = models.ForeignKey(
        InterestAssignment, models.PROTECT, related_name="+", db_index=False
    )
    paid_minor = models.BigIntegerField()
    charged_minor = models.BigIntegerField()
    transaction = models.OneToOneField(
        Transaction, models.PROTECT, null=True, related_name="interest_capital"
    )
    recorded_at = models.DateTimeField()

    class Meta:
        """A day is capitalised once for each revision."""

        db_table = "ledger_interest_capital"
        verbose_name_plural = "interest capital"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "day", "revision"], name="interest_capital_once"
            ),
            models.CheckConstraint(
                name="interest_capital_booked",
                condition=Q(paid_minor=0, charged_minor=0, transaction__isnull=True)
                | (Q(transaction__isnull=False) & ~Q(paid_minor=0, charged_minor=0)),
            ),
        ]
        indexes: ClassVar = [
            models.Index("account", "number", name="interest_capital_number"),
        ]

    def __str__(self) -> str:
        """Identify the capitalisation."""
        return f"{self.account_id}/{self.day}/{self.revision}"
