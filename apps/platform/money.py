"""Money: integer minor units of one currency. Pure; no float ever, Decimal only inside parsing.

Exponents are those of ISO 4217 (list one of 2026-01); withdrawn codes that old statements still
carry are known too. One unit of the smallest coin is the smallest thing there is: a split uses the
largest remainder, so that no unit is made or lost.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

_BY_EXPONENT: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD "
    "CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL "
    "GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR "
    "LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD "
    "PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC "
    "SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR "
    "ZMW ZWG ATS BGN CYP DEM EEK FIM FRF HRK IEP LTL LVL MTL NLG SIT SKK",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
CURRENCIES: Final = {
    code: exponent for exponent, codes in _BY_EXPONENT.items() for code in codes.split()
}
_AMOUNT: Final = re.compile(r"([+-]?)([0-9]{1,30})(?:\.([0-9]{0,30}))?")
MINOR_MAX: Final = 2**63 - 1  # what a BIGINT holds


class MoneyError(ValueError):
    """A text or a combination that is no money."""


class UnknownCurrency(MoneyError):
    """The code is not in ISO 4217."""


class MalformedAmount(MoneyError):
    """The text is not a decimal number, or is too large to hold."""


class WrongExponent(MoneyError):
    """The amount has more decimals than the currency has."""


class DifferentCurrencies(MoneyError):
    """Two currencies met in one sum."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (`Money(1050, "EUR")` is 10.50) of one currency."""

    minor: int
    currency: str

    def __add__(self, other: Self) -> "Money":
        """Add money of the same currency. Raises DifferentCurrencies."""
        return Money(self.minor + self._alike(other), self.currency)

    def __sub__(self, other: Self) -> "Money":
        """Subtract money of the same currency. Raises DifferentCurrencies."""
        return Money(self.minor - self._alike(other), self.currency)

    def __neg__(self) -> "Money":
        """Return the opposite amount."""
        return Money(-self.minor, self.currency)

    def __str__(self) -> str:
        """Return for instance `10.50 EUR`."""
        return f"{decimal(self)} {self.currency}"

    def _alike(self, other: Self) -> int:
        if self.currency != other.currency:
            raise DifferentCurrencies(f"{self.currency} and {other.currency} do not add up")
        return other.minor


def exponent(currency: str) -> int:
    """Return how many decimals the currency has. Raises UnknownCurrency."""
    try:
        return CURRENCIES[currency]
    except KeyError:
        raise UnknownCurrency(f"{currency!r} is not an ISO 4217 currency") from None


def parse(text: str, currency: str) -> Money:
    """Return the money of a decimal text with a point: `10.5`, `-3`, `18.150` (zeros may trail).

    Raises UnknownCurrency, MalformedAmount or WrongExponent; nothing is rounded.
    """
    places = exponent(currency)
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise MalformedAmount(f"{text[:40]!r} is not a decimal number")
    sign, whole, fraction = found[1], found[2], (found[3] or "").rstrip("0")
    if len(fraction) > places:
        raise WrongExponent(f"{text} has {len(fraction)} decimals; {currency} has {places}")
    minor = int(whole + fraction.ljust(places, "0"))
    if minor > MINOR_MAX:
        raise MalformedAmount(f"{text} is too large")
    return Money(-minor if sign == "-" else minor, currency)


def decimal(money: Money) -> str:
    """Return the amount with the currency's decimals and no grouping: `-10.50`."""
    places = exponent(money.currency)
    digits = str(abs(money.minor)).rjust(places + 1, "0")
    sign = "-" if money.minor < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def grouped(money: Money, *, group: str = ",", point: str = ".") -> str:
    """Return the amount as people read it, thousands grouped and no currency: `-1,234.50`."""
    whole, _, fraction = decimal(money).partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(digits):,}".replace(",", group) + (f"{point}{fraction}" if fraction else "")


def allocate(money: Money, weights: Sequence[int]) -> list[Money]:
    """Split by weights with the largest remainder; the parts add up to the whole exactly.

    Among equal remainders the earlier part wins. Weights are not negative and not all zero;
    raises MoneyError otherwise.
    """
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise MoneyError("weights must not be negative, and not all zero")
    sign, size = (-1 if money.minor < 0 else 1), abs(money.minor)
    parts = [size * weight // total for weight in weights]
    by_remainder = sorted(
        range(len(weights)), key=lambda part: (-(size * weights[part] % total), part)
    )
    for part in by_remainder[: size - sum(parts)]:
        parts[part] += 1
    return [Money(sign * part, money.currency) for part in parts]
