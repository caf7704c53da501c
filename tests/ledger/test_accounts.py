"""Accounts in the chart, their bounds with a history, and accounts that many write to."""

from datetime import datetime, timedelta

import psycopg
import pytest

from apps.ledger import public as ledger
from apps.ledger.models import Account, AccountBound, Entry
from apps.platform.ids import new_id

from .books import ACTOR, LATER, NOW, hold, open_account, post, refused, transfer

pytestmark = pytest.mark.django_db
RAW = """
    INSERT INTO ledger_account (public_id, code, name, kind, version, opened_at, currency, status,
        posted_minor, slot, slot_of_id)
    SELECT gen_random_uuid(), 'x', 'x', 'asset', 0, now(), {}
"""


def new(**said: object) -> ledger.NewAccount:
    account_id = ledger.AccountId(new_id())
    usual: dict[str, object] = {
        "account_id": account_id,
        "code": str(account_id),
        "name": "an account",
        "kind": "income",
        "currency": "EUR",
    }
    return ledger.NewAccount(**usual | said)  # type: ignore[arg-type]


def opened(**said: object) -> ledger.AccountId:
    account = new(**said)
    return ledger.open_account(actor=ACTOR, now=NOW, account=account).account_id


def bound(
    account_id: ledger.AccountId,
    floor: int | None,
    ceiling: int | None = None,
    *,
    at: datetime = NOW,
) -> bool:
    return ledger.set_bounds(
        actor=ACTOR,
        now=NOW,
        account_id=account_id,
        bounds=ledger.Bounds(floor_minor=floor, ceiling_minor=ceiling, effective_at=at),
    )


# --- bounds


def test_a_credit_limit_lets_an_account_go_below_zero(pair: tuple[ledger.AccountId, ...]) -> None:
    bank, customer = pair
    assert bound(customer, -50)
    post(transfer(customer, bank, 150))
    with refused(ledger.InsufficientFunds):
        post(transfer(customer, bank, 1))


def test_a_ceiling_stops_what_raises_the_account_and_not_what_lowers_it(
    pair: tuple[ledger.AccountId, ...],
) -> None:
    bank, customer = pair
    bound(customer, 0, 120)
    post(transfer(bank, customer, 20))
    with refused(ledger.AboveCeiling):
        post(transfer(bank, customer, 1))
    bound(customer, 0, 90)  # it stands above its ceiling now
    with refused(ledger.AboveCeiling):
        post(transfer(bank, customer, 1))
    post(transfer(customer, bank, 60))


def test_bounds_of_a_later_day_wait_for_it(pair: tuple[ledger.AccountId, ...]) -> None:
    bank, customer = pair
    bound(customer, 40, at=LATER)
    post(transfer(customer, bank, 50))
    late = LATER + timedelta(seconds=1)
    with refused(ledger.InsufficientFunds):
        ledger.post(actor=ACTOR, now=late, posting=transfer(customer, bank, 11))
    with refused(ledger.InsufficientFunds):
        hold(customer, 11, expires_at=late + timedelta(days=1), now=late)
    ledger.post(actor=ACTOR, now=late, posting=transfer(customer, bank, 10))
    row = Account.objects.get(public_id=customer)
    assert (row.floor_minor, row.bounds_due_at) == (40, None)


def test_of_two_bounds_for_one_day_the_later_said_counts(
    pair: tuple[ledger.AccountId, ...],
) -> None:
    bank, customer = pair
    bound(customer, 40, at=LATER)
    bound(customer, -10, at=LATER)
    ledger.post(actor=ACTOR, now=LATER, posting=transfer(customer, bank, 110))
    assert AccountBound.objects.count() == 3  # that of the opening, too


def test_the_same_bounds_again_are_no_change(pair: tuple[ledger.AccountId, ...]) -> None:
    assert not bound(pair[1], 0)


@pytest.mark.parametrize(
    ("floor", "ceiling", "at"), [(5, 4, NOW), (0, None, NOW - timedelta(seconds=1))]
)
def test_bounds_that_cannot_be_are_refused(
    pair: tuple[ledger.AccountId, ...], floor: int, ceiling: int | None, at: datetime
) -> None:
    with refused(ledger.MalformedBounds):
        bound(pair[1], floor, ceiling, at=at)


def test_a_floor_counts_what_is_held_without_reading_holds(
    pair: tuple[ledger.AccountId, ...],
) -> None:
    bank, customer = pair
    hold(customer, 60)
    assert Account.objects.get(public_id=customer).held_minor == 60
    with refused(ledger.InsufficientFunds):
        post(transfer(customer, bank, 41))
    post(transfer(customer, bank, 40))
    ledger.expire_holds(actor=ACTOR, now=LATER + timedelta(days=30))
    assert Account.objects.get(public_id=customer).held_minor == 0


# --- the chart


