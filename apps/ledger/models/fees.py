"""Fees: schedules by dates, and what was charged by them."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from .accounts import Account
from .transactions import Transaction

_TIERINGS = ("marginal", "whole")


class FeeSchedule(models.Model):
    """What a fee is called, and where it is credited. Append-only."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    currency = models.CharField(max_length=3)
    income_account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    recorded_at = models.DateTimeField()

    class Meta:
        """Its table."""

        db_table = "ledger_fee_schedule"

    def __str__(self) -> str:
        """Say its code."""
        return self.code


class FeeVersion(models.Model):
    """What a fee schedule says from a day on. Append-only; its tiers come with it."""

    schedule = models.ForeignKey(
        FeeSchedule, models.PROTECT, related_name="versions", db_index=False
    )
    effective_on = models.DateField()
    tiering = models.CharField(max_length=8, choices=[(one, one) for one in _TIERINGS])
    min_minor = models.BigIntegerField(null=True)
    max_minor = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        """One version a day; the least fee is not above the most."""

        db_table = "ledger_fee_version"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["schedule", "effective_on"], name="fee_version_once"),
            models.CheckConstraint(name="fee_version_tiering", condition=Q(tiering__in=_TIERINGS)),
            models.CheckConstraint(
                name="fee_version_bounds",
                condition=(Q(min_minor__isnull=True) | Q(min_minor__gte=0))
                & (Q(max_minor__isnull=True) | Q(max_minor__gte=0))
                & (
                    Q(min_minor__isnull=True)
                    | Q(max_minor__isnull=True)
                    | Q(min_minor__lte=F("max_minor"))
                ),
            ),
        ]

    def __str__(self) -> str:
        """Identify the version."""
        return f"from {self.effective_on}"


class FeeTier(models.Model):
    """The fee from an amount on: so much flat, and a rate of the amount. Append-only."""

    version = models.ForeignKey(FeeVersion, models.PROTECT, related_name="tiers", db_index=False)
    from_minor = models.BigIntegerField()
    flat_minor = models.BigIntegerField()
    rate = models.DecimalField(max_digits=13, decimal_places=10)

    class Meta:
        """Tiers have no twin, and a fee is not below zero."""

        db_table = "ledger_fee_tier"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "from_minor"], name="fee_tier_once"),
            models.CheckConstraint(
                name="fee_tier_not_negative",
                condition=Q(from_minor__gte=0, flat_minor__gte=0, rate__gte=0),
            ),
        ]

    def __str__(self) -> str:
        """Identify the tier."""
        return f"from {self.from_minor}"


class Fee(models.Model):
    """A fee that was charged to an account, on `amount_minor`; of nothing where it came to nothing.

    Append-only.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="fees")
    version = models.ForeignKey(FeeVersion, models.PROTECT, related_name="fees")
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField()
    transaction = models.OneToOneField(Transaction, models.PROTECT, null=True, related_name="fee")
    source = models.CharField(max_length=100)
    reference = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        """A source charges once under each of its references."""

        db_table = "ledger_fee"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "reference"], name="fee_once"),
            models.CheckConstraint(
                name="fee_booked",
                condition=Q(fee_minor=0, transaction__isnull=True)
                | Q(fee_minor__gt=0, transaction__isnull=False),
            ),
            models.CheckConstraint(name="fee_amount", condition=Q(amount_minor__gte=0)),
        ]

    def __str__(self) -> str:
        """Identify the fee."""
        return f"fee {self.pk}"
