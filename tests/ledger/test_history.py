"""Balances in time: by when things took effect, by when we knew of them, and by both."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.ledger import public as ledger
from apps.ledger.models import RollUp
from apps.ledger.tasks import roll_up
from apps.platform import ids
from apps.platform.ids import new_id
from apps.platform.money import Money

from .books import ACTOR, NOW, open_account, post, refused, transfer
from .conftest import Caller

pytestmark = pytest.mark.django_db
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _move(
    debit: ledger.AccountId,
    credit: ledger.AccountId,
    minor: int,
    *,
    effective_at: datetime,
    recorded_at: datetime,
) -> None:
    transaction_id = ledger.TransactionId(new_id())
    posting = ledger.transfer(
        transaction_id=transaction_id,
        debit_account_id=debit,
        credit_account_id=credit,
        amount=Money(minor, "EUR"),
        effective_at=effective_at,
        source="test",
        reference=str(transaction_id),
    )
    ledger.post(actor=ACTOR, now=recorded_at, posting=posting)


def _roll_up() -> None:
    ledger.roll_up(actor=ACTOR, now=NOW)


def _at(
    account_id: ledger.AccountId, as_of: datetime | None = None, known_at: datetime | None = None
) -> int:
    return ledger.balance_at(account_id=account_id, as_of=as_of, known_at=known_at).posted_minor


@pytest.mark.parametrize("rolled", [False, True])
def test_a_backdated_posting_changes_what_was_and_not_what_was_known(rolled: bool) -> None:
    bank, customer = open_account(kind="asset"), open_account()
    monday, tuesday, friday = BEGIN, BEGIN + 24 * HOUR, BEGIN + 96 * HOUR
    _move(bank, customer, 100, effective_at=monday, recorded_at=monday)
    _move(bank, customer, 5, effective_at=tuesday, recorded_at=friday)
    if rolled:
        _roll_up()
    wednesday = BEGIN + 48 * HOUR
    assert _at(customer, as_of=wednesday) == 105
    assert _at(customer, known_at=wednesday) == 100
    assert _at(customer, as_of=wednesday, known_at=wednesday) == 100
    assert _at(customer, as_of=monday, known_at=friday) == 100
    assert _at(customer, as_of=monday - HOUR) == 0
    assert (_at(customer), _at(bank)) == (105, 105)


moves = st.lists(
    st.tuples(st.integers(-50, 50).filter(bool), st.integers(0, 99), st.integers(0, 99)),
    max_size=12,
)


@settings(deadline=None)
@given(moves, st.integers(0, 12), st.integers(0, 12), st.data())
def test_it_is_the_sum_of_what_took_effect_and_was_known_however_much_was_rolled_up(
    drawn: list[tuple[int, int, int]], first: int, second: int, data: st.DataObject
) -> None:
    bank, customer = open_account(kind="asset"), open_account()
    facts = []
    for place, (minor, one, other) in enumerate(drawn):
        if place in {first, second}:
            _roll_up()
        effective, recorded = (BEGIN + hours * HOUR for hours in sorted((one, other)))
        debit, credit = (bank, customer) if minor > 0 else (customer, bank)
        _move(debit, credit, abs(minor), effective_at=effective, recorded_at=recorded)
        facts.append((minor, effective, recorded))
    bounds = st.none() | st.integers(-1, 100).map(lambda hours: BEGIN + hours * HOUR)
    for _ in range(4):
        as_of, known_at = data.draw(bounds), data.draw(bounds)
        expected = sum(
            minor
            for minor, effective, recorded in facts
            if (as_of is None or effective <= as_of) and (known_at is None or recorded <= known_at)
        )
        assert _at(customer, as_of, known_at) == _at(bank, as_of, known_at) == expected


def test_a_run_goes_on_where_the_last_one_ended_and_a_second_adds_nothing() -> None:
    bank, customer = open_account(kind="asset"), open_account()
    post(transfer(bank, customer, 5))
    for _ in range(2):
        roll_up()
    assert RollUp.objects.count() == 2
    post(transfer(bank, customer, 7))
    roll_up()
    found = RollUp.objects.filter(account__public_id=customer).order_by("first_version")
    assert [(one.first_version, int(one.credit_minor)) for one in found] == [(1, 5), (2, 7)]


def test_a_busy_account_is_added_up_in_steps() -> None:
    bank, customer = open_account(kind="asset"), open_account()
    post(*(transfer(bank, customer, 1) for _ in range(1000)))
    post(*(transfer(bank, customer, 1) for _ in range(500)))
    _roll_up()
    rows = RollUp.objects.filter(account__public_id=customer).order_by("first_version")
    assert [(row.first_version, row.last_version) for row in rows] == [(1, 1000), (1001, 1500)]
    assert [finding for finding in ledger.verify() if finding.offenders] == []


def test_what_is_not_there_is_not_found() -> None:
    with refused(ledger.AccountNotFound):
        ledger.balance_at(account_id=ledger.AccountId(new_id()))


# --- raw SQL

COPY = """
    INSERT INTO ledger_roll_up (account_id, effective_on, recorded_on, first_version, last_version,
                                entries, debit_minor, credit_minor)
    SELECT account_id, effective_on, recorded_on, {first}, {last}, {entries}, {debit}, credit_minor
    FROM ledger_roll_up WHERE debit_minor > 0
