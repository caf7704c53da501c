"""The posting function called with what the service would never send."""

import json
from typing import Any
from uuid import UUID

import psycopg
import pytest

from apps.ledger import public as ledger
from apps.ledger.models import Entry, Transaction
from apps.platform.ids import new_id

from .books import balance, open_account, post, refused, transfer

pytestmark = pytest.mark.django_db(transaction=True)
Row = dict[str, Any]
CALL = "SELECT * FROM ledger_post(%s, %s, now(), 'system', 'test', '', 'x', '{}')"
REFUSED, TWIN, OUT_OF_RANGE = "PB001", "23505", "22003"
NOT_A_NUMBER, CHECK, NULL = "22P02", "23514", "23502"


def _posting(**other: Any) -> Row:
    number = str(new_id())
    return {
        "id": number,
        "kind": "raw",
        "source": "raw",
        "reference": number,
        "fingerprint": "f",
        "effective_at": "2026-01-01T00:00:00Z",
        "currency": "EUR",
        "event": None,
    } | other


def _legs(debit: UUID, credit: UUID, amount: object = 5, n: int | None = 1) -> list[Row]:
    return [
        {"n": n, "account": str(debit), "debit": amount, "credit": 0},
        {"n": n, "account": str(credit), "debit": 0, "credit": amount},
    ]


def _refused(raw: psycopg.Connection, postings: list[Row], legs: list[Row]) -> str:
    with pytest.raises(psycopg.Error) as refusal:
        raw.execute(CALL, (json.dumps(postings), json.dumps(legs)))
    return refusal.value.sqlstate or ""


@pytest.fixture
def accounts() -> tuple[UUID, UUID]:
    """A bank's account and a customer's."""
    return open_account(kind="asset"), open_account()


def test_one_posting_twice_in_a_batch_never_moves_money_twice() -> None:
    bank, customer = open_account(kind="asset"), open_account()
    one = transfer(bank, customer, 100)
    assert [done.replayed for done in post(one, one)] == [False, True]
    assert [done.replayed for done in post(one, one)] == [True, True]
    assert (balance(customer), Entry.objects.count()) == (100, 2)


def test_a_reference_with_two_contents_in_a_batch_is_refused() -> None:
    bank, customer = open_account(kind="asset"), open_account()
    with refused(ledger.ReferenceReused):
        post(*(transfer(bank, customer, minor, reference="r") for minor in (1, 2)))
    assert balance(customer) == 0


def test_a_transaction_id_with_two_contents_in_a_batch_is_refused(
    app_connection: psycopg.Connection, accounts: tuple[UUID, UUID]
) -> None:
    one = _posting()
    legs = [*_legs(*accounts), *_legs(*accounts, amount=7, n=2)]
    assert _refused(app_connection, [one, one | {"fingerprint": "g"}], legs) == REFUSED
    app_connection.rollback()
    assert _refused(app_connection, [one, one | {"reference": "other"}], legs) == TWIN


def test_a_replay_never_lends_its_legs_to_another_header_of_its_id(
    app_connection: psycopg.Connection, accounts: tuple[UUID, UUID]
) -> None:
    old = _posting(reference="old")
    app_connection.execute(CALL, (json.dumps([old]), json.dumps(_legs(*accounts))))
    number = str(new_id())
    replay, new = old | {"id": number}, _posting(id=number, reference="new")
    legs = [*_legs(*accounts), *_legs(*accounts, amount=7, n=2)]
    found = app_connection.execute(CALL, (json.dumps([replay, new]), json.dumps(legs))).fetchall()
    app_connection.commit()
    assert found == [(UUID(str(old["id"])), True), (UUID(number), False)]
    assert balance(ledger.AccountId(accounts[1])) == 5 + 7


def test_a_taken_transaction_id_takes_no_legs_under_another_reference(
    app_connection: psycopg.Connection, accounts: tuple[UUID, UUID]
) -> None:
    one = _posting()
    app_connection.execute(CALL, (json.dumps([one]), json.dumps(_legs(*accounts))))
    assert _refused(app_connection, [one | {"reference": "other"}], _legs(*accounts)) == TWIN


def test_a_header_without_legs_or_with_one_is_refused(
    app_connection: psycopg.Connection, accounts: tuple[UUID, UUID]
) -> None:
    one, bare = _posting(), _posting()
    assert _refused(app_connection, [bare], []) == REFUSED
    app_connection.rollback()
    assert _refused(app_connection, [one, bare], _legs(*accounts)) == REFUSED
    app_connection.rollback()
    assert _refused(app_connection, [one], _legs(*accounts)[:1]) == REFUSED


@pytest.mark.parametrize("place", [0, 2, None])
def test_legs_of_no_posting_are_refused(
    app_connection: psycopg.Connection, accounts: tuple[UUID, UUID], place: int | None
) -> None:
    legs = [*_legs(*accounts), *_legs(*accounts, n=place)]
    assert _refused(app_connection, [_posting()], legs) == REFUSED


@pytest.mark.parametrize(
    ("amount", "state"),
    [
        (2**63, OUT_OF_RANGE),
        (10**40, OUT_OF_RANGE),
        (1.5, NOT_A_NUMBER),
        ("NaN", NOT_A_NUMBER),
        (0, CHECK),
        (-5, CHECK),
        (None, NULL),
    ],
)
def test_an_amount_that_is_none_is_refused(
    app_connection: psycopg.Connection, accounts: tuple[UUID, UUID], amount: object, state: str
) -> None:
    one = _posting()
    assert _refused(app_connection, [one], _legs(*accounts, amount=amount)) == state


def test_what_a_savepoint_undoes_is_undone_whole(
    app_connection: psycopg.Connection, accounts: tuple[UUID, UUID]
) -> None:
    one = _posting()
    call = (json.dumps([one]), json.dumps(_legs(*accounts)))
    app_connection.execute("SAVEPOINT before")
    app_connection.execute(CALL, call)
    app_connection.execute("ROLLBACK TO SAVEPOINT before")
    app_connection.execute(CALL, call)
    app_connection.commit()
    found = (balance(ledger.AccountId(accounts[1])), Transaction.objects.count())
    assert (*found, Entry.objects.count()) == (5, 1, 2)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TEMP TABLE ledger_account (id int)",
        "CREATE TEMP VIEW ledger_account AS SELECT 1",
        "CREATE FUNCTION public.audit_record() RETURNS int LANGUAGE sql RETURN 1",
        "CREATE OPERATOR public.= (LEFTARG = uuid, RIGHTARG = uuid, FUNCTION = uuid_eq)",
        "CREATE SCHEMA mine",
        "SET ROLE probity_owner",
        "SELECT ledger_refuse('x', 'y')",
    ],
)
def test_the_app_role_can_put_nothing_in_the_functions_way(
    app_connection: psycopg.Connection, sql: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app_connection.execute(sql)
