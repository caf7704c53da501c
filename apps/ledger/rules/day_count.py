"""Day-count conventions: which part of a year lies between two dates, as an exact fraction.

- ACT/365F and ACT/360: calendar days over 365 or 360 (ISDA 2006 Definitions, 4.16(d), (e)).
- ACT/ACT ISDA: days in leap years over 366, the others over 365 (4.16(b); ISDA memorandum "EMU and
  Market Conventions", 1998).
- 30/360, the bond basis (4.16(f)) and 30E/360, the Eurobond basis (4.16(g)): months of 30 days.

The 30/360 conventions are not additive: 30 January to 31 January and on to 1 February need not
count what 30 January to 1 February does. What accrues on a day is therefore the difference of two
fractions that are counted from one anchor, `day_share`: over any split of a period the shares add
up to the fraction of the whole, whatever the convention.
"""

from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from ..events import DayCount

SHARES: Final = 1_603_080  # lcm(360, 365, 366): every fraction is a whole number of these
_DAY: Final = timedelta(days=1)


def year_fraction(convention: DayCount, *, start: date, end: date) -> Fraction:
    """Return the part of a year from `start` to `end`, which is not before it."""
    if convention == "ACT/365F":
        return Fraction((end - start).days, 365)
    if convention == "ACT/360":
        return Fraction((end - start).days, 360)
    if convention == "ACT/ACT ISDA":
        return _within_year(end) - _within_year(start) + end.year - start.year
    return Fraction(_thirty(start, end, european=convention == "30E/360"), 360)


def day_share(convention: DayCount, *, anchor: date, day: date) -> Fraction:
    """Return what `day` adds to the fraction counted from `anchor`: 0 to 3/360 in a short month."""
    upto = year_fraction(convention, start=anchor, end=day + _DAY)
    return upto - year_fraction(convention, start=anchor, end=day)


def _within_year(day: date) -> Fraction:
    first, following = date(day.year, 1, 1), date(day.year + 1, 1, 1)
    return Fraction((day - first).days, (following - first).days)


def _thirty(start: date, end: date, *, european: bool) -> int:
    first, last = min(start.day, 30), end.day
    if last == 31 and (european or first == 30):
        last = 30
    return 360 * (end.year - start.year) + 30 * (end.month - start.month) + last - first
