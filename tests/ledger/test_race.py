"""Many at once on real PostgreSQL: one winner, no deadlock, no double."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.db import connection

from apps.ledger import public as ledger
from apps.platform.problems import Problem

from .books import (
    ACTOR,
    NOW,
    available,
    balance,
    capture,
    hold,
    open_account,
    post,
    transfer,
    void,
)
from .test_reversals import reversal, reverse

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


def _batches_at_once(batches: list[list[ledger.Posting]]) -> list[list[ledger.Posted]]:
    barrier = Barrier(len(batches))

    def one(batch: list[ledger.Posting]) -> list[ledger.Posted]:
        try:
            barrier.wait()
            return post(*batch)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(batches)) as pool:
        return list(pool.map(one, batches))


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


def test_the_same_posting_with_the_same_id_at_once_is_booked_once() -> None:
    """A caller's retry that overtakes its first try meets the id as well as the reference."""
    bank, customer = open_account(kind="asset"), open_account()
    for _ in range(10):
        wanted = [transfer(bank, customer, 1) for _ in range(200)]
        found = _batches_at_once([wanted] * CALLERS)
        assert sum(not done.replayed for batch in found for done in batch) == len(wanted)
    assert balance(customer) == 2_000


def test_batches_that_share_references_and_accounts_book_each_once() -> None:
    """Each caller has the batch in an order of its own: sorted locks, or it deadlocks."""
    accounts = [open_account(kind="asset") for _ in range(5)]
    for round_number in range(5):
        wanted = [
            transfer(
                accounts[n % 5],
                accounts[(n + 1 + n % 3) % 5],
                n + 1,
                reference=f"{round_number}/{n}",
            )
            for n in range(20)
        ]
        orders = [wanted[n:] + wanted[:n] for n in range(0, 20, 5)]
        found = _batches_at_once([*orders, *(order[::-1] for order in orders)])
        booked = [done for batch in found for done in batch]
        assert sum(not done.replayed for done in booked) == len(wanted)
    assert all(not finding.offenders for finding in ledger.verify())
    assert sum(balance(account) for account in accounts) == 0


def test_no_posting_gets_past_a_freeze_that_was_told() -> None:
    """Whoever posts after the freeze was committed is refused, however long it waited."""
    bank, customer = open_account(kind="asset"), open_account()
    frozen_at: list[int] = []

    def freeze() -> None:
        ledger.set_status(actor=ACTOR, now=NOW, account_id=customer, status="frozen")
        frozen_at.append(ledger.account(account_id=customer).version)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(freeze)
        found = _all_at_once([transfer(bank, customer, 1) for _ in range(CALLERS)])
        told.result()
    posted = sum(isinstance(one, ledger.Posted) for one in found)
    assert posted == frozen_at[0] == balance(customer)
    assert CALLERS - posted == sum(isinstance(one, ledger.AccountFrozen) for one in found)


def test_opposite_directions_never_deadlock() -> None:
    one, other = open_account(kind="asset"), open_account(kind="asset")
    for _ in range(10):
        there = [transfer(one, other, 1) for _ in range(CALLERS // 2)]
        back = [transfer(other, one, 1) for _ in range(CALLERS // 2)]
        found = _all_at_once([*there, *back])
        assert [type(done) for done in found] == [ledger.Posted] * CALLERS
    assert balance(one) == balance(other) == 0


def _each(work: list[Callable[[], object]]) -> list[object]:
    """Run all at once; a refusal is what its caller gets."""
    barrier = Barrier(len(work))

    def one(act: Callable[[], object]) -> object:
        try:
            barrier.wait()
            return act()
        except Problem as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(one, work))


def test_holds_and_transfers_never_promise_the_same_money_twice() -> None:
    bank, customer = open_account(kind="asset"), open_account(floor=0)
    post(transfer(bank, customer, 100))
    acts: list[Callable[[], object]] = [lambda: hold(customer, 100)] * (CALLERS // 2)
    acts += [lambda: post(transfer(customer, bank, 100))] * (CALLERS // 2)
    found = _each(acts)
    refusals = [one for one in found if isinstance(one, ledger.InsufficientFunds)]
    assert len(refusals) == CALLERS - 1
    assert available(customer) == 0


def test_a_hold_is_captured_or_voided_never_both() -> None:
    bank, customer = open_account(kind="asset"), open_account(floor=0)
    post(transfer(bank, customer, 100))
    for _ in range(5):
        held = hold(customer, 10)
        acts: list[Callable[[], object]] = [partial(capture, held, bank)] * 3
        acts += [partial(void, held, reference=str(number)) for number in range(3)]
        found = _each(acts)
        assert sum(isinstance(one, ledger.HoldEnded) for one in found) == 5
        (done,) = (one for one in found if not isinstance(one, Problem))
        outcome = "captured" if isinstance(done, ledger.Captured) else "voided"
        assert ledger.hold(hold_id=held, at=NOW).status == outcome
    assert [finding for finding in ledger.verify() if finding.offenders] == []


def test_captures_in_opposite_directions_never_deadlock() -> None:
    one, other = open_account(kind="asset"), open_account(kind="asset")
    there, back = ([hold(account, 10) for _ in range(CALLERS // 2)] for account in (one, other))
    acts: list[Callable[[], object]] = [partial(capture, held, other) for held in there]
    acts += [partial(capture, held, one) for held in back]
    assert all(isinstance(done, ledger.Captured) for done in _each(acts))
    assert balance(one) == balance(other) == 0


def test_a_transaction_is_reversed_by_one_of_many() -> None:
    bank, customer = open_account(kind="asset"), open_account()
    posting = transfer(bank, customer, 100)
    post(posting)
    found = _each([lambda: reverse(reversal(posting.transaction_id))] * CALLERS)
    assert sum(isinstance(one, ledger.AlreadyReversed) for one in found) == CALLERS - 1
    assert balance(customer) == 0
