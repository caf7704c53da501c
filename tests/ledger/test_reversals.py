"""Reversals: what was booked is undone by another transaction, whole or in parts, never edited."""

from dataclasses import replace

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from apps.ledger import public as ledger
from apps.ledger import rules
from apps.platform.actors import Actor
from apps.platform.audit.models import Event as AuditEvent
from apps.platform.ids import new_id
from apps.platform.outbox.models import Event as OutboxEvent

from .books import ACTOR, NOW, balance, hold, open_account, post, refused, refused_raw, transfer

pytestmark = pytest.mark.django_db
SECOND = Actor(kind="staff", key="7")


def reversal(
    transaction_id: ledger.TransactionId,
    *parts: ledger.Part,
    reference: str | None = None,
    reason: str = "booked twice",
) -> ledger.Reversal:
    """Return the wish to reverse: whole unless parts are given."""
    return ledger.Reversal(
        reversed_id=transaction_id,
        transaction_id=ledger.TransactionId(new_id()),
        reason=reason,
        effective_at=NOW,
        source="test",
        reference=reference or str(new_id()),
        parts=parts or None,
    )


def reverse(wanted: ledger.Reversal, *, approver: Actor | None = None) -> ledger.Posted:
    """Reverse."""
    return ledger.reverse(actor=ACTOR, now=NOW, reversal=wanted, approver=approver)


@pytest.fixture
def booked() -> ledger.TransactionView:
    """100 from a bank's account to a customer's with a floor of zero."""
    bank, customer = open_account(kind="asset"), open_account(floor=0)
    posting = transfer(bank, customer, 100)
    post(posting)
    return ledger.transaction(transaction_id=posting.transaction_id)


def _parts(found: ledger.TransactionView, minor: int) -> tuple[ledger.Part, ...]:
    return tuple(ledger.Part(leg.account_id, leg.version, minor) for leg in found.legs)


def _left(found: ledger.TransactionView) -> list[int]:
    return [balance(leg.account_id) for leg in found.legs]


def test_a_whole_reversal_undoes_every_leg_and_is_linked_both_ways(
    booked: ledger.TransactionView,
) -> None:
    done = reverse(reversal(booked.transaction_id))
    assert _left(booked) == [0, 0]
    undoing = ledger.transaction(transaction_id=done.transaction_id)
    undone = ledger.transaction(transaction_id=booked.transaction_id)
    assert undoing.kind == "reversal"
    assert undoing.reverses is not None
    assert undoing.reverses.reversed_id == booked.transaction_id
    assert [link.transaction_id for link in undone.reversed_by] == [done.transaction_id]
    assert (undone.reversed_by[0].whole, undone.reversed_by[0].reason) == (True, "booked twice")
    assert undone.legs == booked.legs


def test_nothing_is_reversed_twice(booked: ledger.TransactionView) -> None:
    reverse(reversal(booked.transaction_id))
    with refused(ledger.AlreadyReversed):
        reverse(reversal(booked.transaction_id))
    with refused(ledger.AlreadyReversed):
        reverse(reversal(booked.transaction_id, *_parts(booked, 1)))


def test_parts_never_exceed_their_leg(booked: ledger.TransactionView) -> None:
    reverse(reversal(booked.transaction_id, *_parts(booked, 60)))
    assert _left(booked) == [40, 40]
    for wanted in (_parts(booked, 41), ()):
        with refused(ledger.AlreadyReversed):
            reverse(reversal(booked.transaction_id, *wanted))
    reverse(reversal(booked.transaction_id, *_parts(booked, 40)))
    assert _left(booked) == [0, 0]


