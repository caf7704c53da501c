"""Locks are taken in one order: chain, holds, references, headers, accounts; nothing deadlocks."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import pairwise

import psycopg
import pytest
from django.db import connection

from apps.ledger import public as ledger
from apps.platform.problems import Problem

from .books import (
    Pair,
    available,
    balance,
    capture,
    hold,
    new_hold,
    open_account,
    post,
    transfer,
    void,
)
from .test_chains import (
    capture_chain,
    found,
    hold_chain,
    new_chain,
    post_chain,
    reverse_chain,
    void_chain,
)
from .test_race import CALLERS, _each
from .test_reversals import reversal, reverse

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
Act = Callable[[], object]


def _told(act: Act) -> object:
    try:
        return act()
    except Problem as refusal:
        return refusal
    finally:
        connection.close()


def _one_behind_the_other(raw: psycopg.Connection, first: Act, second: Act) -> list[object]:
    """Run both while all accounts are locked: the first waits before the second begins."""
    raw.execute("SELECT FROM ledger_account ORDER BY id FOR UPDATE")
    with ThreadPoolExecutor(2) as pool:
        work: list[Future[object]] = []
        for waiting, act in enumerate((first, second), 1):
            work.append(pool.submit(_told, act))
            _wait_for(raw, waiting)
        raw.rollback()
        return [one.result() for one in work]


def _wait_for(raw: psycopg.Connection, waiting: int) -> None:
    """Return when so many backends wait for a lock; a second is plenty."""
    for _ in range(100):
        row = raw.execute(
            "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()"
        ).fetchone()
        if row is not None and row[0] >= waiting:
            return
        time.sleep(0.01)
    pytest.fail("nobody waits")


def test_a_capture_and_a_transfer_of_one_reference_never_deadlock(
    owner_connection: psycopg.Connection, pair: Pair
) -> None:
    """A capture that had its account and waited for its header would meet one the other way."""
    bank, customer = pair
    for number in range(2):
        held, reference = hold(customer, 10), f"r{number}"
        acts: list[Act] = [
            partial(capture, held, bank, reference=reference),
            partial(post, transfer(customer, bank, 10, reference=reference)),
        ]
        if number:
            acts.reverse()
        told = _one_behind_the_other(owner_connection, *acts)
        assert not isinstance(told[0], Problem)
        assert isinstance(told[1], ledger.ReferenceReused)
    assert (balance(customer), available(customer)) == (80, 70)  # the second hold stands


def test_a_reversal_and_a_transfer_of_one_reference_never_deadlock(
    owner_connection: psycopg.Connection, pair: Pair
) -> None:
    bank, customer = pair
    for number in range(2):
        posting, reference = transfer(bank, customer, 10), f"r{number}"
        post(posting)
        acts: list[Act] = [
            partial(reverse, reversal(posting.transaction_id, reference=reference)),
            partial(post, transfer(customer, bank, 10, reference=reference)),
        ]
        if number:
            acts.reverse()
        told = _one_behind_the_other(owner_connection, *acts)
        assert not isinstance(told[0], Problem)
        assert isinstance(told[1], ledger.ReferenceReused)


def test_a_capture_sent_twice_at_once_is_one(
    owner_connection: psycopg.Connection, pair: Pair
) -> None:
    bank, customer = pair
    act = partial(capture, hold(customer, 10), bank, reference="r")
    told = _one_behind_the_other(owner_connection, act, act)
    assert [one.replayed for one in told if isinstance(one, ledger.Captured)] == [False, True]
    assert balance(customer) == 90


def test_chains_and_transfers_in_opposite_directions_never_deadlock() -> None:
    accounts = [open_account(kind="asset") for _ in range(4)]
    for _ in range(5):
        acts: list[Act] = []
        for n in range(CALLERS):
            order = accounts if n % 2 else accounts[::-1]
            steps = [transfer(one, other, 1) for one, other in pairwise(order)]
            acts.append(
                partial(post_chain, new_chain(), *steps) if n % 4 < 2 else partial(post, *steps)
            )
        told = _each(acts)
        assert [one for one in told if isinstance(one, Problem)] == []
    assert [balance(account) for account in accounts] == [0, 0, 0, 0]


def test_chains_of_holds_and_their_ends_never_deadlock(pair: Pair) -> None:
    bank, customer = pair
    other = open_account(floor=0)
    post(transfer(bank, other, 100))
    for _ in range(5):
        chains = [new_chain() for _ in range(4)]
        told = _each(
            [
                partial(hold_chain, chain_id, new_hold(one, 5), new_hold(two, 5))
                for n, chain_id in enumerate(chains)
                for one, two in [(customer, other) if n % 2 else (other, customer)]
            ]
        )
        assert [one for one in told if isinstance(one, Problem)] == []
        acts: list[Act] = []
        for n, chain_id in enumerate(chains):
            numbers = [one.hold_id for one in found(chain_id).holds]
            acts.append(partial(capture_chain, chain_id, bank, *numbers))
            acts.append(partial(void_chain, chain_id))
            acts.append(partial(post, transfer(bank, customer if n % 2 else other, 10)))
        ends = _each(acts)
        refusals = (ledger.ChainEnded, ledger.ChainBooked, ledger.HoldEnded)
        assert all(isinstance(one, refusals) for one in ends if isinstance(one, Problem))
        assert sum(isinstance(one, Problem) for one in ends) == len(chains)  # one end each
    assert [finding for finding in ledger.verify() if finding.offenders] == []


def test_a_chain_ends_once_and_nothing_joins_it_then(pair: Pair) -> None:
    bank, customer = pair
    for _ in range(5):
        chain_id = new_chain()
        post_chain(chain_id, transfer(customer, bank, 1))
        acts: list[Act] = [partial(reverse_chain, chain_id)] * 3
        acts += [partial(post_chain, chain_id, transfer(customer, bank, 1)) for _ in range(3)]
        told = _each(acts)
        if all(isinstance(one, ledger.ChainMoved) for one in told[:3]):
            reverse_chain(chain_id)
        else:
            done = [one for one in told[:3] if isinstance(one, ledger.ChainDone)]
            assert [one.replayed for one in done].count(False) == 1
        assert found(chain_id).status == "reversed"
        assert balance(customer) == 100
    assert [finding for finding in ledger.verify() if finding.offenders] == []


def test_a_hold_ends_once_whoever_comes_first(pair: Pair) -> None:
    bank, customer = pair
    for _ in range(5):
        held = hold(customer, 10)
        acts: list[Act] = [partial(capture, held, bank, 5, final=True)] * 2
        acts += [partial(void, held, reference=str(n)) for n in range(2)]
        acts += [partial(post, transfer(bank, customer, 5))]
        told = _each(acts)
        assert sum(isinstance(one, ledger.HoldEnded) for one in told) == 3
    assert [finding for finding in ledger.verify() if finding.offenders] == []
