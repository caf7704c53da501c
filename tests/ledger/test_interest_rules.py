"""Properties of interest: splits, remainders, repeats, and a past that turns out otherwise."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.ledger import public as ledger
from apps.ledger import rules
from apps.ledger.models import InterestAccrual, Transaction
from apps.platform.ids import new_id

from .books import balance
from .savings import DAY, Savings, accrue, assign, balance_on, pay_in, savings, tiers

CONVENTIONS: list[ledger.DayCount] = ["ACT/365F", "ACT/360", "ACT/ACT ISDA", "30/360", "30E/360"]
BOOKS = ledger.InterestBooks(
    expense_id=ledger.AccountId(new_id()),
    payable_id=ledger.AccountId(new_id()),
    income_id=ledger.AccountId(new_id()),
    receivable_id=ledger.AccountId(new_id()),
)
rates = st.integers(-(10**9), 10**10).map(lambda grain: Decimal(grain).scaleb(-10))
amounts = st.integers(0, 10**9)
tiered = st.lists(st.tuples(amounts, rates), max_size=3, unique_by=lambda tier: tier[0]).map(
    lambda found: tuple(ledger.Tier(*tier) for tier in sorted(found))
)


@st.composite
def terms(draw: st.DrawFn, effective_on: date) -> ledger.InterestTerms:
    """Draw terms from a day on."""
    return ledger.InterestTerms(
        effective_on=effective_on,
        credit=draw(tiered),
        debit=draw(tiered),
        tiering=draw(st.sampled_from(["marginal", "whole"])),
        minimum_minor=draw(st.sampled_from([0, 500_00])),
    )


@st.composite
def courses(draw: st.DrawFn) -> rules.Course:
    """Draw an account: a convention, rates that change on the way, and a balance that does."""
    first = draw(st.dates(date(2023, 1, 1), date(2024, 12, 31)))
    length = draw(st.integers(1, 100))
    changes = draw(st.sets(st.integers(1, length), max_size=2))
    days_of_moves = draw(st.sets(st.integers(0, length - 1), max_size=4))
    moves = {number: draw(st.integers(-(10**9), 10**9)) for number in sorted(days_of_moves)}
    term = rules.Term(
        key=1,
        begins_on=first,
        ends_on=None,
        day_count=draw(st.sampled_from(CONVENTIONS)),
        capitalises="at_end",
        versions=tuple(
            (number, draw(terms(first + number * DAY))) for number in sorted({0, *changes})
        ),
        currency="EUR",
        books=BOOKS,
    )
    return rules.Course(
        first=first,
        last=first + (length - 1) * DAY,
        opening_minor=draw(st.integers(-(10**9), 10**9)),
        moved={first + number * DAY: minor for number, minor in moves.items()},
        terms=(term,),
    )


def _sums(found: list[rules.Day | rules.Capital]) -> tuple[int, int]:
    days = [one for one in found if isinstance(one, rules.Day)]
    return sum(one.paid for one in days), sum(one.charged for one in days)


def _pieces(course: rules.Course, cuts: set[int]) -> list[tuple[date, date]]:
    """Return the days between the cuts, as (first, day after the last)."""
    end = course.last + DAY
    inner = {course.first + cut * DAY for cut in cuts}
    bounds = sorted({course.first, end, *(day for day in inner if course.first < day < end)})
    return list(pairwise(bounds))


@given(courses(), st.sets(st.integers(1, 100), max_size=5))
def test_accruals_over_any_split_equal_the_accrual_over_the_whole(
    course: rules.Course, cuts: set[int]
) -> None:
    opening, parts = course.opening_minor, (0, 0)
    for first, end in _pieces(course, cuts):
        part = replace(course, first=first, last=end - DAY, opening_minor=opening)
        paid, charged = _sums(rules.walk(part))
        parts = (parts[0] + paid, parts[1] + charged)
        opening += sum(minor for day, minor in course.moved.items() if first <= day < end)
    assert parts == _sums(rules.walk(course))


@given(courses())
def test_days_add_up_to_the_period_counted_at_once_while_nothing_changes(
    course: rules.Course,
) -> None:
    """Balance times rate times the fraction of each stretch, from the anchor's fractions alone."""
    term = course.terms[0]
    changes = {(day - course.first).days for day in course.moved}
    changes |= {(one.effective_on - course.first).days for _, one in term.versions}
    base, expected = course.opening_minor, Fraction(0)
    for first, end in _pieces(course, changes):
        base += course.moved.get(first, 0)
        upto, since = (
            rules.year_fraction(term.day_count, start=term.begins_on, end=day)
            for day in (end, first)
        )
        yearly = rules.year_interest(term.terms_on(first)[1], base_minor=base)
        expected += yearly * (upto - since)
    assert Fraction(sum(_sums(rules.walk(course))), rules.GRAINS) == expected


