"""Holds: money that stays on its account and may not be spent."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.ledger import public as ledger
from apps.ledger.tasks import expire_holds
from apps.platform.audit.models import Event as AuditEvent
from apps.platform.ids import new_id
from apps.platform.outbox.models import Event as OutboxEvent

from .books import (
    ACTOR,
    LATER,
    NOW,
    Pair,
    available,
    balance,
    capture,
    extend,
    hold,
    open_account,
    post,
    refused,
    transfer,
    void,
)

pytestmark = pytest.mark.django_db


def _status(hold_id: ledger.HoldId) -> tuple[str, int]:
    found = ledger.hold(hold_id=hold_id, at=NOW)
    return found.status, found.left_minor


def test_held_money_stays_and_may_not_be_spent(pair: Pair) -> None:
    bank, customer = pair
    hold(customer, 60)
    assert (balance(customer), available(customer)) == (100, 40)
    with refused(ledger.InsufficientFunds):
        post(transfer(customer, bank, 41))
    post(transfer(customer, bank, 40))
    assert available(customer) == 0


def test_no_more_is_held_than_there_is(pair: Pair) -> None:
    hold(pair[1], 60)
    with refused(ledger.InsufficientFunds):
        hold(pair[1], 41)
    hold(pair[1], 40)


def test_within_a_batch_money_that_comes_first_is_money_that_there_is(pair: Pair) -> None:
    bank, customer = pair
    hold(customer, 100)
    with refused(ledger.InsufficientFunds):
        post(transfer(customer, bank, 5), transfer(bank, customer, 5))
    post(transfer(bank, customer, 5), transfer(customer, bank, 5))


def test_a_hold_on_an_asset_keeps_its_debit_side() -> None:
    bank, customer = open_account(kind="asset", floor=0), open_account()
    post(transfer(bank, customer, 100))
    held = hold(bank, 100)
    with refused(ledger.InsufficientFunds):
        post(transfer(customer, bank, 1))
    assert capture(held, customer).amount_minor == 100
    assert (balance(bank), balance(customer)) == (0, 0)


def test_an_account_without_a_floor_takes_any_hold() -> None:
    account = open_account()
    hold(account, 10**12)
    assert available(account) is None
    assert ledger.balance(account_id=account, at=NOW).held_minor == 10**12


def test_a_whole_capture_moves_the_money_and_ends_the_hold(pair: Pair) -> None:
    bank, customer = pair
    held = hold(customer, 60)
    done = capture(held, bank)
    assert (balance(customer), available(customer)) == (40, 40)
    assert _status(held) == ("captured", 0)
    booked = ledger.transaction(transaction_id=done.transaction_id)
    assert (booked.kind, booked.legs[0].account_id, booked.legs[0].debit_minor) == (
        "capture",
        customer,
        60,
    )
    with refused(ledger.HoldEnded):
        capture(held, bank, 1)
    with refused(ledger.HoldEnded):
        void(held)


def test_several_captures_take_it_part_by_part(pair: Pair) -> None:
    bank, customer = pair
    held = hold(customer, 60)
    capture(held, bank, 10)
    capture(held, bank, 20)
    assert (balance(customer), available(customer)) == (70, 40)
    assert _status(held) == ("open", 30)
    capture(held, bank)
    found = ledger.hold(hold_id=held, at=NOW)
    assert [part.amount_minor for part in found.captures] == [10, 20, 30]
    assert found.status == "captured"


def test_a_final_part_frees_the_rest(pair: Pair) -> None:
    bank, customer = pair
    held = hold(customer, 60)
    capture(held, bank, 10, final=True)
    assert _status(held) == ("captured", 0)
    assert (balance(customer), available(customer)) == (90, 90)


def test_more_than_is_held_is_taken_only_where_the_account_allows_and_has_it(pair: Pair) -> None:
    bank, customer = pair
    held = hold(customer, 60)
    with refused(ledger.CaptureExceedsHold):
        capture(held, bank, 61)
    generous = open_account(floor=0, over_capture=True)
    post(transfer(bank, generous, 100))
    tipped, other = hold(generous, 60), hold(generous, 20)
    with refused(ledger.InsufficientFunds):
        capture(tipped, bank, 81)
    capture(tipped, bank, 80)
    assert (balance(generous), available(generous)) == (20, 0)
    assert _status(other) == ("open", 20)


def test_a_void_frees_what_is_left_once(pair: Pair) -> None:
    bank, customer = pair
    held = hold(customer, 60)
    capture(held, bank, 10)
    assert void(held) == ledger.Held(held, replayed=False)
    assert void(held) == ledger.Held(held, replayed=True)
    assert (_status(held), available(customer)) == (("voided", 0), 90)
    with refused(ledger.HoldEnded):
        void(held, reference="another")


def test_a_hold_past_its_end_blocks_nothing_though_the_job_is_late(pair: Pair) -> None:
    bank, customer = pair
    held = hold(customer, 100, expires_at=NOW + timedelta(seconds=1), now=NOW)
    over = NOW + timedelta(seconds=1)
    assert available(customer, at=over) == 100
    assert ledger.hold(hold_id=held, at=over).status == "expired"
    again = hold(customer, 100, now=over)
    assert ledger.hold(hold_id=again, at=over).status == "open"
    void(again, now=over)
    ledger.post(actor=ACTOR, now=over, posting=transfer(customer, bank, 100))
    assert balance(customer) == 0
    assert ledger.expire_holds(actor=ACTOR, now=over) == 1
    assert ledger.hold(hold_id=held, at=NOW).status == "expired"


@pytest.mark.parametrize(
    "act",
    [
        lambda held, bank, now: capture(held, bank, now=now),
        lambda held, _bank, now: void(held, now=now),
        lambda held, _bank, now: extend(held, LATER + timedelta(days=9), now=now),
    ],
)
def test_nothing_more_is_done_with_a_hold_past_its_end(
    pair: Pair, act: Callable[..., object]
) -> None:
    bank, customer = pair
    held = hold(customer, 60)
    with refused(ledger.HoldLapsed):
        act(held, bank, LATER)
    assert _status(held) == ("open", 60)


def test_an_extension_moves_the_end_later_alone(pair: Pair) -> None:
    held = hold(pair[1], 60)
    later = LATER + timedelta(days=1)
    with refused(ledger.HoldNotExtended):
        extend(held, LATER)
    assert extend(held, later).replayed is False
    assert extend(held, later).replayed is True
    with refused(ledger.ReferenceReused):
        extend(held, later + timedelta(days=1))
    assert ledger.hold(hold_id=held, at=LATER).expires_at == later
    assert available(pair[1], at=LATER) == 40
    assert ledger.expire_holds(actor=ACTOR, now=LATER) == 0
    assert ledger.expire_holds(actor=ACTOR, now=later) == 1
    assert ledger.hold(hold_id=held, at=later).expires_at == later


def test_the_job_closes_what_is_due_once_and_tells(pair: Pair) -> None:
    held, open_still = hold(pair[1], 60), hold(pair[1], 5, expires_at=LATER + timedelta(days=1))
    assert [ledger.expire_holds(actor=ACTOR, now=LATER) for _ in range(2)] == [1, 0]
    told = OutboxEvent.objects.get(name="ledger.hold.expired.v1")
    assert told.payload == {"hold_id": str(held)}
    assert AuditEvent.objects.get(action="ledger.hold.expire").subject == f"hold:{held}"
    assert _status(open_still) == ("open", 5)


def test_the_scheduled_task_closes_what_is_due(pair: Pair) -> None:
    held = hold(pair[1], 60)  # a week from a day that is past
    expire_holds()
    assert _status(held) == ("expired", 0)


def test_a_repeat_holds_once_and_another_content_is_refused(pair: Pair) -> None:
    first = hold(pair[1], 60, reference="r")
    assert hold(pair[1], 60, reference="r") == first
    assert available(pair[1]) == 40
    with refused(ledger.ReferenceReused):
        hold(pair[1], 61, reference="r")


def test_a_repeated_capture_moves_once_even_when_the_hold_has_ended(pair: Pair) -> None:
    bank, customer = pair
    held = hold(customer, 60)
    first = capture(held, bank, reference="r")
    again = capture(held, bank, reference="r")
    assert again == ledger.Captured(first.transaction_id, 60, replayed=True)
    assert balance(customer) == 40
    with refused(ledger.ReferenceReused):
        capture(held, bank, 59, reference="r")


def test_a_capture_never_takes_the_reference_of_a_transfer(pair: Pair) -> None:
    bank, customer = pair
    post(transfer(bank, customer, 1, reference="r"))
    held = hold(customer, 60)
    with refused(ledger.ReferenceReused):
        capture(held, bank, reference="r")
    assert _status(held) == ("open", 60)


def test_each_act_is_one_round_trip_and_leaves_its_events(pair: Pair) -> None:
    bank, customer = pair
    acts: list[Callable[[], object]] = [
        lambda: held.append(hold(customer, 60)),
        lambda: capture(held[0], bank, 10),
        lambda: extend(held[0], LATER + timedelta(days=1)),
        lambda: void(held[0]),
    ]
    held: list[ledger.HoldId] = []
    OutboxEvent.objects.all()
    for act in acts:
        with CaptureQueriesContext(connection) as queries:
            act()
        assert len(queries) == 1
    names = OutboxEvent.objects.order_by("pk").values_list("name", flat=True)
    assert [name for name in names if "hold" in name] == [
        "ledger.hold.placed.v1",
        "ledger.hold.captured.v1",
        "ledger.hold.voided.v1",
    ]
    subject = f"hold:{held[0]}"
    actions = AuditEvent.objects.filter(subject=subject).order_by("pk").values_list("action")
    assert [action for (action,) in actions] == [
        "ledger.hold.place",
        "ledger.hold.capture",
        "ledger.hold.extend",
        "ledger.hold.void",
    ]


@pytest.mark.parametrize("status", ["frozen", "frozen_debit"])
def test_a_frozen_account_is_neither_held_nor_captured_and_may_be_voided(
    pair: Pair, status: ledger.AccountStatus
) -> None:
    bank, customer = pair
    held = hold(customer, 60)
    ledger.set_status(actor=ACTOR, now=NOW, account_id=customer, status=status)
    with refused(ledger.AccountFrozen):
        hold(customer, 1)
    with refused(ledger.AccountFrozen):
        capture(held, bank)
    void(held)
    assert available(customer) == 100


def test_an_account_with_an_open_hold_is_not_closed() -> None:
    account = open_account()
    held = hold(account, 60)
    with refused(ledger.AccountNotEmpty):
        ledger.set_status(actor=ACTOR, now=NOW, account_id=account, status="closed")
    void(held)
    ledger.set_status(actor=ACTOR, now=NOW, account_id=account, status="closed")
    with refused(ledger.AccountClosed):
        hold(account, 1)


def test_what_is_not_there_is_not_found(pair: Pair) -> None:
    nothing = ledger.HoldId(new_id())
    with refused(ledger.HoldNotFound):
        ledger.hold(hold_id=nothing, at=NOW)
    with refused(ledger.HoldNotFound):
        void(nothing)
    with refused(ledger.HoldNotFound):
        extend(nothing, LATER)
    with refused(ledger.HoldNotFound):
        capture(nothing, pair[0])
    with refused(ledger.AccountNotFound):
        ledger.balance(account_id=ledger.AccountId(new_id()), at=NOW)
    with refused(ledger.AccountNotFound):
        hold(ledger.AccountId(new_id()), 1)
    held = hold(pair[1], 1)
    with refused(ledger.AccountNotFound):
        capture(held, ledger.AccountId(new_id()))
    with refused(ledger.SameAccount):
        capture(held, pair[1])


def test_a_hold_and_its_captures_keep_the_accounts_currency(pair: Pair) -> None:
    yen = open_account(currency="JPY")
    with refused(ledger.CurrencyMismatch):
        hold(yen, 1)
    held = hold(pair[1], 1)
    with refused(ledger.CurrencyMismatch):
        capture(held, yen)


def test_the_holds_of_an_account_are_listed_newest_first(pair: Pair) -> None:
    held = [hold(pair[1], minor) for minor in (1, 2, 3)]
    found = ledger.holds(account_id=pair[1], at=NOW, limit=2)
    assert [one.hold_id for one in found] == [held[2], held[1]]
