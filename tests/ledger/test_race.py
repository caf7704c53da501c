"""Many at once on real PostgreSQL: one winner, no deadlock, no double."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from apps.ledger import public as ledger
from apps.platform.problems import Problem

from .books import balance, open_account, post, transfer

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
CALLERS = 8


def _all_at_once(work: list[ledger.Posting]) -> list[ledger.Posted | Problem]:
    barrier = Barrier(len(work))

    def one(posting: ledger.Posting) -> ledger.Posted | Problem:
        try:
            barrier.wait()
            return post(posting)[0]
        except Problem as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(one, work))


def test_one_of_many_spends_the_last_money() -> None:
    bank, customer = open_account(kind="asset"), open_account(floor=0)
    post(transfer(bank, customer, 100))
    found = _all_at_once([transfer(customer, bank, 100) for _ in range(CALLERS)])
    assert sum(isinstance(one, ledger.Posted) for one in found) == 1
    assert sum(isinstance(one, ledger.InsufficientFunds) for one in found) == CALLERS - 1
    assert balance(customer) == 0


def test_the_same_reference_at_once_is_booked_once() -> None:
    bank, customer = open_account(kind="asset"), open_account()
    found = _all_at_once([transfer(bank, customer, 7, reference="r") for _ in range(CALLERS)])
    assert {one.transaction_id for one in found if isinstance(one, ledger.Posted)} != set()
    assert [one.replayed for one in found if isinstance(one, ledger.Posted)].count(False) == 1
    assert balance(customer) == 7


def test_opposite_directions_never_deadlock() -> None:
    one, other = open_account(kind="asset"), open_account(kind="asset")
    for _ in range(10):
        there = [transfer(one, other, 1) for _ in range(CALLERS // 2)]
        back = [transfer(other, one, 1) for _ in range(CALLERS // 2)]
        found = _all_at_once([*there, *back])
        assert [type(done) for done in found] == [ledger.Posted] * CALLERS
    assert balance(one) == balance(other) == 0
