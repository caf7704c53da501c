"""Exact rates, and what an exchange at one comes to."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from apps.platform.money import CURRENCIES, MINOR_MAX, Money

from ..errors import CurrencyMismatch, MalformedExchange, MalformedRate
from ..events import (
    AccountId,
    AccountView,
    Conversion,
    Fee,
    Leg,
    NewExchange,
    Position,
    Positions,
    Posting,
    Rounding,
)
from .balances import DEBIT_NORMAL
from .posting import _digest, fingerprint

ROUNDINGS: Final = ("half_even", "half_up", "down", "up")
FEES_MAX: Final = 10
_RATE: Final = re.compile(r"([0-9]{1,18})(?:\.([0-9]{1,18}))?")
_DIGITS: Final = 12  # of a rate that no decimal says exactly


def parse_rate(text: str) -> Fraction:
    """Return the rate of a decimal text, exactly. Raises MalformedRate."""
    found = _RATE.fullmatch(text)
    if found is None:
        raise MalformedRate("a rate is a decimal number such as 1.0842")
    whole, decimals = found[1], found[2] or ""
    return rate_of(int(whole + decimals), 10 ** len(decimals))


def rate_of(numerator: int, denominator: int) -> Fraction:
    """Return the ratio of two whole numbers above zero. Raises MalformedRate."""
    if numerator <= 0 or denominator <= 0:
        raise MalformedRate("a rate is a ratio of whole numbers above zero")
    return Fraction(numerator, denominator)


def rate_text(rate: Fraction) -> str:
    """Return the rate as a decimal: exact where it ends, else rounded to twelve digits."""
    places = 0
    while places < 60 and rate.denominator > 1 and 10**places % rate.denominator:
        places += 1
    if places == 60:
        places = max(0, _DIGITS - len(str(int(rate))))
        while rate * 10**places < 10 ** (_DIGITS - 1):
            places += 1
    digits = str(rounded(rate * 10**places, "half_even")).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def in_minor(rate: Fraction, *, sold: str, bought: str) -> Fraction:
    """Return a rate of major units in minor ones: by the exponents of both currencies."""
    return rate * Fraction(10 ** CURRENCIES[bought], 10 ** CURRENCIES[sold])


def in_major(rate: Fraction, *, sold: str, bought: str) -> Fraction:
    """Return a rate of minor units in major ones."""
    return rate / in_minor(Fraction(1), sold=sold, bought=bought)


def rounded(value: Fraction, how: Rounding) -> int:
    """Return a value that is not negative as a whole number."""
    whole, rest = divmod(value.numerator, value.denominator)
    twice = 2 * rest
    raised = {
        "half_even": twice > value.denominator or (twice == value.denominator and whole % 2 == 1),
        "half_up": twice >= value.denominator,
        "down": False,
        "up": rest > 0,
    }
    return whole + raised[how]


def convert(exchange: NewExchange, *, sold: str, bought: str) -> Conversion:
    """Return what the exchange comes to: the side that is not fixed is the exact product, rounded.

    Raises CurrencyMismatch, MalformedExchange or MalformedRate.
    """
    quote = exchange.quote
    if exchange.fixed.currency != (sold if exchange.fixes == "sell" else bought):
        raise CurrencyMismatch("the amount is in the currency of its account")
    if sold == bought:
        raise MalformedExchange("an exchange is between two currencies")
    if not quote.source.strip() or len(quote.source) > 100:
        raise MalformedRate("a rate says who quoted it, in at most 100 characters")
    rate = in_minor(quote.rate, sold=sold, bought=bought)
    if not (0 < rate.numerator <= MINOR_MAX and rate.denominator <= MINOR_MAX):
        raise MalformedRate("a rate is a ratio of two numbers of 64 bits")
    exact = exchange.fixed.minor * (rate if exchange.fixes == "sell" else 1 / rate)
    other = rounded(exact, quote.rounding)
    if not (0 < exchange.fixed.minor <= MINOR_MAX and 0 < other <= MINOR_MAX):
        raise MalformedExchange("both sides of an exchange are above zero, and of 64 bits")
    sides = [exchange.fixed.minor, other]
    if exchange.fixes == "buy":
        sides.reverse()
    return Conversion(
        sold=Money(sides[0], sold),
        bought=Money(sides[1], bought),
        rate=rate,
        fixes=exchange.fixes,
        quote=quote,
    )


def exchange_legs(
    exchange: NewExchange,
    conversion: Conversion,
    *,
    accounts: tuple[AccountView, AccountView],
    trading: tuple[AccountView, AccountView],
) -> tuple[Leg, ...]:
    """Return the legs: the account that pays and the one that receives against the trading ones.

    `accounts` and `trading` are of the sold and of the bought currency. Raises MalformedExchange or
    CurrencyMismatch.
    """
    payer, receiver = accounts
    if (payer.kind in DEBIT_NORMAL) != (receiver.kind in DEBIT_NORMAL):
        raise MalformedExchange("both accounts are the house's own, or both are owed by it")
    if {one.account_id for one in trading} & {payer.account_id, receiver.account_id}:
        raise MalformedExchange("a trading account exchanges nothing with itself")
    legs = [
        *_against(payer, trading[0].account_id, conversion.sold, lowers=True),
        *_against(receiver, trading[1].account_id, conversion.bought, lowers=False),
    ]
    for fee in exchange.fees:
        legs += _fee_legs(fee, accounts, trading)
    return tuple(legs)


def _fee_legs(
    fee: Fee, accounts: tuple[AccountView, AccountView], trading: tuple[AccountView, AccountView]
) -> tuple[Leg, Leg]:
    payer = next((one for one in accounts if one.currency == fee.amount.currency), None)
    if payer is None:
        raise CurrencyMismatch("a fee is in one of the two currencies")
    if not 0 < fee.amount.minor <= MINOR_MAX:
        raise MalformedExchange("a fee is above zero")
    if fee.account_id in {one.account_id for one in (*accounts, *trading)}:
        raise MalformedExchange("a fee goes to an account that is no part of the exchange")
    return _against(payer, fee.account_id, fee.amount, lowers=True)


def _against(
    account: AccountView, other: AccountId, amount: Money, *, lowers: bool
) -> tuple[Leg, Leg]:
    """Return two legs: one that lowers or raises the account, and its counterpart."""
    minor, currency = amount.minor, amount.currency
    if lowers != (account.kind in DEBIT_NORMAL):
        return (
            Leg(account.account_id, debit=minor, currency=currency),
            Leg(other, credit=minor, currency=currency),
        )
    return (
        Leg(other, debit=minor, currency=currency),
        Leg(account.account_id, credit=minor, currency=currency),
    )


def exchange_fingerprint(posting: Posting, conversion: Conversion) -> str:
    """Return the SHA-256 of what an exchange says, apart from when it was quoted and booked."""
    rate = [conversion.rate.numerator, conversion.rate.denominator]
    quote = [conversion.fixes, conversion.quote.rounding, conversion.quote.source]
    return _digest(["exchange", fingerprint(posting), rate, quote])


def positions(
    open_minor: Mapping[str, int], *, base: str, rates: Mapping[str, Fraction]
) -> Positions:
    """Return what trading accounts stand at, valued at `rates` (major units of `base` for one).

    Their sum is what exchanging has earned at those rates: each began at nothing.
    """
    known = {**rates, base: Fraction(1)}
    lines = tuple(
        Position(
            currency=currency,
            open_minor=minor,
            worth_minor=_worth(minor, currency, known.get(currency), base=base),
        )
        for currency, minor in sorted(open_minor.items())
    )
    worths = [line.worth_minor for line in lines if line.worth_minor is not None]
    gain = sum(worths) if len(worths) == len(lines) else None
    return Positions(base=base, lines=lines, gain_minor=gain)


def _worth(minor: int, currency: str, rate: Fraction | None, *, base: str) -> int | None:
    if rate is None:
        return None
    worth = rounded(abs(minor) * in_minor(rate, sold=currency, bought=base), "half_even")
    return worth if minor >= 0 else -worth