def test_an_account_stands_below_another_of_its_kind() -> None:
    fees = opened(code="fees")
    opened(code="fees.cards", parent_id=fees)
    with refused(ledger.ParentUnfit):
        opened(kind="asset", parent_id=fees)
    with refused(ledger.AccountNotFound):
        opened(parent_id=ledger.AccountId(new_id()))


@pytest.mark.parametrize(
    "said", [{"floor_minor": 1}, {"ceiling_minor": -1}, {"floor_minor": 0, "ceiling_minor": -1}]
)
def test_an_account_starts_within_its_bounds(said: dict[str, object]) -> None:
    with refused(ledger.MalformedBounds):
        opened(**said)


# --- accounts that many write to


@pytest.mark.parametrize("mode", ["slots", "deferred"])
def test_a_hot_account_takes_each_transaction_in_one_of_its_slots(mode: str) -> None:
    bank, hot = open_account(kind="asset"), opened(mode=mode)
    post(transfer(bank, hot, 1))  # the shortest way
    post(*(transfer(bank, hot, 1) for _ in range(40)))  # column by column
    slots = Account.objects.filter(slot_of__public_id=hot)
    assert slots.count() == 16
    assert sum(slot.posted_minor for slot in slots) == 41
    assert sum(slot.posted_minor > 0 for slot in slots) == 16
    assert ledger.balance(account_id=hot, at=NOW).posted_minor == 41
    assert not [finding for finding in ledger.verify() if finding.offenders]


def test_what_a_deferred_account_gathered_is_folded_onto_it_once() -> None:
    bank, hot = open_account(kind="asset"), opened(mode="deferred")
    post(*(transfer(bank, hot, 10) for _ in range(20)))
    assert ledger.fold(actor=ACTOR, now=NOW) == 16
    assert ledger.fold(actor=ACTOR, now=NOW) == 0
    row = Account.objects.get(public_id=hot)
    assert (row.posted_minor, row.version) == (200, 16)
    assert ledger.balance(account_id=hot, at=NOW).posted_minor == 200
    post(transfer(hot, bank, 300))  # a slot goes below zero: the account has no bounds
    ledger.fold(actor=ACTOR, now=NOW)
    assert Account.objects.get(public_id=hot).posted_minor == -100
    assert not [finding for finding in ledger.verify() if finding.offenders]


def test_an_account_of_slots_is_not_folded() -> None:
    bank, hot = open_account(kind="asset"), opened(mode="slots")
    post(transfer(bank, hot, 10))
    assert ledger.fold(actor=ACTOR, now=NOW) == 0


def test_a_hot_account_has_neither_bounds_nor_holds() -> None:
    hot = opened(mode="slots")
    with refused(ledger.AccountHot):
        bound(hot, 0)
    with refused(ledger.AccountHot):
        hold(hot, 1)
    for said in ({"floor_minor": 0}, {"ceiling_minor": 5}, {"over_capture": True}):
        with refused(ledger.AccountHot):
            opened(mode="slots", **said)


def test_nobody_posts_a_fold_of_their_own() -> None:
    bank, hot = open_account(kind="asset"), opened(mode="deferred")
    posting = transfer(bank, hot, 1)
    forged = ledger.Posting(
        transaction_id=posting.transaction_id,
        legs=posting.legs,
        currency="EUR",
        effective_at=NOW,
        source="test",
        reference="fold",
        kind="fold",
    )
    with refused(ledger.MalformedPosting):
        post(forged)
    assert Entry.objects.count() == 0


# --- what no path gets past


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_account SET floor_minor = -1",
        "UPDATE ledger_account SET ceiling_minor = 1",
        "UPDATE ledger_account SET bounds_due_at = now()",
        "UPDATE ledger_account SET held_minor = 1",
        "UPDATE ledger_account SET posted_minor = posted_minor + 1",
        "UPDATE ledger_account SET mode = 'slots' WHERE mode = 'plain'",
        "UPDATE ledger_account SET kind = 'asset'",
        "UPDATE ledger_account SET parent_id = (SELECT min(id) FROM ledger_account)",
        "UPDATE ledger_account SET slot = 1, slot_of_id = id",
        "UPDATE ledger_account SET status = 'gone'",
        "UPDATE ledger_account_bound SET floor_minor = 1",
        "DELETE FROM ledger_account_bound",
        "TRUNCATE ledger_account_bound",
        RAW.format("'eur', 'open', 0, NULL, NULL"),
        RAW.format("'EUR', 'open', 5, NULL, NULL"),
        RAW.format("'EUR', 'closing', 0, NULL, NULL"),
        RAW.format("'EUR', 'open', 0, 99, (SELECT id FROM ledger_account WHERE mode = 'slots')"),
    ],
)
def test_the_owner_is_refused(owner_connection: psycopg.Connection, sql: str) -> None:
    hot = opened(mode="slots")
    limited = open_account(floor=0)
    bound(limited, -5)
    assert hot != limited
    with pytest.raises(psycopg.errors.IntegrityError):
        owner_connection.execute(sql)
    owner_connection.rollback()
