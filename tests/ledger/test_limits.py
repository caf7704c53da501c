"""Limits: what leaves and comes in, by transaction, day and counterparty."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from apps.ledger import public as ledger
from apps.platform.audit.models import Event
from apps.platform.ids import new_id

from .books import ACTOR, NOW, balance, capture, hold, open_account, post, refused, transfer
from .limits import limit
from .test_reversals import reversal, reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank() -> ledger.AccountId:
    return open_account(kind="asset")


@pytest.fixture
def customer(bank: ledger.AccountId) -> ledger.AccountId:
    """A customer's account with 10,000 on it."""
    opened = open_account(floor=0)
    post(transfer(bank, opened, 10_000))
    return opened


def _post_at(now: datetime, *postings: ledger.Posting) -> None:
    ledger.post_many(actor=ACTOR, now=now, postings=postings)


@contextmanager
def _past(saying: str) -> Iterator[None]:
    """Expect a refusal that says so, and undo what came before it as its caller would."""
    with pytest.raises(ledger.LimitExceeded, match=saying), transaction.atomic():
        yield


def _one(account_id: ledger.AccountId, *, at: datetime = NOW) -> ledger.LimitView:
    (found,) = ledger.limits_of(account_id=account_id, at=at)
    return found


def test_a_transaction_may_take_the_limit_and_no_more(
    bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    limit(customer, 100, period="transaction")
    for _ in range(3):
        post(transfer(customer, bank, 100))
    with _past("of the limit on what leaves in one transaction, 100 minor units are left"):
        post(transfer(customer, bank, 101))
    assert balance(customer) == 9_700


def test_a_day_adds_up_and_the_next_begins_anew(
    bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    limit(customer, 100)
    post(transfer(customer, bank, 60))
    with _past("of the limit on what leaves in a day, 40 minor units are left"):
        post(transfer(customer, bank, 41))
    post(transfer(customer, bank, 40))
    midnight = datetime(2026, 4, 1, tzinfo=UTC)
    with refused(ledger.LimitExceeded):
        _post_at(midnight - timedelta(microseconds=1), transfer(customer, bank, 1))
    _post_at(midnight, transfer(customer, bank, 100))
    with refused(ledger.LimitExceeded):
        _post_at(midnight, transfer(customer, bank, 1))


def test_a_day_is_that_of_booking_not_the_one_on_which_it_counts(
    bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    """A backdated posting uses today: yesterday's allowance is not to be had any more."""
    limit(customer, 100)
    next_day = NOW + timedelta(days=1)
    _post_at(next_day, transfer(customer, bank, 100))  # takes effect at NOW
    assert (_one(customer).used, _one(customer, at=next_day).used) == (0, 100)


def test_days_roll_and_months_end(bank: ledger.AccountId, customer: ledger.AccountId) -> None:
    limit(customer, 100, days=3)
    limit(customer, 150, period="month")
    post(transfer(customer, bank, 60))  # 31 March
    first, third = NOW + timedelta(days=1), NOW + timedelta(days=3)
    _post_at(first, transfer(customer, bank, 40))
    with refused(ledger.LimitExceeded):
        _post_at(first + timedelta(days=1), transfer(customer, bank, 1))
    _post_at(third, transfer(customer, bank, 60))  # 31 March has left the window
    with _past("in a month, 50 minor units are left"):
        _post_at(third + timedelta(days=20), transfer(customer, bank, 51))


def test_transactions_are_counted(bank: ledger.AccountId, customer: ledger.AccountId) -> None:
    limit(customer, 2, measure="count")
    post(transfer(customer, bank, 1), transfer(customer, bank, 5_000))
    with _past("in a day, 0 transactions are left"):
        post(transfer(customer, bank, 1))
    post(transfer(bank, customer, 1))  # it comes in


def test_what_comes_in_has_limits_of_its_own(
    bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    limit(customer, 100, direction="in", period="transaction")
    with refused(ledger.LimitExceeded):
        post(transfer(bank, customer, 101))
    post(transfer(bank, customer, 100), transfer(customer, bank, 5_000))


def test_an_account_on_its_debit_side_is_limited_the_other_way_about(
    bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    limit(bank, 100)  # what leaves an asset is a credit
    post(transfer(bank, customer, 5_000))
    with refused(ledger.LimitExceeded):
        post(transfer(customer, bank, 101))


def test_each_counterparty_has_its_own_allowance_and_one_alone_may_have_less(
    bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    shop, stranger = open_account(), open_account()
    limit(customer, 100, scope="each")
    limit(customer, 30, scope="one", counterparty_id=stranger)
    post(transfer(customer, bank, 100), transfer(customer, shop, 100))
    post(transfer(customer, stranger, 30))
    with _past("for each counterparty, 0 minor units"):
        post(transfer(customer, shop, 1))
    with _past("for one counterparty, 0 minor units"):
        post(transfer(customer, stranger, 1))
    each, one = ledger.limits_of(account_id=customer, at=NOW)
    assert (each.used, each.left, one.used, one.left) == (100, 0, 30, 0)


def test_in_a_journal_money_in_does_not_make_up_for_money_out(
    bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    """An accomplice who pays in within the same transaction buys nothing."""
    limit(customer, 100, scope="each")
    shop = open_account()
    plain = transfer(customer, shop, 101)
    back = (ledger.Leg(bank, debit=101), ledger.Leg(customer, credit=101))
    with refused(ledger.LimitExceeded):
        post(ledger.Posting(
            transaction_id=plain.transaction_id, legs=(*plain.legs, *back), currency="EUR",
            effective_at=NOW, source="test", reference="both", kind="journal",
        ))  # fmt: skip


def test_a_batch_uses_the_sum_of_its_postings(
    bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    limit(customer, 100)
    with _past("100 minor units are left"):
        post(transfer(customer, bank, 60), transfer(customer, bank, 41))
    assert _one(customer).used == 0


def test_each_of_a_batch_takes_what_is_left_and_the_refused_take_nothing(
    bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    limit(customer, 100)
    postings = [transfer(customer, bank, minor) for minor in (60, 50, 40, 1)]
    found = ledger.post_each(actor=ACTOR, now=NOW, postings=postings)
    assert [isinstance(one, ledger.Posted) for one in found] == [True, False, True, False]
    assert [one.detail for one in found if isinstance(one, ledger.Refused)] == [
        f"of the limit on what leaves in a day, {left} minor units are left" for left in (40, 0)
    ]
    assert {one.code for one in found if isinstance(one, ledger.Refused)} == {
        "ledger/limit-exceeded"
    }
    assert _one(customer).used == 100


def test_a_replay_uses_nothing(bank: ledger.AccountId, customer: ledger.AccountId) -> None:
    limit(customer, 100)
    one = transfer(customer, bank, 100)
    for _ in range(3):
        post(one)
    post(one, one)
    assert _one(customer).used == 100


def test_what_went_before_counts_when_a_limit_is_set(
    bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    yesterday = NOW - timedelta(days=1)
    post(transfer(customer, bank, 60))
    ledger.roll_up(actor=ACTOR, now=NOW)
    post(transfer(customer, bank, 30))
    limit(customer, 100)
    assert _one(customer).used == 90
    limit(customer, 100, days=2, scope="each", now=NOW)
    assert [one.used for one in ledger.limits_of(account_id=customer, at=NOW)] == [90, 90]
    with refused(ledger.LimitExceeded):
        post(transfer(customer, bank, 11))
    _post_at(yesterday.replace(tzinfo=UTC) + timedelta(days=2), transfer(customer, bank, 10))


def test_roll_ups_of_older_days_leave_out_nothing_of_the_window(
    bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    later = NOW + timedelta(days=2)
    post(transfer(customer, bank, 5))
    _post_at(later, transfer(customer, bank, 60))
    ledger.roll_up(actor=ACTOR, now=later)
    limit(customer, 100, now=later)
    assert _one(customer, at=later).used == 60
    limit(customer, 100, now=later + timedelta(days=5))
    assert _one(customer, at=later + timedelta(days=5)).used == 0


def test_a_limit_begins_and_ends_when_it_says(
    bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    begins, ends = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
    limit(customer, 0, effective_from=begins, effective_until=ends)
    just_before = timedelta(microseconds=1)
    _post_at(begins - just_before, transfer(customer, bank, 1))
    for refused_at in (begins, ends - just_before):
        with refused(ledger.LimitExceeded):
            _post_at(refused_at, transfer(customer, bank, 1))
    _post_at(ends, transfer(customer, bank, 1))


def test_a_raise_for_a_time_falls_back_to_what_was_before(
    bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    first = limit(customer, 100, period="transaction")
    holiday = NOW + timedelta(days=1)
    again = limit(
        customer, 500, period="transaction",
        effective_from=holiday, effective_until=holiday + timedelta(days=1),
    )  # fmt: skip
    assert again == first
    now, to_come = ledger.limits_of(account_id=customer, at=NOW)
    assert (now.maximum, now.in_force, to_come.maximum, to_come.in_force) == (100, True, 500, False)
    assert (to_come.used, to_come.left) == (None, None)
    _post_at(holiday, transfer(customer, bank, 500))
    with refused(ledger.LimitExceeded):
        _post_at(holiday + timedelta(days=1), transfer(customer, bank, 101))


def test_what_is_ended_limits_no_more_nor_does_what_was_to_come(
    bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    made = limit(customer, 100)
    limit(customer, 50, effective_from=NOW + timedelta(days=1))
    ledger.end_limit(actor=ACTOR, now=NOW, limit_id=made)
    assert ledger.limits_of(account_id=customer, at=NOW) == []
    post(transfer(customer, bank, 101))
    _post_at(NOW + timedelta(days=1), transfer(customer, bank, 101))
    limit(customer, 101)  # and it has gone on counting
    with refused(ledger.LimitExceeded):
        post(transfer(customer, bank, 1))
    with refused(ledger.LimitNotFound):
        ledger.end_limit(actor=ACTOR, now=NOW, limit_id=ledger.LimitId(customer))


def test_a_limit_below_what_is_used_lets_nothing_more_out(
    bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    limit(customer, 100)
    post(transfer(customer, bank, 100))
    limit(customer, 50)
    with _past("0 minor units are left"):
        post(transfer(customer, bank, 1))
    assert (_one(customer).used, _one(customer).left) == (100, 0)


def test_a_reversal_gives_back_what_the_transaction_used_on_its_day(
    bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    limit(customer, 100, days=2)
    limit(customer, 1, days=2, measure="count", scope="each")
    one = transfer(customer, bank, 100)
    post(one)
    half = (ledger.Part(customer, 2, 50), ledger.Part(bank, 2, 50))
    reverse(reversal(one.transaction_id, *half, reference="half"))
    used = [found.used for found in ledger.limits_of(account_id=customer, at=NOW)]
    assert used == [50, 1]  # half a transaction is one still
    rest = reversal(one.transaction_id, *half, reference="rest")
    ledger.reverse(actor=ACTOR, now=NOW + timedelta(days=1), reversal=rest)
    assert [found.used for found in ledger.limits_of(account_id=customer, at=NOW)] == [0, 0]
    post(transfer(customer, bank, 100))


def test_a_reversal_is_not_limited_and_uses_nothing(
    bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    one = transfer(bank, customer, 500)
    post(one)
    limit(customer, 100)
    reverse(reversal(one.transaction_id))
    assert (_one(customer).used, balance(customer)) == (0, 10_000)


def test_reversing_a_reversal_books_the_money_anew_and_is_limited(
    bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    """Or back and forth would move any sum past the limit."""
    limit(customer, 100)
    one = transfer(customer, bank, 100)
    post(one)
    undone = reverse(reversal(one.transaction_id))
    post(transfer(customer, bank, 60))
    with refused(ledger.LimitExceeded):
        reverse(reversal(undone.transaction_id, reference="again"))
    assert _one(customer).used == 60
    anew = ledger.reverse(
        actor=ACTOR,
        now=NOW + timedelta(days=1),
        reversal=reversal(undone.transaction_id, reference="again"),
    )
    next_day = NOW + timedelta(days=1)
    assert _one(customer, at=next_day).used == 100
    ledger.reverse(
        actor=ACTOR, now=next_day, reversal=reversal(anew.transaction_id, reference="back")
    )
    assert _one(customer, at=next_day).used == 0
    assert [one for one in ledger.verify() if one.offenders] == []


def test_a_hold_keeps_to_what_one_transaction_may_take_and_its_capture_uses_the_day(
    bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    limit(customer, 100, period="transaction")
    limit(customer, 150)
    with _past("in one transaction, 100 minor units"):
        hold(customer, 101)
    first, second = hold(customer, 100), hold(customer, 100)
    assert ledger.limits_of(account_id=customer, at=NOW)[1].used == 0
    capture(first, bank)
    with refused(ledger.LimitExceeded):
        capture(second, bank)
    capture(second, bank, 50, final=True)
    assert ledger.limits_of(account_id=customer, at=NOW)[1].used == 150


def test_a_setting_stands_in_the_audit_trail(customer: ledger.AccountId) -> None:
    made = limit(customer, 100)
    event = Event.objects.get(action="ledger.limit.set")
    assert event.subject == f"account:{customer}"
    assert (event.detail["id"], event.detail["maximum"]) == (str(made), 100)


@pytest.mark.parametrize(
    "shape",
    [
        {"maximum": -1},
        {"maximum": 2**63},
        {"days": 0},
        {"days": 367},
        {"scope": "one"},
        {"period": "transaction", "measure": "count"},
        {"effective_from": NOW - timedelta(seconds=1)},
        {"effective_until": NOW},
    ],
)
def test_a_limit_of_no_form_is_refused(
    customer: ledger.AccountId, shape: dict[str, object]
) -> None:
    with refused(ledger.MalformedLimit):
        limit(customer, **({"maximum": 1} | shape))  # type: ignore[arg-type]


def test_a_counterparty_is_another_account_of_the_same_currency(
    customer: ledger.AccountId,
) -> None:
    with refused(ledger.MalformedLimit):
        limit(customer, 1, scope="one", counterparty_id=customer)
    with refused(ledger.CurrencyMismatch):
        limit(customer, 1, scope="one", counterparty_id=open_account(currency="USD"))
    nobody = ledger.AccountId(new_id())
    with refused(ledger.AccountNotFound):
        limit(customer, 1, scope="one", counterparty_id=nobody)
    with refused(ledger.AccountNotFound):
        limit(nobody, 1)