@given(courses())
def test_walking_over_what_was_written_finds_nothing_new(course: rules.Course) -> None:
    written = {
        one.day: rules.Written(
            base_minor=one.base_minor, paid=one.paid, charged=one.charged, revision=one.revision
        )
        for one in rules.walk(course)
        if isinstance(one, rules.Day)
    }
    assert rules.walk(replace(course, written=written)) == []


@pytest.mark.parametrize(
    ("tiering", "base_minor", "expected"),
    [
        ("marginal", 500_00, "5.00"),
        ("marginal", 1_500_00, "20.00"),
        ("marginal", 3_000_00, "60.00"),
        ("whole", 999_99, "9.9999"),
        ("whole", 1_000_00, "20.00"),
        ("whole", 3_000_00, "90.00"),
        ("marginal", 0, "0"),
        ("marginal", -100_00, "10.00"),  # owed
        ("whole", 99, "0"),  # below the least balance
    ],
)
def test_tiers(tiering: ledger.Tiering, base_minor: int, expected: str) -> None:
    found = rules.year_interest(
        ledger.InterestTerms(
            effective_on=date(2026, 1, 1),
            credit=tiers((0, "0.01"), (1_000_00, "0.02"), (2_000_00, "0.03")),
            debit=tiers((0, "0.10")),
            tiering=tiering,
            minimum_minor=1_00,
        ),
        base_minor=base_minor,
    )
    expected_minor = Fraction(expected) * 100
    if tiering == "marginal" and base_minor > 1_000_00:
        slices = (1_000_00, min(base_minor, 2_000_00) - 1_000_00, max(base_minor - 2_000_00, 0))
        expected_minor = Fraction(
            sum(slice_ * rate for slice_, rate in zip(slices, (1, 2, 3), strict=True)), 100
        )
    assert found == expected_minor


def test_capitalisation_falls_on_the_ends_of_months_quarters_and_years() -> None:
    days = list(rules.days(date(2026, 1, 1), date(2026, 12, 31)))

    def closing(capitalises: ledger.Capitalises) -> list[date]:
        term = rules.Term(
            key=1, begins_on=days[0], ends_on=date(2026, 8, 6), day_count="30/360",
            capitalises=capitalises, versions=(), currency="EUR", books=BOOKS,
        )  # fmt: skip
        return [day for day in days if term.closes_on(day)]

    end = date(2026, 8, 5)
    assert closing("at_end") == [end]
    assert closing("yearly") == [end, date(2026, 12, 31)]
    assert [(day.month, day.day) for day in closing("quarterly")] == [
        (3, 31), (6, 30), (8, 5), (9, 30), (12, 31),
    ]  # fmt: skip
    assert len(closing("monthly")) == 13


