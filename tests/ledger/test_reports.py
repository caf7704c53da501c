"""Reports as of any date: they balance, they leave closings out where they must, they add up."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import TypeAlias

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from apps.ledger import public as ledger
from apps.ledger import rules
from apps.ledger.events import Heading
from apps.ledger.models import Account
from apps.platform.ids import new_id

from .books import ACTOR, NOW, open_account, refused
from .test_periods import code, house, move, open_months

pytestmark = pytest.mark.django_db
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
KINDS: tuple[ledger.AccountKind, ...] = ("asset", "liability", "equity", "income", "expense")
House: TypeAlias = dict[str, ledger.AccountId]


def end_of(day: int) -> datetime:
    """Return the end of the day so many days after 1 January."""
    return ledger.last_moment(date(2026, 1, 1) + timedelta(days=day))


def roll_up() -> None:
    ledger.roll_up(actor=ACTOR, now=NOW)


# --- the trial balance in time

moves = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.sampled_from(KINDS),
        st.integers(1, 50),
        st.integers(0, 99),
        st.integers(0, 99),
    ).filter(lambda drawn: drawn[0] != drawn[1]),
    max_size=10,
)


@settings(max_examples=20, deadline=None)
@given(moves, st.integers(0, 10), st.data())
def test_each_line_is_the_balance_of_its_account_however_much_was_rolled_up(
    drawn: Sequence[tuple[str, str, int, int, int]], rolled_after: int, data: st.DataObject
) -> None:
    books = house()
    for place, (debit, credit, minor, one, other) in enumerate(drawn):
        if place == rolled_after:
            roll_up()
        effective, recorded = (BEGIN + hours * HOUR for hours in sorted((one, other)))
        move(books[debit], books[credit], minor, at=effective, now=recorded)
    bounds = st.none() | st.integers(-1, 100).map(lambda hours: BEGIN + hours * HOUR)
    for as_of in (data.draw(bounds), end_of(data.draw(st.integers(0, 4)))):
        known_at = data.draw(bounds)
        found = {
            line.account_id: line for line in ledger.trial_balance(as_of=as_of, known_at=known_at)
        }
        for kind, account_id in books.items():
            past = ledger.balance_at(account_id=account_id, as_of=as_of, known_at=known_at)
            line = found.get(account_id)
            stands = (0, 0) if line is None else (line.debit_minor, line.credit_minor)
            assert stands == rules.in_columns(kind=kind, posted_minor=past.posted_minor)  # type: ignore[arg-type]


def test_slots_are_added_up_in_the_account_that_they_belong_to() -> None:
    bank, fees = open_account(kind="asset"), ledger.AccountId(new_id())
    busy = ledger.NewAccount(
        account_id=fees, code="4010", name="Fees", kind="income", currency="EUR", mode="slots"
    )
    ledger.open_account(actor=ACTOR, now=NOW, account=busy)
    for minor in (1, 20, 300):
        move(bank, fees, minor, at=BEGIN)
    assert Account.objects.filter(slot_of__public_id=fees, version__gt=0).count() > 1
    for as_of in (None, NOW):
        lines = {line.account_id: line for line in ledger.trial_balance(as_of=as_of)}
        assert lines.keys() == {bank, fees}
        assert lines[fees].credit_minor == 321
    open_months()
    ledger.close_period(
        actor=ACTOR, now=NOW, number=1, retained={"EUR": code(open_account(kind="equity"))}
    )
    assert [line.account_id for line in ledger.trial_balance(kinds=("income",))] == [fees]
    assert ledger.trial_balance(kinds=("income",))[0].credit_minor == 0


def test_a_report_reads_days_from_their_roll_ups_and_not_their_entries(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    books = house()
    for day in range(30):
        moment = BEGIN + day * DAY
        for minor in (1, 2, 3):
            move(books["asset"], books["income"], minor, at=moment, now=moment)
    before = _entries_read()
    assert _income(0, 29) == 30 * 6
    assert _entries_read() - before >= 90  # nothing is added up yet
    roll_up()
    before = _entries_read()
    with django_assert_max_num_queries(4):
        assert _income(3, 8) == 6 * 6
        (sheet,) = ledger.balance_sheets(as_of=end_of(9))
    assert sheet.assets.total_minor == sheet.result_minor == 60
    assert _entries_read() == before  # whole days all of them
    (late,) = ledger.balance_sheets(as_of=BEGIN + 9 * DAY + HOUR)
    assert late.assets.total_minor == 60
    assert _entries_read() - before <= 6  # those of the day that the bound cuts, of both accounts


def _income(first: int, last: int) -> int:
    (found,) = ledger.income_statements(since=BEGIN + first * DAY, until=end_of(last))
    return found.result_minor


def _entries_read() -> int:
    """Return how many entries this database transaction has read."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT sum(pg_stat_get_xact_tuples_returned(indexrelid))
                    + pg_stat_get_xact_tuples_returned('ledger_entry'::regclass)
               FROM pg_index WHERE indrelid = 'ledger_entry'::regclass"""
        )
        return int(cursor.fetchone()[0])


# --- statements

postings = st.lists(
    st.tuples(
        st.sampled_from(["EUR", "JPY"]),
        st.sampled_from(KINDS),
        st.sampled_from(KINDS),
        st.integers(1, 1000),
        st.integers(0, 58),
    ).filter(lambda drawn: drawn[1] != drawn[2]),
    max_size=12,
)


@settings(max_examples=20, deadline=None)
@given(postings, st.integers(0, 60))
def test_assets_equal_claims_at_every_date_and_a_closing_moves_the_result_alone(
    drawn: Sequence[tuple[str, str, str, int, int]], rolled: int
) -> None:
    with _undone():
        books = {currency: house(currency) for currency in ("EUR", "JPY")}
        for currency, debit, credit, minor, day in drawn:
            accounts = books[currency]
            moment = BEGIN + day * DAY
            move(accounts[debit], accounts[credit], minor, at=moment, currency=currency)
        if rolled % 2:
            roll_up()
        dates = [0, 30, 31, rolled]
        before, earned = [_sheets(day) for day in dates], _earned(0, 30)
        open_months(count=2)
        _close(1, books)
        after = [_sheets(day) for day in dates]
        for sheet in (one for sheets in (*before, *after) for one in sheets):
            assert sheet.difference_minor == 0
            assert sheet.assets.total_minor == sheet.claims_minor
        assert [[_own(one) for one in sheets] for sheets in after] == [
            [_own(one) for one in sheets] for sheets in before
        ]
        assert {sheet.result_minor for sheet in _sheets(30)} <= {0}
        assert ledger.closing_preview(number=1) == ()
        assert _earned(0, 30) == earned


@contextmanager
def _undone() -> Iterator[None]:
    """Give an example books of its own."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _close(number: int, books: dict[str, House]) -> None:
    retained = {currency: code(accounts["equity"]) for currency, accounts in books.items()}
    ledger.close_period(actor=ACTOR, now=NOW, number=number, retained=retained)


