"""What a fee is: flat, a percentage, or by tiers, between a least and a most."""

from fractions import Fraction

from ..errors import MalformedSchedule
from ..events import FeeCharge, FeeTerms, NewFeeSchedule
from .interest import check_rate, check_steps
from .posting import _digest


def check_fee_schedule(schedule: NewFeeSchedule) -> None:
    """Return when a fee schedule says what can be counted by. Raises MalformedSchedule."""
    if not schedule.code.strip() or not schedule.name.strip():
        raise MalformedSchedule("a schedule has a code and a name")
    check_fee_terms(schedule.terms)


def check_fee_terms(terms: FeeTerms) -> None:
    """Return when terms can be counted by. Raises MalformedSchedule."""
    if not terms.tiers:
        raise MalformedSchedule("a fee has a tier or more")
    check_steps([tier.from_minor for tier in terms.tiers])
    for tier in terms.tiers:
        check_rate(tier.rate)
        if tier.rate < 0 or tier.flat_minor < 0:
            raise MalformedSchedule("a fee is not below zero")
    least, most = terms.min_minor, terms.max_minor
    if (least or 0) < 0 or (most is not None and most < (least or 0)):
        raise MalformedSchedule("a fee lies between its least and its most")


def fee(terms: FeeTerms, *, amount_minor: int) -> int:
    """Return the fee on an amount, in minor units."""
    reached = [tier for tier in terms.tiers if tier.from_minor <= amount_minor]
    exact = Fraction(0)
    if terms.tiering == "whole" and reached:
        exact = reached[-1].flat_minor + amount_minor * Fraction(reached[-1].rate)
    elif reached:
        ends = [tier.from_minor for tier in reached[1:]] + [amount_minor]
        for tier, end in zip(reached, ends, strict=True):
            exact += tier.flat_minor + (end - tier.from_minor) * Fraction(tier.rate)
    rounded = max(round(exact), terms.min_minor or 0)  # of a Fraction: half to even
    return rounded if terms.max_minor is None else min(rounded, terms.max_minor)


def fee_fingerprint(charge: FeeCharge) -> str:
    """Return the SHA-256 of what a charge says, apart from when: the test of a true repeat."""
    amount = charge.amount
    return _digest(["fee", charge.schedule, charge.account_id.hex, amount.minor, amount.currency])
