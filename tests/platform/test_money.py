"""Money: minor units, exact parsing, and splits that lose nothing."""

import csv
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.platform import money
from apps.platform.money import Money
from tests.samples import sample

currencies = st.sampled_from(sorted(money.CURRENCIES))
amounts = st.integers(-(2**62), 2**62)


@given(amounts, currencies)
def test_what_is_written_is_read_back(minor: int, currency: str) -> None:
    whole = Money(minor, currency)
    assert money.parse(money.decimal(whole), currency) == whole


@given(amounts, currencies)
def test_the_decimal_is_the_minor_units_scaled(minor: int, currency: str) -> None:
    scaled = Decimal(minor).scaleb(-money.exponent(currency))
    assert Decimal(money.decimal(Money(minor, currency))) == scaled


@given(amounts, st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_parts_add_up_and_none_is_a_whole_unit_off_its_share(
    minor: int, weights: list[int]
) -> None:
    total = sum(weights)
    if total == 0:
        with pytest.raises(money.MoneyError):
            money.allocate(Money(minor, "EUR"), weights)
        return
    parts = money.allocate(Money(minor, "EUR"), weights)
    assert sum(part.minor for part in parts) == minor
    assert all(
        abs(part.minor * total - minor * weight) < total
        for part, weight in zip(parts, weights, strict=True)
    )


def test_the_largest_remainder_gets_the_last_unit() -> None:
    assert [p.minor for p in money.allocate(Money(100, "EUR"), [1, 1, 1])] == [34, 33, 33]
    assert [p.minor for p in money.allocate(Money(-100, "EUR"), [1, 1, 1])] == [-34, -33, -33]
    assert [p.minor for p in money.allocate(Money(10, "EUR"), [1, 2, 4])] == [1, 3, 6]


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("10.5", "EUR", 1050),
        ("18.150", "EUR", 1815),
        ("-0.01", "EUR", -1),
        ("7.", "EUR", 700),
        ("1000", "JPY", 1000),
        ("1000.00", "JPY", 1000),
        ("1.234", "KWD", 1234),
        ("+3", "CLF", 30000),
    ],
)
def test_exact_decimals_are_read(text: str, currency: str, minor: int) -> None:
    assert money.parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency", "error"),
    [
        ("0.001", "EUR", money.WrongExponent),
        ("1.5", "JPY", money.WrongExponent),
        ("12..34", "EUR", money.MalformedAmount),
        ("1,5", "EUR", money.MalformedAmount),
        ("1e5", "EUR", money.MalformedAmount),
        ("NaN", "EUR", money.MalformedAmount),
        ("", "EUR", money.MalformedAmount),
        ("٣", "EUR", money.MalformedAmount),
        ("999999999999999999", "EUR", money.MalformedAmount),
        ("1", "XXX", money.UnknownCurrency),
        ("1", "eur", money.UnknownCurrency),
    ],
)
def test_anything_else_is_refused(text: str, currency: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        money.parse(text, currency)


def test_two_currencies_never_meet_in_a_sum() -> None:
    with pytest.raises(money.DifferentCurrencies):
        Money(1, "EUR") + Money(1, "USD")
    assert Money(3, "EUR") - Money(1, "EUR") + -Money(2, "EUR") == Money(0, "EUR")


def test_the_exponents_are_those_of_iso_4217() -> None:
    """Against the standard's own list, where the samples are at hand."""
    with sample("iso4217/codes-all.csv").open(encoding="utf-8") as file:
        listed = {
            row["AlphabeticCode"]: int(row["MinorUnit"])
            for row in csv.DictReader(file)
            if not row["WithdrawalDate"] and row["MinorUnit"].isdigit()
        }
    assert len(listed) > 150
    assert {code: money.exponent(code) for code in listed} == listed


def test_people_read_grouped_thousands() -> None:
    assert money.grouped(Money(-123456789, "EUR")) == "-1,234,567.89"
    assert money.grouped(Money(1234, "JPY")) == "1,234"
    assert money.grouped(Money(123456, "EUR"), group=".", point=",") == "1.234,56"
