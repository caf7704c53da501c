"""The books that measurements run on are books: every invariant holds, and the engine goes on."""

import os

import pytest
from django.db import connection

from apps.ledger import public as ledger
from bench import books, scripts
from dev import database, throwaway

pytestmark = pytest.mark.django_db(transaction=True)


TOLD = """
    SELECT (SELECT count(*) FROM outbox_event WHERE name = 'ledger.transfer.posted.v1'),
           (SELECT count(*) FROM outbox_delivery),
           (SELECT count(*) FROM audit_event WHERE action = 'ledger.transaction.post')
"""


def fill(*, entries: int, accounts: int) -> None:
    name = os.environ["DATABASE_URL"].rpartition("/")[2]
    superuser = database.with_database(os.environ[throwaway.PG], name)
    books.fill(superuser, entries=entries, accounts=accounts)


def test_filled_books_are_found_right() -> None:
    fill(entries=2_001, accounts=100)
    found = {finding.invariant: finding for finding in ledger.verify()}
    assert not [name for name, finding in found.items() if finding.offenders]
    assert found["debits equal credits in each currency"].looked_at == 2_001
    assert found["what is held is there"].looked_at == 10
    assert found["roll-ups leave no entry out"].looked_at == 101


@pytest.mark.parametrize(
    ("hot", "fast"),
    [
        ("", True),
        ("", False),
        (books.HOT, False),
        (books.DEFERRED, False),
        (books.HOT, True),
        (books.DEFERRED, True),
    ],
)
def test_what_pgbench_sends_is_booked(hot: str, *, fast: bool) -> None:
    fill(entries=101, accounts=100)
    with connection.cursor() as cursor:
        for _ in range(2):
            cursor.execute(sent(scripts.post(fast=form() if fast else "", hot=hot)))
            assert cursor.fetchone()[1] is False
        cursor.execute(TOLD)
        assert cursor.fetchone() == (2, 2, 2)
    assert not [finding for finding in ledger.verify() if finding.offenders]


def test_what_pgbench_repeats_is_booked_once() -> None:
    fill(entries=101, accounts=100)
    with connection.cursor() as cursor:
        for replayed in (False, True):
            cursor.execute(sent(scripts.replay(fast=form())))
            assert cursor.fetchone()[1] is replayed


def form() -> str:
    return next((form for form in scripts.FORMS if _there(form)), "")


def _there(form: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regprocedure(%s) IS NOT NULL", [form])
        return bool(cursor.fetchone()[0])


def sent(script: str) -> str:
    """Return the statement of a script with pgbench's variables in it."""
    statement = "".join(line for line in script.splitlines(keepends=True) if line[0] != "\\")
    chosen = {"debit": 5, "credit": 7, "again": 8, "other": 9, "amount": 11}
    for name, value in chosen.items():
        statement = statement.replace(f":{name}::", f"{value}::")
    return statement