"""


@pytest.fixture
def rolled() -> None:
    """Two entries an account of which one is rolled up."""
    bank, customer = open_account(kind="asset"), open_account()
    post(transfer(bank, customer, 5))
    _roll_up()
    post(transfer(bank, customer, 7))
    post(transfer(bank, customer, 9))


def _refused(raw: psycopg.Connection, sql: str) -> str:
    with pytest.raises(psycopg.Error) as refusal:
        raw.execute(sql.encode())
    raw.rollback()
    return refusal.value.sqlstate or ""


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("rolled")
@pytest.mark.parametrize(
    "sql",
    [
        COPY.format(first=2, last=2, entries=1, debit=7),
        "UPDATE ledger_roll_up SET entries = 2",
        "DELETE FROM ledger_roll_up",
        "TRUNCATE ledger_roll_up",
    ],
)
def test_the_app_role_is_denied(app_connection: psycopg.Connection, sql: str) -> None:
    assert _refused(app_connection, sql) == "42501"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("rolled")
@pytest.mark.parametrize(
    ("sql", "state"),
    [
        ("UPDATE ledger_roll_up SET entries = entries", "23000"),
        ("DELETE FROM ledger_roll_up", "23000"),
        ("TRUNCATE ledger_roll_up", "23000"),
        (COPY.format(first=1, last=1, entries=1, debit=5), "23505"),  # twice
        (COPY.format(first=2, last=2, entries=1, debit=8), "23514"),  # not their sum
        (COPY.format(first=2, last=3, entries=1, debit=16), "23514"),  # not their number
        (COPY.format(first=3, last=3, entries=1, debit=9), "23514"),  # one is left out
        (COPY.format(first=2, last=1, entries=1, debit=7), "23514"),
    ],
)
def test_the_owner_is_refused(owner_connection: psycopg.Connection, sql: str, state: str) -> None:
    assert _refused(owner_connection, sql) == state


# --- over HTTP


@pytest.mark.django_db(transaction=True)
def test_a_balance_is_asked_of_a_day_of_a_moment_and_of_what_was_known(caller: Caller) -> None:
    bank, customer = open_account(kind="asset"), open_account(floor=-10)
    _move(bank, customer, 100, effective_at=BEGIN, recorded_at=BEGIN)
    late = BEGIN + 48 * HOUR
    _move(bank, customer, 5, effective_at=BEGIN + HOUR, recorded_at=late)
    url = f"/v1/ledger/accounts/{ids.encode('acct', customer, region='eu')}/balance"
    client = caller("ledger:read")
    for query, posted, version in (
        ("as_of=2026-01-01", 105, 2),
        ("as_of=2026-01-01T00:30:00Z", 100, 1),
        ("known_at=2026-01-02", 100, 1),
        ("as_of=2026-01-01&known_at=2026-01-02", 100, 1),
        ("as_of=2025-12-31", 0, 0),
    ):
        told = client.get(f"{url}?{query}").json()
        found = [told[name] for name in ("posted", "held", "pending", "available", "version")]
        assert found == [posted, 0, posted, posted + 10, version], query
    now = client.get(url).json()
    assert (now["posted"], now["available"], now["version"]) == (105, 115, 2)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("query", ["as_of=yesterday", "known_at=2026-02-30", "as_of="])
def test_a_time_that_is_none_is_malformed(caller: Caller, query: str) -> None:
    account = ids.encode("acct", open_account(), region="eu")
    answer = caller("ledger:read").get(f"/v1/ledger/accounts/{account}/balance?{query}")
    assert answer.status_code == 400
    name = query.partition("=")[0]
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [f"/{name}"]
