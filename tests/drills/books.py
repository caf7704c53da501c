"""Reads the books for the checker: SQL of its own, in one snapshot, as a role that serves."""

from typing import LiteralString
from uuid import UUID

import psycopg

from .history import Account, Books, Leg

_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_ACCOUNTS: LiteralString = (
    "SELECT public_id, kind, currency, posted_minor, version, floor_minor FROM ledger_account"
)
_TRANSACTIONS: LiteralString = "SELECT public_id, kind FROM ledger_transaction"
_LEGS: LiteralString = """
    SELECT t.public_id, a.public_id, e.debit, e.credit, e.currency, e.version, e.balance_after
    FROM ledger_entry e
    JOIN ledger_transaction t ON t.id = e.transaction_id
    JOIN ledger_account a ON a.id = e.account_id
"""
_ANNOUNCED: LiteralString = """
    SELECT payload->>'transaction_id' FROM outbox_event WHERE name = 'ledger.transfer.posted.v1'
"""
_EFFECTS: LiteralString = "SELECT subscriber, event_id::text FROM outbox_inbox"


def shown(kind: str, value: UUID) -> str:
    """Return the public id of a row: 130 bits, five a letter, in Crockford's base 32."""
    letters = (_LETTERS[value.int >> shift & 31] for shift in range(125, -1, -5))
    return f"{kind}_eu_{''.join(letters)}"


def read(database_url: str, *, before: frozenset[str] = frozenset()) -> Books:
    """Return the state of the books; `before`: transactions that were there when it all began."""
    with psycopg.connect(database_url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return Books(
            accounts={
                shown("acct", row[0]): Account(*row[1:]) for row in connection.execute(_ACCOUNTS)
            },
            transactions={
                shown("txn", row[0]): row[1] for row in connection.execute(_TRANSACTIONS)
            },
            legs=[
                Leg(shown("txn", row[0]), shown("acct", row[1]), *row[2:])
                for row in connection.execute(_LEGS)
            ],
            announced=[shown("txn", UUID(row[0])) for row in connection.execute(_ANNOUNCED)],
            effects=list(connection.execute(_EFFECTS)),
            before=before,
        )


def transactions(database_url: str) -> frozenset[str]:
    """Return the public ids of all transactions."""
    with psycopg.connect(database_url) as connection:
        return frozenset(shown("txn", row[0]) for row in connection.execute(_TRANSACTIONS))
