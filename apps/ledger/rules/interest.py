"""Interest terms, and what they make of a balance, exactly.

Amounts are whole numbers of grains: a minor unit has GRAINS of them, so that a rate of ten
decimals, of any balance, times the share of any day-count convention has no remainder.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Final

from ..errors import MalformedSchedule
from ..events import InterestTerms, NewInterestSchedule, Tier
from .day_count import SHARES

RATE_PLACES: Final = 10
GRAINS: Final = SHARES * 10**RATE_PLACES  # of one minor unit
_RATE_MAX: Final = Decimal(1000)


def check_interest_schedule(schedule: NewInterestSchedule) -> None:
    """Return when a schedule says what can be counted by. Raises MalformedSchedule."""
    if not schedule.code.strip() or not schedule.name.strip():
        raise MalformedSchedule("a schedule has a code and a name")
    check_terms(schedule.terms)


def check_terms(terms: InterestTerms) -> None:
    """Return when terms can be counted by. Raises MalformedSchedule."""
    if terms.minimum_minor < 0:
        raise MalformedSchedule("the least balance that earns is not below zero")
    for tiers in (terms.credit, terms.debit):
        check_steps([tier.from_minor for tier in tiers])
        for tier in tiers:
            check_rate(tier.rate)


def check_steps(steps: list[int]) -> None:
    """Return when tiers rise from zero or more. Raises MalformedSchedule."""
    if any(step < 0 for step in steps) or any(one >= other for one, other in pairwise(steps)):
        raise MalformedSchedule("tiers rise, from zero on")


def check_rate(rate: Decimal) -> None:
    """Return when a rate can be kept exactly. Raises MalformedSchedule."""
    if not rate.is_finite() or abs(rate) >= _RATE_MAX or rate != round(rate, RATE_PLACES):
        raise MalformedSchedule(f"a rate has at most {RATE_PLACES} decimals, 0.025 being 2.5 %")


def year_interest(terms: InterestTerms, *, base_minor: int) -> Fraction:
    """Return what a year's interest on a balance is, in minor units: on a debit one, what is owed.

    base_minor: on the credit side; negative where the holder owes.
    """
    size = abs(base_minor)
    tiers = terms.credit if base_minor > 0 else terms.debit
    if base_minor > 0 and size < terms.minimum_minor:
        return Fraction(0)
    if terms.tiering == "whole":
        reached = [tier for tier in tiers if tier.from_minor <= size]
        return size * Fraction(reached[-1].rate) if reached else Fraction(0)
    return sum((above * Fraction(rate) for above, rate in _slices(tiers, size)), Fraction(0))


def _slices(tiers: tuple[Tier, ...], size: int) -> Iterator[tuple[int, Decimal]]:
    """Yield how much of the balance lies within each tier, and the tier's rate."""
    ends = [tier.from_minor for tier in tiers[1:]] + [size]
    for tier, end in zip(tiers, ends, strict=False):
        yield max(min(end, size) - tier.from_minor, 0), tier.rate


def in_grains(minor: Fraction) -> int:
    """Return an amount as grains. Raises ValueError if it is no whole number of them."""
    grains = minor * GRAINS
    if grains.denominator != 1:
        raise ValueError("the amount is no whole number of grains")
    return grains.numerator
