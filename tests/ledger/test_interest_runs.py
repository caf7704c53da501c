"""Runs of interest: beside each other, stopped on the way, and on books that are closed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connections

from apps.ledger import public as ledger
from apps.ledger import selectors
from apps.ledger.models import InterestAccrual, InterestCapital, Transaction
from apps.ledger.services import interest as runs
from apps.ledger.services.interest_rows import write
from apps.ledger.tasks import accrue_interest as task
from apps.platform.audit.models import Event
from apps.platform.ids import new_id

from .books import ACTOR, balance, open_account
from .savings import BEGIN, DAY, Savings, accrue, assign, at, pay_in, savings, schedule, tiers

JANUARY_END = date(2026, 1, 31)


def _rich() -> Savings:
    books = savings()
    pay_in(books.bank, books.saver, 365_000_00, BEGIN)
    return books


@pytest.mark.django_db(transaction=True)
def test_a_correction_of_a_day_in_closed_books_is_dated_now() -> None:
    books = _rich()
    period = ledger.NewPeriod(name="First", starts_on=BEGIN, ends_on=date(2026, 2, 4))
    february = JANUARY_END + 9 * DAY
    accrue(february)
    pay_in(books.bank, books.saver, 365_000_00, JANUARY_END, recorded=february + DAY)
    now = at(february + DAY, 13)
    number = ledger.open_periods(actor=ACTOR, now=now, periods=[period])
    ledger.close_period(actor=ACTOR, now=now, number=number)
    done = accrue(february, now=now)
    assert (done.corrected, done.capitalised) == (10, 1)
    for one in InterestAccrual.objects.filter(revision=1).select_related("transaction"):
        assert one.transaction is not None
        is_open = one.day >= date(2026, 2, 5)
        assert (one.transaction.effective_at < now) == is_open
        assert one.transaction.recorded_at == now
    more = InterestCapital.objects.get(revision=1)
    assert (more.paid_minor, more.transaction and more.transaction.effective_at) == (25_00, now)
    assert accrue(february, now=now) == ledger.InterestRun()
    assert accrue(february + DAY).corrected == 0
    assert not any(one.offenders for one in ledger.verify())
    assert balance(books.saver) == 730_000_00 + 31 * 25_00 + 25_00


@pytest.mark.django_db
def test_a_schedule_may_book_to_accounts_that_many_write_to() -> None:
    modes: dict[ledger.AccountKind, ledger.AccountMode] = {
        "expense": "slots", "liability": "deferred", "income": "deferred", "asset": "slots",
    }  # fmt: skip
    busy = {kind: _open_busy(kind, mode) for kind, mode in modes.items()}
    booked = ledger.InterestBooks(
        expense_id=busy["expense"], payable_id=busy["liability"],
        income_id=busy["income"], receivable_id=busy["asset"],
    )  # fmt: skip
    code, _ = schedule(books=booked, debit=tiers((0, "0.1")))
    bank = open_account(kind="asset")
    for minor in (365_000_00, -365_00):
        account = open_account()
        assign(account, code, BEGIN)
        pay_in(bank, account, minor, BEGIN)
    assert accrue(JANUARY_END) == ledger.InterestRun(accrued=62, capitalised=2)
    ledger.fold(actor=ACTOR, now=at(JANUARY_END + DAY))
    assert not any(one.offenders for one in ledger.verify())
    assert accrue(JANUARY_END + DAY).refused == ()


def _open_busy(kind: ledger.AccountKind, mode: ledger.AccountMode) -> ledger.AccountId:
    account_id = ledger.AccountId(new_id())
    wanted = ledger.NewAccount(
        account_id=account_id, code=str(account_id), name="busy", kind=kind, currency="EUR",
        mode=mode,
    )  # fmt: skip
    ledger.open_account(actor=ACTOR, now=at(BEGIN), account=wanted)
    return account_id


@pytest.mark.django_db(transaction=True)
def test_two_runs_beside_each_other_book_nothing_twice() -> None:
    books = _rich()

    def run() -> ledger.InterestRun:
        try:
            return accrue(JANUARY_END)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        done = [one.result() for one in [pool.submit(run), pool.submit(run)]]
    assert sum(one.accrued for one in done) == 31
    assert sum(one.capitalised for one in done) == 1
    assert balance(books.saver) == 365_000_00 + 31 * 25_00


@pytest.mark.django_db(transaction=True)
def test_a_run_that_is_stopped_is_finished_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    code, books = schedule()
    for _ in range(3):
        saver = open_account()
        assign(saver, code, BEGIN)
        pay_in(open_account(kind="asset"), saver, 365_000_00, BEGIN)
    monkeypatch.setattr(runs, "_AT_ONCE", 1)
    written: list[object] = []

    def stops(**said: Any) -> ledger.InterestRun:
        if len(written) == 2:
            raise KeyboardInterrupt
        written.append(said)
        return write(**said)

    monkeypatch.setattr(runs, "write", stops)
    with pytest.raises(KeyboardInterrupt):
        accrue(BEGIN)
    assert balance(books.payable_id) == 2 * 25_00
    written.clear()
    assert accrue(BEGIN).accrued == 1
    assert balance(books.payable_id) == 3 * 25_00


@pytest.mark.django_db(transaction=True)
def test_an_account_that_moves_while_it_is_read_is_read_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    books = _rich()
    accrue(BEGIN)
    read, left = selectors.interest_moves, [1]

    def moves_meanwhile(**said: Any) -> object:
        if left:
            left.pop()
            pay_in(books.bank, books.saver, 365_000_00, BEGIN, recorded=BEGIN + DAY)
        return read(**said)

    monkeypatch.setattr(selectors, "interest_moves", moves_meanwhile)
    assert accrue(BEGIN + DAY) == ledger.InterestRun(accrued=1, corrected=1)
    assert balance(books.books.payable_id) == 4 * 25_00


@pytest.mark.django_db
def test_the_nightly_task_accrues_up_to_yesterday_and_says_what_it_did() -> None:
    books = _rich()
    frozen = _rich()
    ledger.set_status(actor=ACTOR, now=at(BEGIN), account_id=frozen.saver, status="frozen")
    with time_machine.travel(at(JANUARY_END + DAY, 1), tick=False):
        task()
        task()
    assert balance(books.saver) == 365_000_00 + 31 * 25_00
    assert Transaction.objects.filter(kind="interest").count() == 62
    told = Event.objects.filter(action="ledger.interest.accrue").order_by("pk")
    assert [one.detail["refused"] for one in told] == [1, 1]
    assert told[0].detail["accrued"] == 62
