"""Guards: who may refuse what is about to be booked, and what becomes of it then."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Event

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from structlog.testing import capture_logs

from apps.identity.models import ApiClient
from apps.ledger import public as ledger
from apps.platform import db
from apps.platform.actors import Actor
from apps.platform.ids import encode, new_id

from .books import ACTOR, NOW, balance, capture, hold, open_account, post, refused, transfer
from .conftest import Caller
from .test_reversals import reversal, reverse

pytestmark = pytest.mark.django_db
Answers = Sequence[ledger.Refusal | None]
FROZEN = ledger.Refusal("accounts/customer-frozen", "the customer is frozen")


class Watch:
    """A guard that remembers what it was asked, and refuses what takes money from an account."""

    def __init__(self, *blocked: ledger.AccountId) -> None:
        self.blocked = set(blocked)
        self.asked: list[ledger.Proposed] = []

    def __call__(
        self, proposed: Sequence[ledger.Proposed], *, actor: Actor, now: datetime
    ) -> Answers:
        assert (actor, now) == (ACTOR, NOW)
        self.asked += proposed
        return [FROZEN if self._takes(one) else None for one in proposed]

    def _takes(self, one: ledger.Proposed) -> bool:
        return any(move.minor < 0 and move.account_id in self.blocked for move in one.moves)


@pytest.fixture
def on_guard() -> Iterator[Callable[[ledger.Guard], None]]:
    """Register guards for the length of a test."""
    names: list[str] = []

    def register(guard: ledger.Guard) -> None:
        names.append(f"test.{len(names)}")
        ledger.register_guard(guard, name=names[-1])

    yield register
    for name in names:
        ledger.unregister_guard(name)


OnGuard = Callable[[ledger.Guard], None]


@pytest.fixture
def bank() -> ledger.AccountId:
    """An asset."""
    return open_account(kind="asset")


@pytest.fixture
def customer(bank: ledger.AccountId) -> ledger.AccountId:
    """A customer's account with 1,000 on it."""
    opened = open_account(floor=0)
    post(transfer(bank, opened, 1_000))
    return opened


