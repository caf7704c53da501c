"""Limits when many act at once: what is allowed is used once."""

from collections.abc import Callable
from functools import partial

import pytest

from apps.ledger import public as ledger

from .books import ACTOR, NOW, balance, capture, hold, open_account, post, transfer
from .limits import limit
from .test_race import CALLERS, _each

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def bank() -> ledger.AccountId:
    """An asset."""
    return open_account(kind="asset")


@pytest.fixture
def customer(bank: ledger.AccountId) -> ledger.AccountId:
    """A customer's account with 10,000 on it."""
    opened = open_account(floor=0)
    post(transfer(bank, opened, 10_000))
    return opened


def test_two_that_together_exceed_the_day_pass_one_by_one(
    bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    limit(customer, 100)
    found = _each([lambda: post(transfer(customer, bank, 60))] * 2)
    assert sum(isinstance(one, ledger.LimitExceeded) for one in found) == 1
    assert balance(customer) == 9_940


def test_of_many_transfers_captures_and_batches_as_many_pass_as_the_limit_allows(
    bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    limit(customer, 30, scope="each")
    held = hold(customer, 1_000)
    postings = [transfer(customer, bank, 10) for _ in range(CALLERS)]
    acts: list[Callable[[], object]] = [partial(post, posting) for posting in postings[:4]]
    acts += [partial(capture, held, bank, 10)] * 2
    acts += [
        partial(ledger.post_each, actor=ACTOR, now=NOW, postings=[posting])
        for posting in postings[4:]
    ]
    _each(acts)
    assert balance(customer) == 9_970
    assert [one for one in ledger.verify() if one.offenders] == []


def test_a_limit_that_is_set_meanwhile_misses_no_transfer(
    bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    acts: list[Callable[[], object]] = [lambda: post(transfer(customer, bank, 10))] * (CALLERS - 1)
    found = _each([*acts, lambda: limit(customer, 40)])
    passed = sum(isinstance(one, list) for one in found)
    (used,) = (one.used for one in ledger.limits_of(account_id=customer, at=NOW))
    assert used == passed * 10 == 10_000 - balance(customer)
    assert [one for one in ledger.verify() if one.offenders] == []