def test_some_lines_of_a_journal_are_reversed_when_they_balance() -> None:
    bank, one, other = open_account(kind="asset"), open_account(), open_account()
    posting = replace(
        transfer(bank, one, 1),
        legs=(
            ledger.Leg(bank, debit=5),
            ledger.Leg(one, credit=3),
            ledger.Leg(other, credit=2),
        ),
    )
    post(posting)
    parts = (ledger.Part(bank, 1, 2), ledger.Part(other, 1, 2))
    reverse(reversal(posting.transaction_id, *parts))
    assert [balance(account) for account in (bank, one, other)] == [3, 3, 0]
    with refused(ledger.Unbalanced):
        reverse(reversal(posting.transaction_id, ledger.Part(bank, 1, 2), ledger.Part(one, 1, 1)))


def test_a_part_is_of_a_leg_of_the_transaction(booked: ledger.TransactionView) -> None:
    first, second = _parts(booked, 5)
    for bad in (
        replace(second, version=9),
        replace(second, account_id=ledger.AccountId(new_id())),
        replace(second, minor=0),
        replace(second, minor=101),
        first,
    ):
        with refused(ledger.MalformedPosting):
            reverse(reversal(booked.transaction_id, first, bad))


def test_a_reversal_says_why(booked: ledger.TransactionView) -> None:
    with refused(ledger.ReasonMissing):
        reverse(reversal(booked.transaction_id, reason="  "))


def test_a_large_reversal_takes_a_second_person(booked: ledger.TransactionView) -> None:
    legs = booked.legs
    post(transfer(legs[0].account_id, legs[1].account_id, 1_000_001, reference="large"))
    large = ledger.entries(account_id=legs[0].account_id, after_version=None, limit=1)[0]
    wanted = reversal(large.transaction_id)
    for approver in (None, ACTOR, replace(ACTOR, roles=frozenset({"x"}))):
        with refused(ledger.SecondPersonNeeded):
            reverse(wanted, approver=approver)
    reverse(wanted, approver=SECOND)
    audited = AuditEvent.objects.get(action="ledger.transaction.reverse")
    assert audited.detail["approver"] == "staff:7"


def test_a_reversal_is_one_more_booking_and_so_asks_for_the_money(
    booked: ledger.TransactionView,
) -> None:
    hold(booked.legs[1].account_id, 1)
    with refused(ledger.InsufficientFunds):
        reverse(reversal(booked.transaction_id))


def test_a_reversal_may_be_reversed(booked: ledger.TransactionView) -> None:
    done = reverse(reversal(booked.transaction_id))
    reverse(reversal(done.transaction_id))
    assert _left(booked) == [100, 100]


def test_a_repeat_reverses_once_and_another_content_is_refused(
    booked: ledger.TransactionView,
) -> None:
    first = reverse(reversal(booked.transaction_id, reference="r"))
    again = reverse(reversal(booked.transaction_id, reference="r"))
    assert again == ledger.Posted(first.transaction_id, replayed=True)
    assert _left(booked) == [0, 0]
    with refused(ledger.ReferenceReused):
        reverse(reversal(booked.transaction_id, *_parts(booked, 1), reference="r"))


def test_what_is_not_there_is_not_found() -> None:
    with refused(ledger.TransactionNotFound):
        reverse(reversal(ledger.TransactionId(new_id())))


def test_a_reversal_writes_in_one_round_trip_and_is_told(booked: ledger.TransactionView) -> None:
    with CaptureQueriesContext(connection) as queries:
        done = reverse(reversal(booked.transaction_id))
    assert len([query for query in queries if "ledger_reverse(" in query["sql"]]) == 1
    assert len(queries) == 3  # two to read the transaction with its legs
    told = OutboxEvent.objects.get(name="ledger.transaction.reversed.v1")
    assert told.payload == {
        "reversed_id": str(booked.transaction_id),
        "transaction_id": str(done.transaction_id),
    }


legs = st.lists(
    st.tuples(st.integers(1, 10**12), st.booleans(), st.sampled_from(["EUR", "JPY"])),
    min_size=1,
    max_size=8,
)


