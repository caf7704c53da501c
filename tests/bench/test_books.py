"""The books that measurements run on are books: every invariant holds, and the engine goes on."""

import os

import pytest
from django.db import connection

from apps.ledger import public as ledger
from bench import books, scripts
from dev import database, throwaway

pytestmark = pytest.mark.django_db(transaction=True)


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


@pytest.mark.parametrize("hot", ["", books.HOT])
def test_what_pgbench_sends_is_booked(hot: str) -> None:
    fill(entries=101, accounts=100)
    choice = {":debit": "5", ":credit": "7", ":amount": "11"}
    statement = "".join(
        line for line in scripts.post(fast="", hot=hot).splitlines(keepends=True) if line[0] != "\\"
    )
    for name, value in choice.items():
        statement = statement.replace(f"{name}::", f"{value}::")
    with connection.cursor() as cursor:
        for _ in range(2):
            cursor.execute(statement)
            assert cursor.fetchone()[1] is False
    assert not [finding for finding in ledger.verify() if finding.offenders]
