"""Runs of interest: beside each other, stopped on the way, and on books that are closed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import psycopg
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

from .books import ACTOR, balance, open_account
from .savings import BEGIN, DAY, Savings, accrue, assign, at, pay_in, savings, schedule

JANUARY_END = date(2026, 1, 31)


def _rich() -> Savings:
    books = savings()
    pay_in(books.bank, books.saver, 365_000_00, BEGIN)
    return books


@contextmanager
def _closed(superuser: psycopg.Connection, before: date) -> Iterator[None]:
    """Close the books before a day, as the closing of a period does."""
    superuser.execute("ALTER TABLE ledger_books DISABLE TRIGGER USER")
    superuser.execute(
        "UPDATE ledger_books SET closed_before = %s",
        [datetime.combine(before, datetime.min.time(), tzinfo=UTC)],
    )
    superuser.execute("ALTER TABLE ledger_books ENABLE ALWAYS TRIGGER books_guard")
    superuser.commit()
    yield


@pytest.mark.django_db(transaction=True)
def test_a_correction_of_a_day_in_closed_books_is_dated_now(
    superuser_connection: psycopg.Connection,
) -> None:
    books = _rich()
    february = JANUARY_END + 9 * DAY
    accrue(february)
    pay_in(books.bank, books.saver, 365_000_00, JANUARY_END, recorded=february + DAY)
    now = at(february + DAY, 13)
    with _closed(superuser_connection, date(2026, 2, 5)):
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

    def stops(*args: object) -> ledger.InterestRun:
        if len(written) == 2:
            raise KeyboardInterrupt
        written.append(args)
        return write(*args)  # type: ignore[arg-type]

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