@given(legs)
def test_the_legs_of_a_whole_reversal_are_the_legs_with_sides_swapped(
    drawn: list[tuple[int, bool, str]],
) -> None:
    booked = [
        ledger.EntryView(
            transaction_id=ledger.TransactionId(new_id()),
            account_id=ledger.AccountId(new_id()),
            holder_id=None,
            version=1,
            debit_minor=minor if is_debit else 0,
            credit_minor=0 if is_debit else minor,
            currency=currency,
            balance_after_minor=0,
            effective_at=NOW,
            recorded_at=NOW,
        )
        for minor, is_debit, currency in drawn
    ]
    undone, parts = rules.reversal_legs(booked, parts=None)
    assert [(leg.account_id, leg.credit, leg.debit, leg.currency) for leg in undone] == [
        (leg.account_id, leg.debit_minor, leg.credit_minor, leg.currency) for leg in booked
    ]
    assert [part.minor for part in parts] == [minor for minor, _, _ in drawn]
    assert rules.reversal_legs(booked, parts=parts) == (undone, parts)


# --- raw SQL

DENIED, REFUSED, CHECK, TWIN = "42501", "23000", "23514", "23505"
LINK = """
    INSERT INTO ledger_reversal (transaction_id, reversed_id, whole, reason, recorded_at)
    SELECT {transaction}, {reversed}, {whole}, '{reason}', now() FROM ledger_reversal
"""
PART = """
    INSERT INTO ledger_reversal_part (reversal_id, entry_id, amount_minor)
    SELECT reversal_id, {entry}, {minor} FROM ledger_reversal_part LIMIT 1
"""
THIRD = "(SELECT id FROM ledger_transaction WHERE reference = 'third')"


def _link(**other: object) -> str:
    usual = {"transaction": THIRD, "reversed": "reversed_id", "whole": False, "reason": "x"}
    return LINK.format(**(usual | other))


@pytest.fixture
def linked() -> None:
    """A transaction that is reversed in part, and a third that is neither."""
    bank, customer = open_account(kind="asset"), open_account()
    posting = transfer(bank, customer, 100)
    post(posting)
    reverse(
        reversal(posting.transaction_id, ledger.Part(bank, 1, 60), ledger.Part(customer, 1, 60))
    )
    post(transfer(bank, customer, 5, reference="third"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("linked")
@pytest.mark.parametrize(
    "sql",
    [
        _link(),
        PART.format(entry="entry_id", minor=1),
        *(
            f"{verb} {table}{what}"
            for table in ("ledger_reversal", "ledger_reversal_part")
            for verb, what in (("DELETE FROM", ""), ("TRUNCATE", " CASCADE"))
        ),
        "UPDATE ledger_reversal SET whole = true",
    ],
)
def test_the_app_role_is_denied(app_connection: psycopg.Connection, sql: str) -> None:
    assert refused_raw(app_connection, sql) == DENIED


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("linked")
@pytest.mark.parametrize(
    ("sql", "state"),
    [
        ("UPDATE ledger_reversal SET reason = reason", REFUSED),
        ("DELETE FROM ledger_reversal", REFUSED),
        ("TRUNCATE ledger_reversal CASCADE", REFUSED),
        ("UPDATE ledger_reversal_part SET amount_minor = 1", REFUSED),
        ("DELETE FROM ledger_reversal_part", REFUSED),
        ("TRUNCATE ledger_reversal_part", REFUSED),
        (_link(), CHECK),  # a link without parts
        (_link(reason="  "), CHECK),
        (_link(transaction="reversed_id"), CHECK),
        (_link(transaction="transaction_id"), TWIN),
        (_link(whole=True), CHECK),
        (PART.format(entry="entry_id", minor=1), TWIN),  # a leg twice
        (PART.format(entry="(SELECT max(id) FROM ledger_entry)", minor=1), CHECK),  # too late
        (PART.format(entry="entry_id", minor=0), CHECK),
    ],
)
def test_the_owner_is_refused(owner_connection: psycopg.Connection, sql: str, state: str) -> None:
    assert refused_raw(owner_connection, sql) == state
