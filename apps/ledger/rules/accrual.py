"""The walk over an account's days that accrues interest, corrects it, and capitalises it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from ..events import AccountId, Capitalises, DayCount, InterestBooks, InterestTerms, Leg
from .day_count import day_share
from .interest import GRAINS, in_grains, year_interest

_DAY: Final = timedelta(days=1)
_MONTHS: Final[dict[Capitalises, int]] = {"monthly": 1, "quarterly": 3, "yearly": 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A schedule on an account from `begins_on` until before `ends_on`; `key` names the row.

    Its day count is anchored in `begins_on`. `versions` are (key, terms), oldest first.
    """

    key: int
    begins_on: date
    ends_on: date | None
    day_count: DayCount
    capitalises: Capitalises
    versions: tuple[tuple[int, InterestTerms], ...]
    currency: str
    books: InterestBooks

    def terms_on(self, day: date) -> tuple[int, InterestTerms]:
        """Return the key and the terms in force on a day."""
        return [one for one in self.versions if one[1].effective_on <= day][-1]

    def closes_on(self, day: date) -> bool:
        """Return whether interest is capitalised at the end of the day."""
        following = day + _DAY
        if self.ends_on == following:
            return True
        months = _MONTHS.get(self.capitalises)
        return months is not None and following.day == 1 and (following.month - 1) % months == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """Interest of one day: on which balance, and how many grains were paid or charged."""

    day: date
    term: Term
    version: int
    base_minor: int
    paid: int
    charged: int
    revision: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Capital:
    """What is moved on to the account at the end of a day, in minor units.

    Of a correction it is the difference, which may be below zero.
    """

    day: date
    term: Term
    paid_minor: int
    charged_minor: int
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was accrued of a day before."""

    base_minor: int
    paid: int
    charged: int
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Capitalised:
    """What was capitalised at the end of a day before, all revisions together."""

    paid_minor: int
    charged_minor: int
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Days of an account to walk over, and what is known of them.

    `opening_minor` is the balance at the end of the day before `first`, `moved` what each day adds
    to it (credit side); `paid` and `charged` are the grains of all days before. `close_on`: a day
    at whose end interest is capitalised besides. `uncounted`: a day was corrected since the last
    capitalisation. `capitalise` False: nothing is moved to the account in this walk.
    """

    first: date
    last: date
    opening_minor: int
    moved: Mapping[date, int]
    terms: tuple[Term, ...]
    written: Mapping[date, Written] = field(default_factory=dict)
    paid: int = 0
    charged: int = 0
    capitalised: Mapping[date, Capitalised] = field(default_factory=dict)
    close_on: date | None = None
    uncounted: bool = False
    capitalise: bool = True
    closed_before: datetime | None = None


def days(first: date, last: date) -> Iterator[date]:
    """Yield each day from the first to the last."""
    for number in range((last - first).days + 1):
        yield first + number * _DAY


def term_on(terms: tuple[Term, ...], day: date) -> Term | None:
    """Return the term that a day lies in."""
    for term in terms:
        if term.begins_on <= day and (term.ends_on is None or day < term.ends_on):
            return term
    return None


def span(
    *,
    terms: tuple[Term, ...],
    through: date,
    reached: date | None,
    stale_from: date | None,
) -> tuple[date, date] | None:
    """Return the first and last day to walk over: new ones, and all from `stale_from` on; or None.

    reached: the last day that was accrued.
    """
    fresh: list[date] = []
    for term in terms:
        first = term.begins_on if reached is None else max(term.begins_on, reached + _DAY)
        last = through if term.ends_on is None else min(through, term.ends_on - _DAY)
        fresh += [first, last] if first <= last else []
    if stale_from is None or reached is None:
        return (min(fresh), max(fresh)) if fresh else None
    return max(stale_from, terms[0].begins_on), max([reached, *fresh])


def waiting(
    *, terms: tuple[Term, ...], capitalised: date | None, reached: date | None
) -> date | None:
    """Return the first day that is accrued and at whose end capitalisation is still to be done.

    capitalised: the last day of which it was done.
    """
    if reached is None:
        return None
    since = terms[0].begins_on if capitalised is None else capitalised + _DAY
    ends = [term.ends_on - _DAY for term in terms if term.ends_on is not None]
    ends += _month_ends(since, reached)
    due = (day for day in sorted(ends) if since <= day <= reached and _closes(terms, day))
    return next(due, None)


def _closes(terms: tuple[Term, ...], day: date) -> bool:
    term = term_on(terms, day)
    return term is not None and term.closes_on(day)