def _sheets(day: int) -> list[ledger.BalanceSheet]:
    return ledger.balance_sheets(as_of=end_of(day))


def _own(sheet: ledger.BalanceSheet) -> tuple[str, int, int]:
    """Return the currency, what is owned, and what belongs to the owners, closed or not."""
    own = sheet.equity.total_minor + sheet.result_minor
    return sheet.currency, sheet.assets.total_minor, own


def _earned(first: int, last: int) -> dict[str, int]:
    found = ledger.income_statements(since=BEGIN + first * DAY, until=end_of(last))
    return {one.currency: one.result_minor for one in found if one.result_minor}


def test_a_balance_sheet_shows_each_heading_with_the_sum_of_what_stands_below_it() -> None:
    books = house()
    cash = _made(kind="asset", parent=Account.objects.get(public_id=books["asset"]))
    till = _made(kind="asset", parent=Account.objects.get(public_id=cash))
    for minor, account_id in ((100, books["asset"]), (20, cash), (3, till)):
        move(account_id, books["liability"], minor, at=BEGIN)
    (sheet,) = ledger.balance_sheets(as_of=NOW)
    lines = [(one.code, one.depth, one.own_minor, one.total_minor) for one in sheet.assets.lines]
    assert lines == [
        (code(books["asset"]), 0, 100, 123),
        (code(cash), 1, 20, 23),
        (code(till), 2, 3, 3),
    ]
    assert sheet.assets.total_minor == sheet.claims_minor == 123


def _made(*, kind: ledger.AccountKind, **fields: object) -> ledger.AccountId:
    """Make an account below another."""
    account_id = ledger.AccountId(new_id())
    Account.objects.create(
        public_id=account_id,
        code=str(account_id),
        name="an account",
        kind=kind,
        currency="EUR",
        opened_at=NOW,
        **fields,
    )
    return account_id


# --- the rules alone

EURO = {
    "USD": Fraction(9, 10),
    "JPY": Fraction(6, 1000),
}
minors = st.integers(-(10**12), 10**12)


def line(
    kind: ledger.AccountKind,
    minor: int,
    *,
    currency: str = "EUR",
    parent_id: ledger.AccountId | None = None,
    account_id: ledger.AccountId | None = None,
) -> ledger.TrialBalanceLine:
    debit, credit = rules.in_columns(kind=kind, posted_minor=minor)
    account_id = account_id or ledger.AccountId(new_id())
    return ledger.TrialBalanceLine(
        account_id=account_id,
        row_id=1,
        code=str(account_id),
        name="an account",
        kind=kind,
        currency=currency,
        parent_id=parent_id,
        debit_minor=debit,
        credit_minor=credit,
    )


