"""What the database refuses, whoever asks: sums, chains, repeats, changes."""

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from apps.payments.models import Statement

from .books import take
from .factories import Spec, camt

pytestmark = pytest.mark.django_db

TABLES = (
    "payments_bank_account",
    "payments_statement_file",
    "payments_statement",
    "payments_statement_entry",
)
COPY = """
INSERT INTO payments_statement (public_id, file_id, bank_account_id, previous_id, identification,
    number, page, identity, fingerprint, opening_day, closing_day, opening_minor, booked_minor,
    closing_minor, entry_count, pending_count, recorded_at)
SELECT gen_random_uuid(), file_id, bank_account_id, {previous}, 'B', 2, 0, {identity}, fingerprint,
    opening_day, closing_day, {opening}, {booked}, {closing}, {count}, 0, recorded_at
FROM payments_statement ORDER BY id LIMIT 1
"""
FITS = {
    "previous": "id",
    "identity": "'other'",
    "opening": "closing_minor",
    "booked": "0",
    "closing": "closing_minor",
    "count": "0",
}
ENTRY = """
INSERT INTO payments_statement_entry (statement_id, position, booking_day, value_day, amount_minor,
    bank_reference, transaction_id)
SELECT id, {position}, opening_day, opening_day, {amount}, '', {transaction}
FROM payments_statement ORDER BY id LIMIT 1
"""


@pytest.fixture(autouse=True)
def statement() -> Statement:
    """One imported statement with two entries."""
    take(camt(Spec()))
    return Statement.objects.get()


def run(sql: str) -> None:
    """Run as the app role; what is deferred is checked at once."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_statement_that_fits_is_taken() -> None:
    run(COPY.format(**FITS))


@pytest.mark.parametrize(
    ("off", "told"),
    [
        ({"closing": "closing_minor + 1"}, "payments_statement_adds_up"),
        ({"opening": "closing_minor - 1", "booked": "1"}, "opens at the closing balance"),
        ({"previous": "NULL"}, "payments_statement_one_first"),
        ({"identity": "identity"}, "payments_statement_once"),
        ({"count": "1"}, "has the entries it counts"),
        ({"booked": "5", "closing": "closing_minor + 5"}, "has the entries it counts"),
        ({"count": "-1"}, "payments_statement_counts"),
    ],
)
def test_a_statement_that_does_not_fit_is_refused(off: dict[str, str], told: str) -> None:
    with pytest.raises(IntegrityError, match=told):
        run(COPY.format(**FITS | off))


def test_an_account_has_no_fork() -> None:
    run(COPY.format(**FITS))
    with pytest.raises(IntegrityError, match="previous_id"):
        run(COPY.format(**FITS | {"identity": "'third'"}))


@pytest.mark.parametrize(
    ("place", "amount", "named", "told"),
    [
        (3, 1, "gen_random_uuid()", "no more entries than it counts"),
        (2, 1, "gen_random_uuid()", "payments_statement_entry_position"),
        (0, 1, "gen_random_uuid()", "counts_from_one"),
        (3, 1, "NULL", "payments_statement_entry_booked"),
        (3, 0, "gen_random_uuid()", "payments_statement_entry_booked"),
    ],
)
def test_a_statement_takes_no_entry_later(place: int, amount: int, named: str, told: str) -> None:
    with pytest.raises(IntegrityError, match=told):
        run(ENTRY.format(position=place, amount=amount, transaction=named))


def test_a_file_and_an_account_come_once() -> None:
    for table, column in (("statement_file", "sha256"), ("bank_account", "identification")):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT string_agg(column_name, ',') FROM information_schema.columns "
                "WHERE table_name = %s AND column_name NOT IN "
                "('id', 'public_id', 'ledger_account_id')",
                [f"payments_{table}"],
            )
            (columns,) = cursor.fetchone()
        extra = ", ledger_account_id" if table == "bank_account" else ""
        value = ", gen_random_uuid()" if extra else ""
        with pytest.raises(IntegrityError, match=column):
            run(
                f"INSERT INTO payments_{table} (public_id, {columns}{extra}) "  # noqa: S608
                f"SELECT gen_random_uuid(), {columns}{value} FROM payments_{table}"
            )


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "change", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
def test_the_app_role_may_not_change_a_row(table: str, change: str) -> None:
    with pytest.raises(Exception, match="permission denied"):
        run(change.format(table))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "change", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
def test_the_owner_may_not_change_a_row_either(
    owner_connection: psycopg.Connection, table: str, change: str
) -> None:
    with pytest.raises(psycopg.errors.IntegrityError, match="append-only"):
        owner_connection.execute(change.format(table))