def test_without_guards_a_post_is_one_query_and_no_transaction_of_its_own(
    bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    with CaptureQueriesContext(connection) as queries:
        post(transfer(customer, bank, 1))
    assert len(queries) == 1


def test_guards_cost_one_query_for_a_whole_batch(
    on_guard: OnGuard, bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    on_guard(Watch())
    on_guard(Watch())
    with CaptureQueriesContext(connection) as queries:
        post(*(transfer(customer, bank, 1) for _ in range(10)))
    told = [query["sql"].split()[0] for query in queries]
    assert [word for word in told if word not in {"SAVEPOINT", "RELEASE"}] == ["--", "--"]


def test_a_guard_refuses_with_its_own_code_and_nothing_is_booked(
    on_guard: OnGuard, bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    on_guard(Watch(customer))
    with pytest.raises(ledger.RefusedByGuard) as refusal:
        post(transfer(bank, customer, 1), transfer(customer, bank, 1))
    assert (refusal.value.slug, refusal.value.status) == ("ledger/refused-by-guard", 422)
    assert refusal.value.extensions == {"reason": FROZEN.code}
    assert refusal.value.detail == FROZEN.detail
    assert balance(customer) == 1_000
    post(transfer(bank, customer, 1))


def test_of_each_the_refused_are_results_and_the_others_stand(
    on_guard: OnGuard, bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    on_guard(Watch(customer))
    poor = open_account(floor=0)
    unknown = ledger.AccountId(new_id())
    postings = [
        transfer(bank, customer, 1),
        transfer(customer, bank, 1),
        transfer(poor, bank, 1),
        transfer(bank, unknown, 1),
        transfer(bank, poor, 1),
    ]
    found = ledger.post_each(actor=ACTOR, now=NOW, postings=postings)
    assert [one.code if isinstance(one, ledger.Refused) else "" for one in found] == [
        "", "ledger/refused-by-guard", "ledger/insufficient-funds", "ledger/account-not-found", "",
    ]  # fmt: skip
    assert found[1] == ledger.Refused("ledger/refused-by-guard", FROZEN.detail, FROZEN.code)
    assert (balance(customer), balance(poor)) == (1_001, 1)


def test_each_is_refused_whole_when_no_one_may_pass(
    on_guard: OnGuard, bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    on_guard(Watch(customer))
    (found,) = ledger.post_each(actor=ACTOR, now=NOW, postings=[transfer(customer, bank, 1)])
    assert isinstance(found, ledger.Refused)


def test_a_guard_sees_whose_money_moves_and_by_how_much(
    on_guard: OnGuard, bank: ledger.AccountId
) -> None:
    watch = Watch()
    on_guard(watch)
    holder = ledger.HolderId(new_id())
    owned = ledger.AccountId(new_id())
    ledger.open_account(
        actor=ACTOR,
        now=NOW,
        account=ledger.NewAccount(
            account_id=owned, code="o", name="o", kind="liability", currency="EUR", holder_id=holder
        ),
    )
    post(transfer(bank, owned, 70, reference="seen"))
    (asked,) = watch.asked
    assert asked == ledger.Proposed(
        act="post",
        kind="transfer",
        source="test",
        reference="seen",
        moves=(ledger.Move(bank, None, "EUR", 70), ledger.Move(owned, holder, "EUR", 70)),
    )


def test_holds_captures_and_reversals_are_asked_about_too(
    on_guard: OnGuard, bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    booked = transfer(bank, customer, 50)
    post(booked)
    kept, debt = hold(customer, 40), hold(bank, 7)
    watch = Watch(customer)
    on_guard(watch)
    for act in (
        lambda: hold(customer, 1),
        lambda: capture(kept, bank),
        lambda: reverse(reversal(booked.transaction_id)),
    ):
        with refused(ledger.RefusedByGuard):
            act()
    capture(debt, open_account(kind="asset"), 5)
    moves = [(one.act, [move.minor for move in one.moves]) for one in watch.asked]
    assert moves == [
        ("hold", [-1]), ("capture", [-40, -40]), ("reversal", [-50, -50]), ("capture", [5, -5]),
    ]  # fmt: skip
    with refused(ledger.HoldNotFound):
        capture(ledger.HoldId(new_id()), bank)


def test_what_was_booked_before_is_told_again_whatever_a_guard_says_now(
    on_guard: OnGuard, bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    """A client that lost its answer must not be told that nothing was booked."""
    one = transfer(customer, bank, 10)
    post(one)
    kept = hold(customer, 5, reference="h")
    taken = capture(hold(customer, 6), bank, reference="c")
    on_guard(Watch(customer))
    assert post(one)[0].replayed
    (again,) = ledger.post_each(actor=ACTOR, now=NOW, postings=[one])
    assert isinstance(again, ledger.Posted)
    assert hold(customer, 5, reference="h") == kept
    assert taken.amount_minor == 6
    with refused(ledger.RefusedByGuard):
        hold(customer, 5, reference=one.reference)  # a posting's reference, not a hold's


def test_the_first_guard_that_refuses_speaks_and_later_ones_are_not_asked_about_it(
    on_guard: OnGuard, bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    first, second = Watch(customer), Watch(customer, bank)
    on_guard(first)
    on_guard(second)
    postings = [transfer(customer, bank, 1), transfer(bank, customer, 1)]
    ledger.post_each(actor=ACTOR, now=NOW, postings=postings)
    assert [len(first.asked), len(second.asked)] == [2, 1]


def _crashing(*_: object, **__: object) -> Answers:
    raise ZeroDivisionError


def _silent(*_: object, **__: object) -> Answers:
    return []


def _broken_query(proposed: Sequence[ledger.Proposed], **_: object) -> Answers:
    db.rows(sql="SELECT 1 / 0")
    return [None for _ in proposed]


@pytest.mark.parametrize("guard", [_crashing, _silent, _broken_query])
def test_a_guard_that_cannot_decide_lets_nothing_by_and_is_told(
    on_guard: OnGuard, bank: ledger.AccountId, customer: ledger.AccountId, guard: ledger.Guard
) -> None:
    on_guard(guard)
    one = transfer(customer, bank, 1)
    with capture_logs() as lines, pytest.raises(ledger.GuardFailed) as refusal:
        post(one)
    with pytest.raises(ledger.GuardFailed):
        ledger.post_each(actor=ACTOR, now=NOW, postings=[one])
    assert balance(customer) == 1_000  # and the transaction around it goes on
    assert refusal.value.status == 503  # asking again may help
    assert [(line["guard"], line["code"]) for line in lines] == [("test.0", "ledger/guard-failed")]


def test_a_name_is_registered_once(on_guard: OnGuard) -> None:
    watch = Watch()
    on_guard(watch)
    ledger.register_guard(watch, name="test.0")  # ready() may run twice
    with pytest.raises(ValueError, match=r"test\.0"):
        ledger.register_guard(Watch(), name="test.0")


def test_a_guard_of_velocity_counts_within_a_batch(
    on_guard: OnGuard, bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    """The batch comes whole and in its order, so that a guard can count on."""

    def two_an_hour(proposed: Sequence[ledger.Proposed], **_: object) -> Answers:
        slow_down = ledger.Refusal("monitoring/velocity", "two an hour")
        return [slow_down if place >= 2 else None for place, _ in enumerate(proposed)]

    on_guard(two_an_hour)
    postings = [transfer(customer, bank, 1) for _ in range(3)]
    found = ledger.post_each(actor=ACTOR, now=NOW, postings=postings)
    assert [one.reason for one in found if isinstance(one, ledger.Refused)] == [
        "monitoring/velocity"
    ]


def test_over_http_a_refusal_carries_the_reason_alone_and_in_a_batch(
    on_guard: OnGuard, caller: Caller, bank: ledger.AccountId, customer: ledger.AccountId
) -> None:
    def refusing(proposed: Sequence[ledger.Proposed], **_: object) -> Answers:
        return [FROZEN for _ in proposed]

    on_guard(refusing)
    client = caller("ledger:write")
    sides = {"debit_account_id": customer, "credit_account_id": bank}
    body = {name: encode("acct", value, region="eu") for name, value in sides.items()}
    body |= {"amount": {"amount": 1, "currency": "EUR"}}  # type: ignore[dict-item]
    key = {"Idempotency-Key": "k"}
    answer = client.post("/v1/ledger/transfers", body, "application/json", headers=key)
    told = answer.json()
    assert (answer.status_code, told["code"], told["reason"]) == (
        422, "ledger/refused-by-guard", FROZEN.code,
    )  # fmt: skip
    batch = {"mode": "each", "transfers": [body | {"reference": "r"}]}
    answer = client.post("/v1/ledger/batches", batch, "application/json", headers=key)
    (line,) = answer.json()["results"]
    assert (line["status"], line["code"], line["reason"]) == (
        "refused", "ledger/refused-by-guard", FROZEN.code,
    )  # fmt: skip


class Slow:
    """A guard that reads, under a lock, whether a row of another house is active; it takes long."""

    def __init__(self, row: ApiClient) -> None:
        self.row, self.has_read, self.may_go = row, Event(), Event()

    def __call__(self, proposed: Sequence[ledger.Proposed], **_: object) -> Answers:
        (row,) = db.in_order(ApiClient.objects.all(), [self.row.pk])
        self.has_read.set()
        self.may_go.wait(5)
        return [None if row.active else FROZEN for _ in proposed]

    def freeze(self, account_id: ledger.AccountId) -> int:
        """Return what was booked on the account when the row was inactive."""
        try:
            ApiClient.objects.filter(pk=self.row.pk).update(active=False)
            return balance(account_id)
        finally:
            connection.close()


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_a_guard_that_locks_what_it_reads_lets_nothing_by_after_a_freeze_was_told(
    on_guard: OnGuard, caller: Caller, bank: ledger.AccountId
) -> None:
    """The freeze waits for the booking that has read "active"; whoever reads later sees it."""
    caller("ledger:read")
    customer = open_account()
    slow = Slow(ApiClient.objects.get())
    on_guard(slow)

    def book() -> ledger.Posted:
        try:
            return post(transfer(bank, customer, 1))[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        booking = pool.submit(book)
        assert slow.has_read.wait(5)
        freezing = pool.submit(slow.freeze, customer)
        slow.may_go.set()
        assert not booking.result().replayed
        assert freezing.result() == 1  # it came after the booking
    with refused(ledger.RefusedByGuard):
        post(transfer(bank, customer, 1))
