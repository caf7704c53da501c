"""Raw SQL against periods: what neither the app role, the owner nor a superuser can do."""

from datetime import UTC, datetime

import psycopg
import pytest

from .test_periods import (
    FEBRUARY,
    IN_JANUARY,
    JANUARY,
    agree,
    ask,
    close,
    code,
    house,
    move,
    open_months,
)

pytestmark = pytest.mark.django_db(transaction=True)
DENIED, REFUSED, CHECK, TWIN, TOLD = "42501", "23000", "23514", "23505", "PB001"
AT = "'2026-03-31T12:00:00Z'"
PERIOD = """
    INSERT INTO ledger_period
    VALUES ({number}, '{name}', '{first}', '{last}', '2026-03-31T12:00:00Z')
"""
CLOSING = """
    INSERT INTO ledger_period_closing (period_id, reason, actor_kind, actor_key, recorded_at)
    VALUES ({number}, '', 'staff', '1', {at})
"""
REQUEST = """
    INSERT INTO ledger_reopening_request (closing_id, reason, actor_kind, actor_key, recorded_at)
    SELECT max(id), '{reason}', '{kind}', '1', '2026-03-31T12:00:00Z' FROM ledger_period_closing
"""
AGREEMENT = """
    INSERT INTO ledger_period_reopening
        (closing_id, request_id, actor_kind, actor_key, recorded_at)
    SELECT {closing}, max(id), '{kind}', '{key}', '{at}' FROM ledger_reopening_request
"""
NOON, FIRST = "2026-03-31T12:00:00Z", "(SELECT min(id) FROM ledger_period_closing)"
LAST = "(SELECT max(id) FROM ledger_period_closing)"
JOURNAL = """
    INSERT INTO ledger_closing_journal
    SELECT min(id), (SELECT max(id) FROM ledger_period_closing) FROM ledger_transaction
"""
DELETE = "DELETE FROM ledger"
TABLES = ("period", "period_closing", "closing_journal", "reopening_request", "period_reopening")


@pytest.fixture(autouse=True)
def closed_twice() -> None:
    """January closed with entries and February; somebody asks for February."""
    open_months(count=3)
    euro = house()
    move(euro["asset"], euro["income"], 100, at=IN_JANUARY)
    close(JANUARY, EUR=code(euro["equity"]))
    close(FEBRUARY)
    agree(ask(FEBRUARY))
    close(FEBRUARY)
    ask(FEBRUARY)


def _refused(raw: psycopg.Connection, sql: str) -> str:
    def run() -> None:
        raw.execute(sql.encode())
        raw.commit()

    with pytest.raises(psycopg.Error) as refusal:
        run()
    raw.rollback()
    return refusal.value.sqlstate or ""


def test_the_app_role_writes_through_the_functions_alone(
    app_connection: psycopg.Connection,
) -> None:
    statements = [
        PERIOD.format(number=4, name="x", first="2026-04-01", last="2026-04-30"),
        CLOSING.format(number=3, at=AT),
        JOURNAL,
        REQUEST.format(reason="x", kind="staff"),
        AGREEMENT.format(closing=LAST, kind="staff", key="2", at=NOON),
        "UPDATE ledger_books SET closed_before = NULL",
        "INSERT INTO ledger_books VALUES (2, NULL)",
        *(f"{DELETE}_{table}" for table in TABLES),
        "UPDATE ledger_period SET recorded_at = now()",
        "UPDATE ledger_period_closing SET recorded_at = now()",
        *(f"TRUNCATE ledger_{table} CASCADE" for table in TABLES),
    ]
    assert {sql: _refused(app_connection, sql) for sql in statements} == dict.fromkeys(
        statements, DENIED
    )


