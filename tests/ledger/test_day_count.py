"""Day-count conventions against published examples, and the property that accrual rests on."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ledger import public as ledger
from apps.ledger import rules
from apps.ledger.rules.day_count import SHARES

DAY = timedelta(days=1)
CONVENTIONS: list[ledger.DayCount] = ["ACT/365F", "ACT/360", "ACT/ACT ISDA", "30/360", "30E/360"]
conventions = st.sampled_from(CONVENTIONS)
dates = st.dates(date(1996, 1, 1), date(2036, 12, 31))


def _of_year(days: int, basis: int) -> Fraction:
    return Fraction(days, basis)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [  # "EMU and Market Conventions: Recent Developments" (ISDA, 1998), its four worked examples
        (date(2003, 11, 1), date(2004, 5, 1), _of_year(61, 365) + _of_year(121, 366)),
        (date(1999, 2, 1), date(1999, 7, 1), _of_year(150, 365)),
        (date(1999, 7, 1), date(2000, 7, 1), _of_year(184, 365) + _of_year(182, 366)),
        (date(2002, 8, 15), date(2003, 7, 15), _of_year(334, 365)),
        (date(2003, 7, 15), date(2004, 1, 15), _of_year(170, 365) + _of_year(14, 366)),
        (date(1999, 7, 30), date(2000, 1, 30), _of_year(155, 365) + _of_year(29, 366)),
        (date(2000, 1, 30), date(2000, 6, 30), _of_year(152, 366)),
    ],
)
def test_act_act_isda_is_as_in_the_memorandum(start: date, end: date, expected: Fraction) -> None:
    assert rules.year_fraction("ACT/ACT ISDA", start=start, end=end) == expected


@pytest.mark.parametrize(
    ("start", "end", "bond", "european"),
    [  # month ends, by 4.16(f) and 4.16(g) of the 2006 ISDA Definitions
        (date(2007, 1, 15), date(2007, 1, 30), 15, 15),
        (date(2007, 1, 15), date(2007, 2, 15), 30, 30),
        (date(2007, 1, 15), date(2007, 7, 15), 180, 180),
        (date(2007, 9, 30), date(2008, 3, 31), 180, 180),
        (date(2007, 9, 30), date(2007, 10, 31), 30, 30),
        (date(2007, 9, 30), date(2008, 9, 30), 360, 360),
        (date(2007, 1, 15), date(2007, 1, 31), 16, 15),
        (date(2007, 1, 31), date(2007, 2, 28), 28, 28),
        (date(2007, 2, 28), date(2007, 3, 31), 33, 32),
        (date(2006, 8, 31), date(2007, 2, 28), 178, 178),
        (date(2007, 2, 28), date(2007, 8, 31), 183, 182),
        (date(2007, 2, 14), date(2007, 2, 28), 14, 14),
        (date(2007, 2, 26), date(2008, 2, 29), 363, 363),
        (date(2008, 2, 29), date(2009, 2, 28), 359, 359),
        (date(2008, 2, 29), date(2008, 3, 30), 31, 31),
        (date(2008, 2, 29), date(2008, 3, 31), 32, 31),
        (date(2007, 2, 28), date(2007, 3, 5), 7, 7),
        (date(2007, 10, 31), date(2007, 11, 28), 28, 28),
        (date(2007, 8, 31), date(2008, 2, 29), 179, 179),
        (date(2008, 2, 29), date(2008, 8, 31), 182, 181),
        (date(2008, 8, 31), date(2009, 2, 28), 178, 178),
        (date(2009, 2, 28), date(2009, 8, 31), 183, 182),
    ],
)
def test_months_of_thirty_days(start: date, end: date, bond: int, european: int) -> None:
    assert rules.year_fraction("30/360", start=start, end=end) == Fraction(bond, 360)
    assert rules.year_fraction("30E/360", start=start, end=end) == Fraction(european, 360)


@pytest.mark.parametrize(("convention", "basis"), [("ACT/365F", 365), ("ACT/360", 360)])
def test_calendar_days_over_a_fixed_basis(convention: ledger.DayCount, basis: int) -> None:
    found = rules.year_fraction(convention, start=date(2024, 1, 1), end=date(2025, 1, 1))
    assert found == Fraction(366, basis)


def test_months_of_thirty_days_do_not_add_up_when_each_part_is_counted_alone() -> None:
    start, middle, end = date(2007, 1, 15), date(2007, 1, 31), date(2007, 2, 15)
    parts = [
        rules.year_fraction("30/360", start=start, end=middle),
        rules.year_fraction("30/360", start=middle, end=end),
    ]
    assert sum(parts) != rules.year_fraction("30/360", start=start, end=end)


@given(conventions, dates, st.integers(0, 800), st.integers(0, 400))
def test_the_shares_of_days_add_up_to_the_whole_wherever_it_is_split(
    convention: ledger.DayCount, anchor: date, length: int, cut: int
) -> None:
    cut = min(cut, length)
    shares = [
        rules.day_share(convention, anchor=anchor, day=anchor + number * DAY)
        for number in range(length)
    ]
    middle, end = anchor + cut * DAY, anchor + length * DAY
    first = rules.year_fraction(convention, start=anchor, end=middle)
    whole = rules.year_fraction(convention, start=anchor, end=end)
    assert sum(shares[:cut]) == first
    assert sum(shares) == whole
    assert all(share >= 0 for share in shares)


@given(conventions, dates, dates)
def test_a_fraction_is_a_whole_number_of_shares(
    convention: ledger.DayCount, one: date, other: date
) -> None:
    start, end = sorted((one, other))
    found = rules.year_fraction(convention, start=start, end=end) * SHARES
    assert found.denominator == 1