BEGIN = date(2026, 1, 20)
LENGTH = 50
moves = st.lists(
    st.tuples(
        st.integers(-(10**7), 10**7).filter(bool), st.integers(0, LENGTH), st.integers(0, LENGTH)
    ),
    min_size=1,
    max_size=5,
)
schedules = st.fixed_dictionaries(
    {
        "day_count": st.sampled_from(CONVENTIONS),
        "tiering": st.sampled_from(["marginal", "whole"]),
        "capitalises": st.sampled_from(["monthly", "quarterly", "at_end"]),
        "credit": st.just(tiers((0, "0.01"), (10_000_00, "0.9999999999"))),
        "debit": st.just(tiers((0, "0.30"), (1_000_00, "0.2"))),
        "minimum_minor": st.sampled_from([0, 100_00]),
    }
)


@pytest.mark.django_db
@settings(max_examples=15, deadline=None)
@given(schedules, moves, st.sets(st.integers(1, LENGTH), max_size=6))
def test_learning_of_it_late_equals_having_posted_in_time(
    said: Mapping[str, Any], drawn: list[tuple[int, int, int]], runs: set[int]
) -> None:
    with transaction.atomic():
        timely = savings(effective_on=BEGIN, since=BEGIN, **said)
        late = savings(effective_on=BEGIN, since=BEGIN, **said)
        for number in range(LENGTH + 1):
            if number in runs:
                accrue(BEGIN + (number - 1) * DAY)
            for minor, *when in drawn:
                effective, recorded = (BEGIN + one * DAY for one in sorted(when))
                if effective == BEGIN + number * DAY:
                    pay_in(timely.bank, timely.saver, minor, effective)
                if recorded == BEGIN + number * DAY:
                    pay_in(late.bank, late.saver, minor, effective, recorded=recorded)
        last = BEGIN + LENGTH * DAY
        assert accrue(last).refused == ()
        booked = Transaction.objects.count()
        assert accrue(last) == ledger.InterestRun()
        assert Transaction.objects.count() == booked
        _nothing_is_lost(timely.saver)
        _nothing_is_lost(late.saver)
        _are_alike(timely, late, last)
        transaction.set_rollback(True)


def _are_alike(one: Savings, other: Savings, last: date) -> None:
    assert _totals(one.saver) == _totals(other.saver)
    for day in rules.days(BEGIN, last + DAY):
        assert balance_on(one.saver, day) == balance_on(other.saver, day)
    for name in ("expense_id", "payable_id", "income_id", "receivable_id"):
        mine, theirs = (balance(getattr(books.books, name)) for books in (one, other))
        assert mine == theirs


def _totals(account_id: ledger.AccountId) -> tuple[int, int]:
    last = InterestAccrual.objects.filter(account__public_id=account_id).order_by("-number")[0]
    return int(last.paid_total), int(last.charged_total)


def _nothing_is_lost(account_id: ledger.AccountId) -> None:
    """What is booked and what is carried is what accrued, exactly."""
    found = InterestAccrual.objects.filter(account__public_id=account_id)
    booked = found.aggregate(paid=Sum("paid_minor"), charged=Sum("charged_minor"))
    newest = {one.day: one for one in found.order_by("revision")}.values()
    for side, total in zip(("paid", "charged"), _totals(account_id), strict=True):
        carried = total - int(booked[side]) * rules.GRAINS
        assert 0 <= carried < rules.GRAINS
        assert total == sum(int(getattr(one, f"{side}_grains")) for one in newest)


@pytest.mark.django_db
def test_a_schedule_that_comes_back_counts_from_its_own_beginning() -> None:
    books = savings(day_count="30/360", since=date(2026, 1, 30))
    pay_in(books.bank, books.saver, 360_000_00, date(2026, 1, 1))
    assign(books.saver, None, date(2026, 2, 2))
    assign(books.saver, books.code, date(2026, 2, 27))
    accrue(date(2026, 2, 28))
    rate = Fraction(25, 1000) / 360 * rules.GRAINS
    shares = {
        (one.day.month, one.day.day): Fraction(int(one.paid_grains), one.base_minor) / rate
        for one in InterestAccrual.objects.all()
    }
    assert shares == {(1, 30): 0, (1, 31): 1, (2, 1): 1, (2, 27): 1, (2, 28): 3}