@pytest.mark.parametrize(
    ("sql", "state"),
    [
        (PERIOD.format(number=4, name="x", first="2026-04-02", last="2026-04-30"), TOLD),  # gap
        (PERIOD.format(number=4, name="x", first="2026-03-31", last="2026-04-30"), TOLD),  # overlap
        (PERIOD.format(number=5, name="x", first="2026-04-01", last="2026-04-30"), TOLD),
        (PERIOD.format(number=3, name="x", first="2026-03-01", last="2026-03-31"), TWIN),
        (PERIOD.format(number=0, name="x", first="2025-12-01", last="2025-12-31"), CHECK),
        (PERIOD.format(number=4, name="x", first="2026-04-01", last="2026-03-31"), CHECK),
        (PERIOD.format(number=4, name=" ", first="2026-04-01", last="2026-04-30"), CHECK),
        (CLOSING.format(number=2, at=AT), TOLD),  # twice
        (CLOSING.format(number=1, at=AT), TOLD),
        (CLOSING.format(number=9, at=AT), TOLD),  # no such period
        (CLOSING.format(number=3, at=AT), TOLD),  # not over
        (JOURNAL, CHECK),  # no closing entry
        (JOURNAL.replace("min(id)", "max(id)", 1), TWIN),
        (REQUEST.format(reason=" ", kind="staff"), CHECK),
        (REQUEST.format(reason="x", kind="system"), CHECK),
        (AGREEMENT.format(closing=LAST, kind="staff", key="1", at=NOON), TOLD),  # the same person
        (AGREEMENT.format(closing=LAST, kind="system", key="2", at=NOON), CHECK),
        (AGREEMENT.format(closing=LAST, kind="staff", key="2", at="2026-04-08T12:00:00Z"), TOLD),
        (AGREEMENT.format(closing=LAST, kind="staff", key="2", at="2026-03-31T11:59Z"), TOLD),
        (AGREEMENT.format(closing=FIRST, kind="staff", key="2", at=NOON), CHECK),  # another closing
        ("UPDATE ledger_books SET closed_before = NULL", CHECK),
        ("UPDATE ledger_books SET closed_before = '2026-02-01T00:00:00Z'", CHECK),
        ("DELETE FROM ledger_books", CHECK),
        ("TRUNCATE ledger_books", REFUSED),
        *((f"{DELETE}_{table}", REFUSED) for table in TABLES),
        *((f"TRUNCATE ledger_{table} CASCADE", REFUSED) for table in TABLES),
        ("UPDATE ledger_period SET ends_on = ends_on", REFUSED),
        ("UPDATE ledger_period_closing SET actor_key = '3'", REFUSED),
        ("UPDATE ledger_reopening_request SET actor_key = '3'", REFUSED),
        ("UPDATE ledger_period_reopening SET actor_key = '3'", REFUSED),
    ],
)
def test_the_owner_is_refused(owner_connection: psycopg.Connection, sql: str, state: str) -> None:
    assert _refused(owner_connection, sql) == state


def test_an_expense_is_not_passed_off_as_a_closing_entry(
    owner_connection: psycopg.Connection,
) -> None:
    euro = house()
    spent = move(euro["expense"], euro["asset"], 10, at=datetime(2026, 3, 1, tzinfo=UTC))
    posed = move(
        euro["expense"], euro["asset"], 10, at=datetime(2026, 3, 15, tzinfo=UTC), kind="closing"
    )
    for transaction_id in (spent, posed):
        sql = JOURNAL + f" WHERE public_id = '{transaction_id}'"
        assert _refused(owner_connection, sql) == CHECK


def test_a_superuser_in_replica_mode_is_refused_too(
    superuser_connection: psycopg.Connection,
) -> None:
    superuser_connection.execute("SET session_replication_role = replica")
    superuser_connection.commit()
    for sql, state in (
        ("DELETE FROM ledger_period", REFUSED),
        ("UPDATE ledger_books SET closed_before = NULL", CHECK),
        (CLOSING.format(number=3, at=AT), TOLD),
        (AGREEMENT.format(closing=LAST, kind="staff", key="1", at=NOON), TOLD),
    ):
        assert _refused(superuser_connection, sql) == state
