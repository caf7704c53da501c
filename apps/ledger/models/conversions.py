"""The rate that an exchange was booked at."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from .accounts import Account
from .transactions import Transaction

_FIXES = ("sell", "buy")
_ROUNDINGS = ("half_even", "half_up", "down", "up")


class Conversion(models.Model):
    """What an exchange sold and bought, and at what rate, exactly. Append-only.

    The rate is `rate_numerator` minor units bought for `rate_denominator` minor units sold, in
    lowest terms. The side that `fixes` names was known; the other one is the product, rounded as
    `rounding` says. The engine holds it to the legs on the two trading accounts.
    """

    transaction = models.OneToOneField(Transaction, models.PROTECT, related_name="conversion")
    sold_account = models.ForeignKey(  # the trading accounts; their keys in the database are
        Account,
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,  # (account, currency)
    )
    sold_currency = models.CharField(max_length=3)
    sold_minor = models.BigIntegerField()
    bought_account = models.ForeignKey(
        Account, models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    bought_currency = models.CharField(max_length=3)
    bought_minor = models.BigIntegerField()
    rate_numerator = models.BigIntegerField()
    rate_denominator = models.BigIntegerField()
    fixes = models.CharField(max_length=4, choices=[(one, one) for one in _FIXES])
    rounding = models.CharField(max_length=9, choices=[(one, one) for one in _ROUNDINGS])
    rate_source = models.CharField(max_length=100)
    quoted_at = models.DateTimeField()

    class Meta:
        """Two currencies, amounts and a rate above zero, and somebody who quoted it."""

        db_table = "ledger_conversion"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="conversion_currencies",
                condition=~Q(sold_currency=F("bought_currency")),
            ),
            models.CheckConstraint(
                name="conversion_positive",
                condition=Q(
                    sold_minor__gt=0,
                    bought_minor__gt=0,
                    rate_numerator__gt=0,
                    rate_denominator__gt=0,
                ),
            ),
            models.CheckConstraint(
                name="conversion_words",
                condition=Q(fixes__in=_FIXES, rounding__in=_ROUNDINGS)
                & ~Q(rate_source__regex=r"^\s*$"),
            ),
        ]

    def __str__(self) -> str:
        """Identify the conversion."""
        return f"conversion of transaction {self.transaction_id}"
