"""Raw SQL against interest: what no role can write."""

from datetime import date, timedelta

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from apps.ledger import public as ledger

from .books import open_account
from .savings import BEGIN, accrue, assign, pay_in, savings, schedule, tiers

rolled_back = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)
DENIED, REFUSED, CHECK, TWIN = "42501", "23000", "23514", "23505"
TABLES = ("schedule", "version", "tier", "assignment", "accrual", "capital")
INSERT = """
    INSERT INTO {table} ({columns}) SELECT {selected} FROM (
        SELECT * FROM ledger_interest_accrual ORDER BY number DESC, account_id DESC LIMIT 1) AS last
"""
ASSIGN = """
    INSERT INTO ledger_interest_assignment (account_id, schedule_id, effective_on, recorded_at)
    SELECT {account}, id, {day}, now() FROM ledger_interest_schedule
"""
VERSION = """
    INSERT INTO ledger_interest_version
        (schedule_id, effective_on, tiering, minimum_minor, recorded_at)
    SELECT schedule_id, {day}, tiering, 0, now() FROM ledger_interest_version
"""
SCHEDULE = """
    INSERT INTO ledger_interest_schedule (code, name, currency, day_count, capitalises,
        expense_account_id, payable_account_id, income_account_id, receivable_account_id,
        recorded_at)
    SELECT 'other', name, {said}, payable_account_id, income_account_id, receivable_account_id,
        now() FROM ledger_interest_schedule
"""
TIER = """
    INSERT INTO ledger_interest_tier (version_id, side, from_minor, rate)
    SELECT version_id, side, 5, 1 FROM ledger_interest_tier
"""
NEXT = {  # the day after the last one, as it should be: less than a minor unit, nothing booked
    "account_id": "account_id",
    "number": "number + 1",
    "day": "day + 1",
    "revision": "0",
    "assignment_id": "assignment_id",
    "version_id": "version_id",
    "base_minor": "base_minor",
    "paid_grains": "paid_grains",
    "charged_grains": "0",
    "paid_total": "paid_total + paid_grains",
    "charged_total": "charged_total",
    "paid_minor": "0",
    "charged_minor": "0",
    "transaction_id": "NULL",
    "seen_version": "seen_version",
    "recorded_at": "'2026-03-01T00:00:00Z'::timestamptz",
}
AGAIN = {  # a revision of the last day that finds it as it was
    **NEXT,
    "day": "day",
    "revision": "revision + 1",
    "paid_total": "paid_total",
}
CAPITAL = {  # what had accrued by the last day: nothing whole
    "account_id": "account_id",
    "day": "day",
    "revision": "0",
    "number": "number",
    "assignment_id": "assignment_id",
    "paid_minor": "0",
    "charged_minor": "0",
    "transaction_id": "NULL",
    "recorded_at": "recorded_at",
}


def _accrual(values: dict[str, str], **said: str) -> str:
    told = values | said
    return INSERT.format(
        table="ledger_interest_accrual", columns=", ".join(told), selected=", ".join(told.values())
    )


def _capital(**said: str) -> str:
    told = CAPITAL | said
    return INSERT.format(
        table="ledger_interest_capital", columns=", ".join(told), selected=", ".join(told.values())
    )


@pytest.fixture(autouse=True)
def accrued() -> ledger.AccountId:
    """A saver of 1.00 with three days of interest, none of them capitalised."""
    books = savings(credit=tiers((0, "0.025")))
    pay_in(books.bank, books.saver, 1_00, BEGIN)
    accrue(BEGIN + timedelta(days=2))
    return books.saver


def _state(raw: psycopg.Connection, sql: str) -> str:
    try:
        raw.execute(sql.encode())
        raw.commit()
    except psycopg.Error as refusal:
        return refusal.sqlstate or "?"
    finally:
        raw.rollback()
    return ""


def _run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@rolled_back
@pytest.mark.parametrize("sql", [_accrual(NEXT), _accrual(AGAIN), _capital()])
def test_what_is_right_is_taken(sql: str) -> None:
    _run(sql)