def _month_ends(first: date, last: date) -> list[date]:
    months = range(first.year * 12 + first.month, last.year * 12 + last.month + 1)
    return [date(month // 12, month % 12 + 1, 1) - _DAY for month in months]


def accrual_legs(books: InterestBooks, *, paid: int, charged: int) -> tuple[Leg, ...]:
    """Return the legs that book what accrued, in minor units; below zero, the other way round."""
    return (
        *_pair(books.expense_id, books.payable_id, paid),
        *_pair(books.receivable_id, books.income_id, charged),
    )


def capital_legs(
    books: InterestBooks, *, account_id: AccountId, paid: int, charged: int
) -> tuple[Leg, ...]:
    """Return the legs that move what accrued on to the account."""
    return (
        *_pair(books.payable_id, account_id, paid),
        *_pair(account_id, books.receivable_id, charged),
    )


def _pair(debit: AccountId, credit: AccountId, minor: int) -> tuple[Leg, ...]:
    if minor < 0:
        debit, credit = credit, debit
    return (Leg(debit, debit=abs(minor)), Leg(credit, credit=abs(minor))) if minor else ()


def end_of(day: date) -> datetime:
    """Return the last moment of a day: when its interest counts."""
    return datetime.combine(day, time.max, tzinfo=UTC)


def after(day: date) -> datetime:
    """Return the first moment after a day: when what is capitalised counts."""
    return datetime.combine(day + _DAY, time.min, tzinfo=UTC)


def is_closed(at: datetime, closed_before: datetime | None) -> bool:
    """Return whether the books are closed at that moment."""
    return closed_before is not None and at < closed_before


def accrue_day(term: Term, *, day: date, base_minor: int) -> Day:
    """Return the interest of one day on a balance (credit side)."""
    version, terms = term.terms_on(day)
    share = day_share(term.day_count, anchor=term.begins_on, day=day)
    grains = in_grains(year_interest(terms, base_minor=base_minor) * share)
    paid, charged = (grains, 0) if base_minor > 0 else (0, grains)
    return Day(
        day=day, term=term, version=version, base_minor=base_minor, paid=paid, charged=charged
    )


def walk(course: Course) -> list[Day | Capital]:
    """Return what is to be written, in order: days that are new or differ, and capitalisations.

    What is capitalised, or corrected, at the end of a day counts in the balance from the next day
    on, unless the books are closed there: then it is booked at present.
    """
    return _Walker(course).run()


class _Walker:
    """Where the walk is: the balance, and the grains accrued and minor units capitalised so far."""

    def __init__(self, course: Course) -> None:
        before = [one for day, one in course.capitalised.items() if day < course.first]
        self.course = course
        self.base, self.paid, self.charged = course.opening_minor, course.paid, course.charged
        self.paid_out = sum(one.paid_minor for one in before)
        self.charged_out = sum(one.charged_minor for one in before)
        self.touched = course.uncounted
        self.found: list[Day | Capital] = []

    def run(self) -> list[Day | Capital]:
        for day in days(self.course.first, self.course.last):
            self.base += self.course.moved.get(day, 0)
            term = term_on(self.course.terms, day)
            if term is not None:
                self._accrue(term, day)
                self._capitalise(term, day)
        return self.found

    def _accrue(self, term: Term, day: date) -> None:
        done, written = (
            accrue_day(term, day=day, base_minor=self.base),
            self.course.written.get(day),
        )
        self.paid, self.charged = self.paid + done.paid, self.charged + done.charged
        if written is None:
            self.found.append(done)
        elif (done.base_minor, done.paid, done.charged) != (
            written.base_minor, written.paid, written.charged
        ):  # fmt: skip
            self.touched = True
            self.found.append(replace(done, revision=written.revision + 1))

    def _capitalise(self, term: Term, day: date) -> None:
        earlier = self.course.capitalised.get(day)
        if earlier is not None:
            self.paid_out += earlier.paid_minor
            self.charged_out += earlier.charged_minor
        due = earlier is not None or term.closes_on(day) or day == self.course.close_on
        if not (due and self.course.capitalise):
            return
        capital = Capital(
            day=day,
            term=term,
            paid_minor=self.paid // GRAINS - self.paid_out,
            charged_minor=self.charged // GRAINS - self.charged_out,
            revision=0 if earlier is None else earlier.revision + 1,
        )
        moves = capital.paid_minor != 0 or capital.charged_minor != 0
        if earlier is not None and not self.touched and not moves:
            return
        self.found.append(capital)
        self.paid_out, self.charged_out = self.paid // GRAINS, self.charged // GRAINS
        if not is_closed(after(day), self.course.closed_before):
            self.base += capital.paid_minor - capital.charged_minor
