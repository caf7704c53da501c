"""The invariants of limits, against mutants."""

import psycopg
import pytest

from apps.ledger import public as ledger

from .books import open_account, post, transfer

pytestmark = pytest.mark.django_db(transaction=True)
WAIVED = "each transaction that no limit was asked about is a reversal"


def test_a_waiver_of_what_is_no_reversal_is_caught(
    superuser_connection: psycopg.Connection,
) -> None:
    post(transfer(open_account(kind="asset"), open_account(), 1))
    superuser_connection.execute("SET session_replication_role = replica")  # no foreign keys
    superuser_connection.execute("ALTER TABLE ledger_limit_waiver DISABLE TRIGGER USER")
    superuser_connection.execute(
        "INSERT INTO ledger_limit_waiver (transaction_id) SELECT id FROM ledger_transaction"
    )
    superuser_connection.commit()
    broken = {finding.invariant: finding for finding in ledger.verify() if finding.offenders}
    assert set(broken) == {WAIVED}
    assert broken[WAIVED].looked_at == 1