@rolled_back
@pytest.mark.parametrize(
    "sql",
    [
        _accrual(NEXT, number="number + 2"),  # a gap
        _accrual(NEXT, number="number"),
        _accrual(NEXT, day="day"),
        _accrual(NEXT, day="day + 2"),  # a day left out
        _accrual(NEXT, revision="1"),  # of nothing
        _accrual(AGAIN, revision="revision + 2"),
        _accrual(NEXT, paid_grains="paid_grains + 1", paid_total="paid_total + paid_grains + 1"),
        _accrual(NEXT, base_minor="base_minor + 1"),
        _accrual(NEXT, base_minor="-base_minor"),
        _accrual(NEXT, paid_total="paid_total + paid_grains + 1"),
        _accrual(NEXT, charged_total="charged_total + 1"),
        _accrual(AGAIN, paid_total="paid_total + paid_grains"),  # counted twice
        _accrual(NEXT, paid_minor="1"),
        _accrual(NEXT, transaction_id="(SELECT max(id) FROM ledger_transaction)"),
        _accrual(NEXT, seen_version="0"),
        _accrual(NEXT, seen_version="seen_version + 1"),
        _accrual(NEXT, recorded_at="(day + 1)::timestamptz"),  # a day that is not over
        _accrual(
            NEXT,
            account_id="(SELECT min(id) FROM ledger_account)",  # it has no schedule
            number="1",
            paid_total="paid_grains",
        ),
        _accrual(NEXT, assignment_id="0"),
        _accrual(NEXT, version_id="0"),
        _capital(paid_minor="1"),
        _capital(number="number - 1"),
        _capital(revision="1"),
        _capital(day="day + 1"),
        _capital(assignment_id="0"),
        _capital(transaction_id="(SELECT max(id) FROM ledger_transaction)"),
        VERSION.format(day="'2026-01-03'"),  # days that have accrued
        VERSION.format(day="effective_on"),
        ASSIGN.format(account="(SELECT account_id FROM ledger_interest_assignment)",
                      day="'2026-01-03'::date"),
        ASSIGN.format(account="payable_account_id", day="'2026-01-01'::date"),
        ASSIGN.format(account="receivable_account_id", day="'2026-01-01'::date"),
        ASSIGN.format(account="expense_account_id", day="'2026-01-01'::date"),
        ASSIGN.format(account="(SELECT min(id) FROM ledger_account WHERE kind = 'asset')",
                      day="'2025-12-31'::date"),  # before there are terms
        SCHEDULE.format(said="'USD', day_count, capitalises, expense_account_id"),
        SCHEDULE.format(said="currency, day_count, capitalises, income_account_id"),
        SCHEDULE.format(said="currency, 'ACT/ACT', capitalises, expense_account_id"),
        SCHEDULE.format(said="currency, day_count, 'daily', expense_account_id"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused(sql: str) -> None:
    with pytest.raises(IntegrityError):
        _run(sql)


@committed
def test_a_booking_that_says_otherwise_is_refused(app_connection: psycopg.Connection) -> None:
    """A row may not point at a transaction of another kind, time or amount; nor come by itself."""
    books = savings()
    pay_in(books.bank, books.saver, 1_000_000_00, BEGIN + timedelta(days=2))
    accrue(BEGIN + timedelta(days=2))
    whole = "floor((paid_total + paid_grains) / 16030800000000000)"
    minor = f"{whole} - floor(paid_total / 16030800000000000)"
    booked = "(SELECT max(transaction_id) FROM ledger_interest_accrual)"
    header = "(SELECT max(id) FROM ledger_transaction WHERE kind = 'transfer')"
    for reference, state in (("NULL", CHECK), (booked, TWIN), (header, CHECK)):
        sql = _accrual(NEXT, paid_minor=minor, transaction_id=reference)
        assert _state(app_connection, sql) == state
    assert _state(app_connection, TIER) == CHECK  # later than its version


@committed
def test_no_row_is_changed_or_taken_away(
    app_connection: psycopg.Connection,
    owner_connection: psycopg.Connection,
    superuser_connection: psycopg.Connection,
) -> None:
    assert _state(app_connection, _capital()) == ""
    superuser_connection.execute("SET session_replication_role = replica")
    superuser_connection.commit()
    for table in TABLES:
        for sql in ("UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"):
            said = sql.format(f"ledger_interest_{table}")
            assert _state(app_connection, said) == DENIED
            assert _state(owner_connection, said) == REFUSED
            assert _state(superuser_connection, said) == REFUSED
    assert _state(superuser_connection, _accrual(NEXT, day="day + 2")) == CHECK
    assert _state(superuser_connection, _capital(number="0", revision="1")) == CHECK


@rolled_back
def test_the_database_counts_every_convention_as_the_rules_do() -> None:
    """Its trigger counts each day again, and would refuse what differs."""
    begin = date(2023, 12, 30)  # a change of years, one of them a leap year, and ends of months
    for day_count in ("ACT/365F", "ACT/360", "ACT/ACT ISDA", "30/360", "30E/360"):
        for tiering in ("marginal", "whole"):
            code, _ = schedule(
                effective_on=begin,
                day_count=day_count,
                tiering=tiering,
                credit=tiers((100, "0.0123456789"), (1_000_00, "0.02"), (5_000_00, "-0.01")),
                debit=tiers((0, "0.1"), (50_00, "0.2")),
                minimum_minor=200,
            )
            for minor in (150, 1_000_00, 7_777_77, -49_99, -1_234_56):
                bank, account = open_account(kind="asset"), open_account()
                assign(account, code, begin)
                pay_in(bank, account, minor, begin)
    assert accrue(date(2024, 3, 1)).refused == ()