@given(st.lists(st.tuples(st.sampled_from(["EUR", "USD", "JPY"]), minors, minors), max_size=6))
def test_translated_books_balance_with_what_rounding_leaves_on_a_line_of_its_own(
    drawn: list[tuple[str, int, int]],
) -> None:
    lines = []
    for currency, debt, earned in drawn:
        lines += [
            line("liability", debt, currency=currency),
            line("income", earned, currency=currency),
            line("asset", debt + earned, currency=currency),
        ]
    rates = ledger.Rates(currency="EUR", closing=EURO)
    found = rules.balance_sheets(ledger.translated(lines, rates=rates), headings=[])
    assert [sheet.currency for sheet in found] == ["EUR"] * bool(drawn)
    for sheet in found:
        assert sheet.assets.total_minor == sheet.claims_minor
        assert abs(sheet.difference_minor) <= 2 * len(lines)  # rounding, at one rate for all


def test_a_rate_is_of_whole_units_and_a_half_is_rounded_to_even() -> None:
    rates = ledger.Rates(currency="EUR", closing={"JPY": Fraction(1, 200)})
    lines = [line("asset", minor, currency="JPY") for minor in (200, 3, 5, -3)]
    found = ledger.translated(lines, rates=rates)
    assert [one.debit_minor - one.credit_minor for one in found] == [100, 2, 2, -2]
    yen = ledger.translated(
        [line("asset", 150)], rates=ledger.Rates(currency="JPY", closing={"EUR": Fraction(200)})
    )
    assert [(one.currency, one.debit_minor) for one in yen] == [("JPY", 300)]


def test_results_go_at_their_average_and_equity_at_its_own_rate_and_the_rest_is_shown() -> None:
    lines = [
        line("asset", 1000, currency="USD"),
        line("equity", 600, currency="USD"),
        line("income", 400, currency="USD"),
    ]
    rates = ledger.Rates(
        currency="EUR",
        closing={"USD": Fraction(1, 2)},
        average={"USD": Fraction(3, 4)},
        historical={"USD": Fraction(1)},
    )
    (sheet,) = rules.balance_sheets(ledger.translated(lines, rates=rates), headings=[])
    assert sheet.assets.total_minor == 500
    assert (sheet.equity.total_minor, sheet.result_minor) == (600, 300)
    assert sheet.difference_minor == -400
    assert sheet.claims_minor == 500


@pytest.mark.parametrize("rates", [{}, {"USD": Fraction(0)}, {"USD": Fraction(-1)}])
def test_a_rate_that_is_missing_or_none_is_told(rates: dict[str, Fraction]) -> None:
    wanted = ledger.Rates(currency="EUR", closing=rates)
    with refused(ledger.ReportRateMissing):
        ledger.translated([line("asset", 1, currency="USD")], rates=wanted)


def _heading(parent_id: ledger.AccountId | None, kind: ledger.AccountKind = "asset") -> Heading:
    account_id = ledger.AccountId(new_id())
    return Heading(
        account_id=account_id,
        row_id=1,
        code=str(account_id),
        name="a heading",
        kind=kind,
        parent_id=parent_id,
    )


def test_a_heading_that_nothing_moves_is_shown_above_what_does() -> None:
    top = _heading(None)
    middle = _heading(top.account_id)
    lines = [line("asset", 5, parent_id=middle.account_id)]
    (sheet,) = rules.balance_sheets(lines, headings=[top, middle])
    found = [(one.depth, one.own_minor, one.total_minor) for one in sheet.assets.lines]
    assert found == [(0, 0, 5), (1, 0, 5), (2, 5, 5)]


def test_a_heading_of_another_kind_heads_nothing() -> None:
    top = _heading(None, kind="liability")
    (sheet,) = rules.balance_sheets([line("asset", 5, parent_id=top.account_id)], headings=[top])
    assert [one.depth for one in sheet.assets.lines] == [0]
    assert sheet.liabilities.lines == ()


def test_accounts_that_head_each_other_in_a_circle_lose_nothing() -> None:
    one, other = (ledger.AccountId(new_id()) for _ in range(2))
    lines = [
        line("asset", 5, account_id=one, parent_id=other),
        line("asset", 7, account_id=other, parent_id=one),
    ]
    (sheet,) = rules.balance_sheets(lines, headings=[])
    assert (len(sheet.assets.lines), sheet.assets.total_minor) == (2, 12)
