"""Sums of runs of entries: right for times in any order, complete, and not to be tampered with."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import psycopg
import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.ledger import public as ledger
from apps.ledger.models import Span
from apps.ledger.tasks import add_spans
from apps.platform.ids import new_id
from apps.platform.money import Money

from .books import ACTOR, NOW, open_account
from .test_verify import OFF as OTHERS_OFF
from .test_verify import _broken

pytestmark = pytest.mark.django_db
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
SUMS, GAPS = "each span is the sum of its entries", "spans leave no entry out"


class Fact(NamedTuple):
    """A movement: what it adds to the customer's account, and its two times."""

    minor: int
    effective: datetime
    recorded: datetime


def book(bank: ledger.AccountId, customer: ledger.AccountId, facts: Sequence[Fact]) -> None:
    """Post them in their order, those that follow on each other with one recorded time at once."""
    at, batch = None, []
    for fact in facts:
        if at is not None and fact.recorded != at:
            ledger.post_many(actor=ACTOR, now=at, postings=batch)
            batch = []
        at = fact.recorded
        transaction_id = ledger.TransactionId(new_id())
        debit, credit = (bank, customer) if fact.minor > 0 else (customer, bank)
        batch.append(
            ledger.transfer(
                transaction_id=transaction_id,
                debit_account_id=debit,
                credit_account_id=credit,
                amount=Money(abs(fact.minor), "EUR"),
                effective_at=fact.effective,
                source="test",
                reference=str(transaction_id),
            )
        )
    if at is not None:
        ledger.post_many(actor=ACTOR, now=at, postings=batch)


def sum_spans() -> int:
    """Add every span that is complete."""
    return ledger.add_spans(actor=ACTOR, now=NOW)


hours = st.integers(0, 99)
batches = st.lists(
    st.tuples(hours, st.lists(st.tuples(st.integers(1, 50), hours), min_size=1, max_size=4)),
    min_size=1,
    max_size=5,
)


def facts_of(drawn: list[tuple[int, list[tuple[int, int]]]]) -> list[Fact]:
    """Return about two hundred movements, recorded in any order and late by any time."""
    found = []
    for place, (hour, moves) in enumerate(drawn):
        recorded = BEGIN + hour * HOUR
        for turn in range(48):
            minor, lag = moves[turn % len(moves)]
            effective = recorded - (lag * HOUR if turn % 3 else 0 * HOUR)
            found.append(Fact(minor * (-1) ** (turn + place), effective, recorded))
    return found


@settings(max_examples=12, deadline=None)
@given(batches, st.data())
def test_a_balance_is_the_sum_of_what_took_effect_and_was_known(
    drawn: list[tuple[int, list[tuple[int, int]]]], data: st.DataObject
) -> None:
    bank, customer = open_account(kind="asset"), open_account()
    facts = facts_of(drawn)
    cut = data.draw(st.integers(0, len(facts)))
    book(bank, customer, facts[:cut])
    sum_spans()
    book(bank, customer, facts[cut:])
    bounds = st.none() | st.integers(-120, 100).map(lambda hour: BEGIN + hour * HOUR)
    for _ in range(6):
        as_of, known_at = data.draw(bounds), data.draw(bounds)
        counted = [
            fact.minor
            for fact in facts
            if (as_of is None or fact.effective <= as_of)
            and (known_at is None or fact.recorded <= known_at)
        ]
        for account_id in (bank, customer):
            found = ledger.balance_at(account_id=account_id, as_of=as_of, known_at=known_at)
            assert (found.posted_minor, found.version) == (sum(counted), len(counted))


@pytest.fixture
def in_one(transactional_db: None) -> Iterator[None]:  # noqa: ARG001
    """Run the test in one database transaction."""
    with transaction.atomic():
        yield


@pytest.mark.django_db(transaction=True)  # plans by the statistics of a database of its own
@pytest.mark.usefixtures("in_one")
def test_spans_of_spans_are_summed_too() -> None:
    bank, customer = open_account(kind="asset"), open_account()
    for step in range(5):
        moment = BEGIN + step * HOUR
        book(bank, customer, [Fact(1, moment, moment)] * 900)
    assert sum_spans() == 2 * 70
    mine = Span.objects.filter(account__public_id=customer)
    assert [mine.filter(level=level).count() for level in (1, 2, 3)] == [70, 1, 0]
    assert ledger.balance_at(account_id=customer, as_of=BEGIN + 2 * HOUR).posted_minor == 2700
    assert ledger.balance_at(account_id=customer, known_at=BEGIN + 4 * HOUR).version == 4500
    assert _broken() == set()


@pytest.mark.django_db(transaction=True)  # plans by the statistics of a database of its own
@pytest.mark.usefixtures("in_one")
def test_a_past_moment_costs_the_span_that_it_cuts_and_not_the_history() -> None:
    bank, customer = open_account(kind="asset"), open_account()
    for day in range(13):
        moment = BEGIN + day * 24 * HOUR
        book(bank, customer, [Fact(1, moment, moment)] * 50)
    bounds = (
        {"as_of": BEGIN + 150 * HOUR},
        {"known_at": BEGIN + 150 * HOUR},
        {"as_of": BEGIN + 150 * HOUR, "known_at": BEGIN + 200 * HOUR},
    )
    for within in bounds:
        before = _entries_read()
        assert ledger.balance_at(account_id=customer, **within).posted_minor == 350
        assert _entries_read() - before >= 650
    sum_spans()
    for within in bounds:
        before = _entries_read()
        assert ledger.balance_at(account_id=customer, **within).posted_minor == 350
        assert _entries_read() - before <= 2 * (64 + 10)  # index and table


