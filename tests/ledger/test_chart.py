"""The chart as a tree, and balances by day: what is shown adds up."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import get_args

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.ledger import public as ledger
from apps.ledger import rules, selectors
from apps.ledger.admin.charts import step_chart
from apps.ledger.events import ChartLine, DayBalance
from apps.ledger.models import Account
from apps.platform.ids import new_id

from .books import ACTOR, NOW, open_account, post, transfer

DAY = NOW.date()
KINDS = st.sampled_from(get_args(ledger.AccountKind))


def line(
    row: int,
    parent: int | None,
    minor: int,
    *,
    kind: ledger.AccountKind = "asset",
    currency: str = "EUR",
) -> ChartLine:
    return ChartLine(
        row=row, parent=parent, code=f"{row:04}", name="an account", kind=kind, currency=currency,
        status="open", posted_minor=minor,
    )  # fmt: skip


@st.composite
def charts(draw: st.DrawFn) -> list[ChartLine]:
    """Draw accounts, each below an earlier one or below none."""
    found: list[ChartLine] = []
    for row in range(draw(st.integers(0, 12))):
        parent = draw(st.none() | st.integers(0, row - 1)) if row else None
        minor = draw(st.integers(-100, 100))
        currency = draw(st.sampled_from(["EUR", "JPY"]))
        found.append(line(row, parent, minor, kind=draw(KINDS), currency=currency))
    return found


def as_debit(one: ChartLine) -> int:
    """Return the balance as a debit."""
    return rules.on_normal_side(kind=one.kind, debit=one.posted_minor, credit=0)


@settings(max_examples=60)
@given(charts(), st.sets(st.integers(0, 12)))
def test_every_wanted_account_is_shown_once_and_counted_once(
    lines: list[ChartLine], chosen: set[int]
) -> None:
    tops = rules.tree(lines, wanted=lambda one: one.row in chosen)
    shown = [branch for top in tops for _, branch in top.walk()]
    assert len({branch.line.row for branch in shown}) == len(shown)
    wanted = [one for one in lines if one.row in chosen]
    assert {b.line.row for b in shown if b.wanted} == {one.row for one in wanted}
    for currency in ("EUR", "JPY"):
        counted = sum(
            rules.on_normal_side(kind=top.line.kind, debit=top.sums.get(currency, 0), credit=0)
            for top in tops
        )
        assert counted == sum(as_debit(one) for one in wanted if one.currency == currency)


@settings(max_examples=60)
@given(charts(), st.sets(st.integers(0, 12)))
def test_what_is_not_wanted_is_shown_only_above_what_is(
    lines: list[ChartLine], chosen: set[int]
) -> None:
    for top in rules.tree(lines, wanted=lambda one: one.row in chosen):
        for _, branch in top.walk():
            assert any(below.wanted for _, below in branch.walk())


def test_accounts_that_are_above_each_other_hang_nothing_up() -> None:
    assert rules.tree([line(0, 1, 5), line(1, 0, 5)], wanted=lambda _: True) == []


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(-3, 20), st.integers(0, 99), st.integers(0, 99)), max_size=20),
    KINDS,
)
def test_each_day_continues_the_day_before(
    drawn: list[tuple[int, int, int]], kind: ledger.AccountKind
) -> None:
    sums = {DAY + timedelta(days=place): (debit, credit) for place, debit, credit in drawn}
    moved = [(day, *sums[day]) for day in sorted(sums)]
    found = rules.by_day(moved, kind=kind, since=DAY, until=DAY + timedelta(days=20))
    assert [day.day for day in found] == [DAY + timedelta(days=place) for place in range(21)]
    for before, day in pairwise(found):
        change = rules.on_normal_side(kind=kind, debit=day.debit_minor, credit=day.credit_minor)
        assert day.balance_minor == before.balance_minor + change
    assert found[-1].balance_minor == sum(
        rules.on_normal_side(kind=kind, debit=debit, credit=credit) for _, debit, credit in moved
    )


@settings(max_examples=60)
@given(st.lists(st.integers(-(2**63) + 1, 2**63 - 1), min_size=1, max_size=40))
def test_a_chart_holds_every_balance_within_its_lines(balances: list[int]) -> None:
    days = [DayBalance(DAY + timedelta(days=n), 0, 0, minor) for n, minor in enumerate(balances)]
    chart = step_chart(days, shown=str)
    top, bottom = int(chart.labels[0]), int(chart.labels[-1])
    assert bottom <= min(0, *balances)
    assert top >= max(0, *balances)
    assert len(chart.slots) == len(days)
    heights = [float(part.split("H")[0]) for part in chart.line.split("V")[1:]]
    assert all(0 <= height <= chart.height for height in heights)


# --- from the database


@pytest.fixture
def history(db: None) -> ledger.AccountId:  # noqa: ARG001
    """An account with bookings on four days, the last of them added up by no run."""
    account, other = open_account(), open_account(kind="asset")
    for back, minor in ((9, 100), (5, 20), (5, 3), (2, -40)):
        sides = (other, account) if minor > 0 else (account, other)
        posting = transfer(*sides, abs(minor))
        _post(posting, back=back)
        if back == 5:
            ledger.roll_up(actor=ACTOR, now=NOW)
    return account


def _post(posting: ledger.Posting, *, back: int) -> None:
    post(replace(posting, effective_at=NOW - timedelta(days=back)))


def series(account: ledger.AccountId, since: date, until: date) -> list[int]:
    found = selectors.balance_series(account_id=account, kind="liability", since=since, until=until)
    return [day.balance_minor for day in found]


def test_a_series_agrees_with_the_balance_of_each_day(history: ledger.AccountId) -> None:
    days = [DAY - timedelta(days=back) for back in range(10, -1, -1)]
    asked = [
        ledger.balance_at(
            account_id=history,
            as_of=NOW.replace(hour=23, minute=59) - timedelta(days=back),
        ).posted_minor
        for back in range(10, -1, -1)
    ]
    assert series(history, days[0], days[-1]) == asked
    assert series(history, days[7], days[-1]) == asked[7:]


def test_a_series_is_one_query(history: ledger.AccountId) -> None:
    with CaptureQueriesContext(connection) as queries:
        series(history, DAY - timedelta(days=400), DAY)
    assert len(queries) == 1


def test_slots_are_counted_in_their_account_and_hidden_below_it(
    history: ledger.AccountId,
) -> None:
    hot = Account.objects.create(
        public_id=new_id(), code="HOT", name="fees", kind="liability", currency="EUR",
        opened_at=NOW, mode="slots",
    )  # fmt: skip
    slot = Account.objects.create(
        public_id=new_id(), code="HOT/0", name="fees", kind="liability", currency="EUR",
        opened_at=NOW, slot_of=hot, slot=0,
    )  # fmt: skip
    post(transfer(history, ledger.AccountId(slot.public_id), 30))
    with CaptureQueriesContext(connection) as queries:
        found = {one.code: one.posted_minor for one in selectors.chart()}
    assert len(queries) == 1
    assert found["HOT"] == 30
    assert "HOT/0" not in found
    assert series(ledger.AccountId(hot.public_id), DAY, DAY) == [30]


def test_the_path_of_an_account_leads_from_the_top(history: ledger.AccountId) -> None:
    above: Account | None = None
    for code in ("1", "11", "111"):
        above = Account.objects.create(
            public_id=new_id(), code=code, name=code, kind="asset", currency="EUR", opened_at=NOW,
            parent=above,
        )  # fmt: skip
    assert above is not None
    assert [code for _, code in selectors.path_of(row=above)] == ["1", "11"]
    assert selectors.path_of(row=selectors.row(account_id=history)) == []
