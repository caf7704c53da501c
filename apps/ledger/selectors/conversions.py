"""Rates that were booked, and where the house stands in each currency."""

from collections.abc import Mapping
from fractions import Fraction
from typing import cast

from django.conf import settings
from django.db.models import BigIntegerField, Case, F, Sum, When

from apps.platform.money import Money

from .. import rules
from ..events import ConversionView, Positions, Rounding
from ..models import Account, Conversion, Transaction


def conversion_of(*, row: Transaction) -> ConversionView | None:
    """Return the rate that a transaction was booked at; None: it exchanged nothing."""
    found: Conversion | None = getattr(row, "conversion", None)
    if found is None:
        return None
    sold, bought = found.sold_currency, found.bought_currency
    rate = Fraction(found.rate_numerator, found.rate_denominator)
    return ConversionView(
        sold=Money(found.sold_minor, sold),
        bought=Money(found.bought_minor, bought),
        rate=rules.in_major(rate, sold=sold, bought=bought),
        fixes="sell" if found.fixes == "sell" else "buy",
        rounding=cast("Rounding", found.rounding),
        source=found.rate_source,
        quoted_at=found.quoted_at,
    )


def fx_positions(*, base: str, rates: Mapping[str, Fraction]) -> Positions:
    """Return what the trading accounts stand at, valued in `base` at `rates`. One query.

    A rate is in major units: how much of `base` one unit of the currency is worth.
    """
    debit_normal = Case(
        When(kind__in=rules.DEBIT_NORMAL, then=-F("posted_minor")),
        default=F("posted_minor"),
        output_field=BigIntegerField(),
    )
    found = (
        Account.objects.filter(code__startswith=settings.LEDGER_TRADING_PREFIX)
        .values_list("currency")
        .annotate(minor=Sum(debit_normal))
        .order_by("currency")
    )
    return rules.positions(
        {currency: int(minor) for currency, minor in found}, base=base, rates=rates
    )