@pytest.mark.django_db(transaction=True)  # plans by the statistics of a database of its own
@pytest.mark.usefixtures("in_one")
def test_what_came_late_is_read_from_its_span() -> None:
    bank, customer = open_account(kind="asset"), open_account()
    for day in range(10):
        moment = BEGIN + day * 24 * HOUR
        book(bank, customer, [Fact(1, moment - 240 * HOUR, moment)] * 64)
    sum_spans()
    before = _entries_read()
    assert ledger.balance_at(account_id=customer, as_of=BEGIN - 100 * HOUR).posted_minor == 6 * 64
    assert _entries_read() - before <= 2


def _entries_read() -> int:
    """Return how many entries this database transaction has read."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT sum(pg_stat_get_xact_tuples_returned(indexrelid))
                    + pg_stat_get_xact_tuples_returned('ledger_entry'::regclass)
               FROM pg_index WHERE indrelid = 'ledger_entry'::regclass"""
        )
        return int(cursor.fetchone()[0])


def test_a_run_goes_on_where_the_last_one_ended_and_a_second_adds_nothing() -> None:
    bank, customer = open_account(kind="asset"), open_account()
    book(bank, customer, [Fact(1, BEGIN, BEGIN)] * 63)
    add_spans()
    assert not Span.objects.exists()
    book(bank, customer, [Fact(1, BEGIN, BEGIN)] * 70)
    add_spans()
    add_spans()
    assert Span.objects.filter(account__public_id=customer).count() == 2


# --- raw SQL

COPY = """
    INSERT INTO ledger_span (account_id, level, place, debit_minor, credit_minor, effective_min,
        effective_max, recorded_min, recorded_max, late_at, late_minor)
    SELECT account_id, {level}, {place}, debit_minor + {more}, credit_minor, effective_min,
           effective_max, recorded_min, recorded_max, {late}, late_minor
    FROM ledger_span WHERE debit_minor > 0
"""


def copy(*, level: int = 1, place: int = 1, more: int = 0, late: str = "late_at") -> str:
    """Return an insert of the next span, right unless something is changed in it."""
    return COPY.format(level=level, place=place, more=more, late=late)


@pytest.fixture
def summed() -> None:
    """Three spans of entries an account, of which one is summed."""
    bank, customer = open_account(kind="asset"), open_account()
    book(bank, customer, [Fact(1, BEGIN, BEGIN + HOUR)] * 64)
    sum_spans()
    book(bank, customer, [Fact(1, BEGIN, BEGIN + HOUR)] * 130)


def _refused(raw: psycopg.Connection, sql: str) -> str:
    with pytest.raises(psycopg.Error) as refusal:
        raw.execute(sql.encode())
    raw.rollback()
    return refusal.value.sqlstate or ""


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("summed")
@pytest.mark.parametrize(
    "sql",
    [
        copy(),
        "UPDATE ledger_span SET debit_minor = 0",
        "DELETE FROM ledger_span",
        "TRUNCATE ledger_span",
        "SELECT ledger_span_of(1, 1::smallint, 1)",
    ],
)
def test_the_app_role_is_denied(app_connection: psycopg.Connection, sql: str) -> None:
    assert _refused(app_connection, sql) == "42501"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("summed")
@pytest.mark.parametrize(
    ("sql", "state"),
    [
        ("UPDATE ledger_span SET place = place", "23000"),
        ("DELETE FROM ledger_span", "23000"),
        ("TRUNCATE ledger_span", "23000"),
        (copy(place=0), "23505"),  # twice
        (copy(more=1), "23514"),  # not their sum
        (copy(late="NULL"), "23514"),  # not what came late
        (copy(place=2), "23514"),  # one is left out
        (copy(place=3), "23514"),  # not complete
        (copy(level=2, place=0), "23514"),
        (copy(level=0), "23514"),
    ],
)
@pytest.mark.parametrize("who", ["owner_connection", "superuser_connection"])
def test_the_owner_and_the_superuser_are_refused(
    request: pytest.FixtureRequest, who: str, sql: str, state: str
) -> None:
    assert _refused(request.getfixturevalue(who), sql) == state


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("summed")
def test_what_is_right_may_be_inserted(owner_connection: psycopg.Connection) -> None:
    owner_connection.execute(copy().encode())
    owner_connection.rollback()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("summed")
@pytest.mark.parametrize(
    ("mutant", "expected"),
    [
        ("UPDATE ledger_span SET debit_minor = debit_minor + 1", {SUMS}),
        ("UPDATE ledger_span SET credit_minor = credit_minor + 1", {SUMS}),
        ("UPDATE ledger_span SET effective_max = effective_max + interval '1 s'", {SUMS}),
        ("UPDATE ledger_span SET recorded_min = recorded_min - interval '1 s'", {SUMS}),
        ("UPDATE ledger_span SET late_minor[1] = 2", {SUMS}),
        ("UPDATE ledger_span SET late_at = NULL", {SUMS}),
        ("UPDATE ledger_span SET place = 1", {GAPS}),
        ("UPDATE ledger_span SET level = 2", {SUMS}),
    ],
)
def test_a_mutant_of_a_span_is_caught(
    superuser_connection: psycopg.Connection, mutant: str, expected: set[str]
) -> None:
    superuser_connection.execute(OTHERS_OFF)
    superuser_connection.execute("ALTER TABLE ledger_span DISABLE TRIGGER USER")
    assert superuser_connection.execute(mutant.encode()).rowcount > 0
    superuser_connection.commit()
    assert _broken() == expected


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("summed")
def test_sound_spans_have_no_offender_and_their_invariants_looked_at_rows() -> None:
    findings = {finding.invariant: finding for finding in ledger.verify()}
    assert _broken() == set()
    assert findings[SUMS].looked_at == findings[GAPS].looked_at == 2
