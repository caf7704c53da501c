"""Periods: in order, closed one after the other, opened again by two people."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from apps.ledger import public as ledger
from apps.ledger.models import Books
from apps.platform.actors import Actor
from apps.platform.audit.models import Event as AuditEvent
from apps.platform.ids import new_id
from apps.platform.money import Money

from .books import ACTOR, NOW, open_account, refused

pytestmark = pytest.mark.django_db
ANNA, OLGA = Actor(kind="staff", key="1"), Actor(kind="staff", key="2")
JANUARY, FEBRUARY, MARCH = 1, 2, 3


@pytest.fixture
def year(db: None) -> None:  # noqa: ARG001
    """The months of 2026 as periods; it is the last day of March."""
    open_months()


def open_months(first: date = date(2026, 1, 1), count: int = 12) -> int:
    periods = ledger.months(first=first, count=count)
    return ledger.open_periods(actor=ACTOR, now=NOW, periods=periods)


def close(number: int, *, now: datetime = NOW, **retained: str) -> ledger.PeriodView:
    return ledger.close_period(actor=ACTOR, now=now, number=number, retained=retained or None)


def ask(number: int, *, by: Actor = ANNA, now: datetime = NOW, reason: str = "a late fee") -> int:
    return ledger.ask_reopening(actor=by, now=now, number=number, reason=reason)


def agree(request_id: int, *, by: Actor = OLGA, now: datetime = NOW) -> ledger.PeriodView:
    return ledger.reopen_period(actor=by, now=now, request_id=request_id)


def closed_before() -> datetime | None:
    return Books.objects.get().closed_before


def move(
    debit: ledger.AccountId,
    credit: ledger.AccountId,
    minor: int,
    *,
    at: datetime = NOW,
    now: datetime = NOW,
    currency: str = "EUR",
    kind: str = "payment",
) -> ledger.TransactionId:
    """Post what took effect at a moment."""
    transaction_id = ledger.TransactionId(new_id())
    money = Money(minor, currency)
    posting = ledger.Posting(
        transaction_id=transaction_id,
        legs=(ledger.Leg(debit, debit=money.minor), ledger.Leg(credit, credit=money.minor)),
        currency=currency,
        effective_at=at,
        source="test",
        reference=str(transaction_id),
        kind=kind,
    )
    return ledger.post(actor=ACTOR, now=now, posting=posting).transaction_id


# --- spans


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(1, 40))
def test_months_follow_each_other_without_a_gap(first: date, count: int) -> None:
    found = ledger.months(first=first, count=count)
    assert found[0].starts_on == first.replace(day=1)
    assert len(found) == count
    for one in found:
        assert (one.starts_on.day, (one.ends_on + timedelta(days=1)).day) == (1, 1)
        assert one.starts_on.month == one.ends_on.month
    for one, following in pairwise(found):
        assert one.ends_on + timedelta(days=1) == following.starts_on


def test_periods_are_numbered_from_the_first_and_go_on_after_the_last() -> None:
    assert open_months(count=2) == 1
    assert open_months(date(2026, 3, 1), count=1) == 3
    found = ledger.periods()
    assert [(one.number, one.name) for one in found] == [
        (3, "March 2026"),
        (2, "February 2026"),
        (1, "January 2026"),
    ]
    assert [one.standing for one in found] == [None] * 3


@pytest.mark.parametrize("first", [date(2026, 3, 1), date(2026, 2, 1), date(2025, 12, 1)])
def test_a_gap_an_overlap_or_a_step_back_is_refused_whole(first: date) -> None:
    open_months(count=2)
    following = ledger.months(first=date(2026, 3, 1), count=1)
    bad = ledger.months(first=first, count=1)
    if first == date(2026, 3, 1):
        following, bad = ledger.months(first=date(2026, 4, 1), count=1), ()
    with refused(ledger.PeriodOutOfOrder):
        ledger.open_periods(actor=ACTOR, now=NOW, periods=[*following, *bad])
    assert len(ledger.periods()) == 2


# --- closing


@pytest.mark.usefixtures("year")
def test_closing_moves_the_line_before_which_nothing_takes_effect() -> None:
    assert closed_before() is None
    closed = close(JANUARY)
    assert closed.standing is not None
    assert (closed.standing.closed_by, closed.standing.closed_at) == (ACTOR, NOW)
    assert closed_before() == datetime(2026, 2, 1, tzinfo=UTC)
    close(FEBRUARY)
    assert closed_before() == datetime(2026, 3, 1, tzinfo=UTC)
    event = AuditEvent.objects.filter(action="ledger.period.close").latest("pk")
    assert (event.subject, event.detail) == (
        "period:2",
        {"journals": [], "reason": ""},
    )


@pytest.mark.usefixtures("year")
def test_periods_are_closed_in_their_order_each_once() -> None:
    with refused(ledger.PeriodOutOfOrder):
        close(FEBRUARY)
    close(JANUARY)
    with refused(ledger.PeriodOutOfOrder):
        close(JANUARY)
    with refused(ledger.PeriodNotFound):
        close(99)


@pytest.mark.usefixtures("year")
def test_a_period_is_closed_a_minute_after_its_end_and_not_before() -> None:
    end = datetime(2026, 2, 1, tzinfo=UTC)
    with refused(ledger.PeriodNotOver):
        close(JANUARY, now=end + timedelta(seconds=59))
    close(JANUARY, now=end + timedelta(seconds=60))


def test_a_clock_that_is_ahead_does_not_close_what_is_not_over() -> None:
    far = date(2199, 1, 1)
    open_months(far, count=1)
    with refused(ledger.PeriodNotOver):
        close(1, now=datetime(2199, 3, 1, tzinfo=UTC))


# --- opening again


@pytest.mark.usefixtures("year")
def test_two_people_open_the_last_closed_period_again_and_it_may_be_closed_again() -> None:
    close(JANUARY)
    close(FEBRUARY)
    opened = agree(ask(FEBRUARY))
    assert opened.standing is None
    (reopening,) = opened.closings[0].reopenings
    assert (reopening.reason, reopening.asked_by, reopening.agreed_by) == ("a late fee", ANNA, OLGA)
    assert closed_before() == datetime(2026, 2, 1, tzinfo=UTC)
    agree(ask(JANUARY))
    assert closed_before() is None
    close(JANUARY)
    assert [len(one.closings) for one in ledger.periods()[-2:]] == [1, 2]
    event = AuditEvent.objects.filter(action="ledger.period.reopen").latest("pk")
    assert (event.detail["asked_by"], event.detail["reason"]) == ("staff:1", "a late fee")


@pytest.mark.usefixtures("year")
def test_nobody_agrees_to_what_they_asked_for_themselves() -> None:
    close(JANUARY)
    request_id = ask(JANUARY)
    with refused(ledger.SecondPersonNeeded):
        agree(request_id, by=ANNA)
    assert closed_before() is not None


@pytest.mark.usefixtures("year")
def test_a_request_holds_for_a_week_and_for_its_own_closing_once() -> None:
    close(JANUARY)
    first, second = ask(JANUARY), ask(JANUARY, by=OLGA)
    late = NOW + timedelta(days=7, seconds=1)
    with refused(ledger.ReopeningLapsed):
        agree(first, now=late)
    period = ledger.period(number=JANUARY)
    newest = ledger.open_request(period, now=NOW)
    assert newest is not None
    assert newest.request_id == second
    assert ledger.open_request(period, now=late) is None
    agree(first)
    close(JANUARY)
    with refused(ledger.ReopeningLapsed):
        agree(second, by=ANNA)
    with refused(ledger.PeriodNotFound):
        agree(10**6)


@pytest.mark.usefixtures("year")
def test_only_the_last_closed_period_is_asked_for_and_opened() -> None:
    close(JANUARY)
    request_id = ask(JANUARY)
    close(FEBRUARY)
    with refused(ledger.PeriodOutOfOrder):
        ask(JANUARY)
    with refused(ledger.PeriodOutOfOrder):
        agree(request_id)
    with refused(ledger.PeriodOutOfOrder):
        ask(MARCH)
    with refused(ledger.PeriodNotFound):
        ask(99)


@pytest.mark.usefixtures("year")
@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_reason_is_said(reason: str) -> None:
    close(JANUARY)
    with refused(ledger.ReasonMissing):
        ask(JANUARY, reason=reason)


@pytest.mark.usefixtures("year")
def test_the_list_takes_as_many_queries_for_many_closings_as_for_few(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in (JANUARY, FEBRUARY):
        close(number)
        agree(ask(number))
        close(number)
    with django_assert_max_num_queries(5):
        assert len(ledger.periods()) == 12


# --- closing entries

END = datetime(2026, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC)
IN_JANUARY = datetime(2026, 1, 15, tzinfo=UTC)


def house(currency: str = "EUR") -> dict[str, ledger.AccountId]:
    """Open an account of each kind."""
    kinds: tuple[ledger.AccountKind, ...] = ("asset", "liability", "equity", "income", "expense")
    return {kind: open_account(kind=kind, currency=currency) for kind in kinds}


def code(account_id: ledger.AccountId) -> str:
    return ledger.account(account_id=account_id).code


def at(account_id: ledger.AccountId, moment: datetime | None) -> int:
    return ledger.balance_at(account_id=account_id, as_of=moment).posted_minor


@pytest.mark.usefixtures("year")
def test_closing_entries_move_results_to_equity_as_of_the_end_and_nothing_later() -> None:
    euro, yen = house(), house("JPY")
    move(euro["asset"], euro["income"], 100, at=IN_JANUARY)
    move(euro["expense"], euro["asset"], 30, at=END)
    move(yen["expense"], yen["asset"], 7, at=IN_JANUARY, currency="JPY")
    move(euro["asset"], euro["income"], 5, at=END + timedelta(microseconds=1))
    preview = ledger.closing_preview(number=JANUARY)
    assert [(one.currency, one.result_minor) for one in preview] == [("EUR", 70), ("JPY", -7)]
    closed = close(JANUARY, EUR=code(euro["equity"]), JPY=code(yen["equity"]))
    assert closed.standing is not None
    journals = [ledger.transaction(transaction_id=one) for one in closed.standing.journals]
    assert [(one.kind, one.effective_at, len(one.legs)) for one in journals] == [
        ("closing", END, 3),
        ("closing", END, 2),
    ]
    assert [at(euro[kind], END) for kind in ("income", "expense", "equity")] == [0, 0, 70]
    assert [at(yen[kind], END) for kind in ("income", "expense", "equity")] == [0, 0, -7]
    assert at(euro["income"], None) == 5
    assert ledger.closing_preview(number=JANUARY) == ()


@pytest.mark.usefixtures("year")
def test_closed_again_it_books_what_came_in_between_and_no_more() -> None:
    euro = house()
    move(euro["asset"], euro["income"], 100, at=IN_JANUARY)
    close(JANUARY, EUR=code(euro["equity"]))
    agree(ask(JANUARY))
    move(euro["expense"], euro["asset"], 30, at=IN_JANUARY)
    close(JANUARY, EUR=code(euro["equity"]))
    assert at(euro["equity"], END) == 70
    assert [finding for finding in ledger.verify() if finding.offenders] == []


@pytest.mark.usefixtures("year")
def test_a_result_of_nothing_takes_no_leg_of_equity_and_no_result_no_journal() -> None:
    euro = house()
    move(euro["expense"], euro["income"], 30, at=IN_JANUARY)
    closed = close(JANUARY, EUR=code(euro["equity"]))
    assert closed.standing is not None
    assert len(closed.standing.journals) == 1
    assert at(euro["equity"], END) == 0
    again = close(FEBRUARY, EUR=code(euro["equity"])).standing
    assert again is not None
    assert again.journals == ()


@pytest.mark.usefixtures("year")
def test_many_accounts_are_closed_in_journals_of_a_size_that_can_be_booked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("apps.ledger.rules.periods.LEGS_MAX", 3)
    euro = house()
    for minor in range(1, 6):
        move(euro["asset"], open_account(kind="income"), minor, at=IN_JANUARY)
    closed = close(JANUARY, EUR=code(euro["equity"])).standing
    assert closed is not None
    assert len(closed.journals) == 3
    assert at(euro["equity"], END) == 15


@pytest.mark.usefixtures("year")
@pytest.mark.parametrize("named", ["", "no such code", "asset", "JPY"])
def test_the_result_goes_to_an_equity_account_of_its_currency_or_nothing_is_closed(
    named: str,
) -> None:
    euro, yen = house(), house("JPY")
    codes = {"asset": code(euro["asset"]), "JPY": code(yen["equity"])}
    move(euro["asset"], euro["income"], 100, at=IN_JANUARY)
    with refused(ledger.MalformedClosing):
        close(JANUARY, EUR=codes.get(named, named))
    assert closed_before() is None


# --- posts


@pytest.mark.usefixtures("year")
def test_what_would_take_effect_in_a_closed_period_is_refused() -> None:
    euro = house()
    close(JANUARY)
    with refused(ledger.PeriodClosed):
        move(euro["asset"], euro["income"], 1, at=END)
    with refused(ledger.PeriodClosed):  # nor before the first period
        move(euro["asset"], euro["income"], 1, at=datetime(2025, 6, 1, tzinfo=UTC))
    move(euro["asset"], euro["income"], 1, at=END + timedelta(microseconds=1))
    agree(ask(JANUARY))
    move(euro["asset"], euro["income"], 1, at=END)


def _apart(act: Callable[[], Any]) -> Any:
    """Act in a thread of its own, on a connection of its own."""
    try:
        return act()
    finally:
        connection.close()


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_a_closing_waits_for_a_backdated_post_on_its_way_and_counts_it() -> None:
    open_months()
    euro = house()
    posted, go_on = Event(), Event()

    def post_slowly() -> None:
        with transaction.atomic():
            move(euro["asset"], euro["income"], 100, at=IN_JANUARY)
            posted.set()
            go_on.wait(10)

    with ThreadPoolExecutor(2) as pool:
        posting = pool.submit(_apart, post_slowly)
        assert posted.wait(10)
        closing = pool.submit(_apart, lambda: close(JANUARY, EUR=code(euro["equity"])))
        try:
            with pytest.raises(TimeoutError):
                closing.result(timeout=0.5)
        finally:
            go_on.set()
        posting.result()
        closing.result(timeout=10)
    assert at(euro["equity"], END) == 100
    with refused(ledger.PeriodClosed):
        move(euro["asset"], euro["income"], 1, at=IN_JANUARY)


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_of_posts_and_a_closing_at_once_none_gets_into_the_closed_period_uncounted() -> None:
    open_months()
    euro = house()

    def one() -> int:
        try:
            move(euro["asset"], euro["income"], 1, at=IN_JANUARY)
        except ledger.PeriodClosed:
            return 0
        return 1

    with ThreadPoolExecutor(6) as pool:
        work = [pool.submit(_apart, one) for _ in range(60)]
        closing = pool.submit(_apart, lambda: close(JANUARY, EUR=code(euro["equity"])))
        work += [pool.submit(_apart, one) for _ in range(60)]
        closing.result()
        booked = sum(done.result() for done in work)
    assert 0 < booked < 120
    assert at(euro["equity"], END) == booked
    assert at(euro["income"], END) == 0


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_a_period_is_closed_by_one_of_many_and_opened_by_one_of_many() -> None:
    open_months()

    def told(act: Callable[[], Any]) -> Any:
        try:
            return act()
        except (ledger.PeriodOutOfOrder, ledger.ReopeningLapsed) as refusal:
            return refusal

    def each(act: Callable[[], Any]) -> list[Any]:
        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(_apart, [lambda: told(act)] * 4))

    found = each(lambda: close(JANUARY))
    assert sum(isinstance(one, ledger.PeriodView) for one in found) == 1
    request_id = ask(JANUARY)
    found = each(lambda: agree(request_id))
    assert sum(isinstance(one, ledger.PeriodView) for one in found) == 1
    assert closed_before() is None
