"""Raw SQL against the engine: what neither the app role nor the owner can do."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from .books import open_account, post, transfer

pytestmark = pytest.mark.django_db(transaction=True)

HEADER = """
    INSERT INTO ledger_transaction
        (public_id, kind, source, reference, fingerprint, effective_at, recorded_at)
    VALUES (gen_random_uuid(), 'raw', 'raw', 'raw', 'raw', now(), now()) RETURNING id
"""
LEG = """
    INSERT INTO ledger_entry
        (transaction_id, account_id, version, debit, credit, currency, balance_after)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
ANOTHER = ", (%s, %s, %s, %s, %s, %s, %s)"
MERGE = "MERGE INTO ledger_entry AS e USING ledger_entry AS o ON o.id = e.id WHEN MATCHED THEN "
MERGE_DELETE, MERGE_UPDATE = f"{MERGE} DELETE", f"{MERGE} UPDATE SET debit = o.debit"
UPSERT = """
    INSERT INTO ledger_transaction SELECT * FROM ledger_transaction
    ON CONFLICT (source, reference) DO UPDATE SET kind = excluded.kind
"""


@pytest.fixture
def booked() -> None:
    """One transfer of 1,000 from a bank account to a customer's with a floor of zero."""
    bank, customer = open_account(kind="asset"), open_account(floor=0)
    post(transfer(bank, customer, 1000))


def _refused(raw: psycopg.Connection, sql: str, *params: object) -> str:
    with pytest.raises(psycopg.Error) as refusal:
        raw.execute(sql, params)
    raw.rollback()
    return refusal.value.sqlstate or ""


DENIED, REFUSED, CHECK = "42501", "23000", "23514"


@pytest.mark.usefixtures("booked")
@pytest.mark.parametrize(
    "sql",
    [
        HEADER,
        "INSERT INTO ledger_entry SELECT * FROM ledger_entry",
        "UPDATE ledger_entry SET debit = 1",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_entry",
        "UPDATE ledger_transaction SET kind = 'x'",
        "DELETE FROM ledger_transaction",
        "TRUNCATE ledger_transaction CASCADE",
        "UPDATE ledger_account SET posted_minor = 1",
        "UPDATE ledger_account SET version = 1",
        "UPDATE ledger_account SET currency = 'USD'",
        "UPDATE ledger_account SET opened_at = now()",
        "UPDATE ledger_account SET floor_minor = NULL",
        "UPDATE ledger_account SET holder_id = NULL",
        "COPY ledger_entry FROM STDIN",
        "MERGE INTO ledger_entry e USING ledger_entry o ON o.id = e.id WHEN MATCHED THEN DELETE",
        "DELETE FROM ledger_account",
        "TRUNCATE ledger_account CASCADE",
        "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
        "DROP TRIGGER entries_apply ON ledger_entry",
        "SET session_replication_role = replica",
        "CREATE TABLE mine ()",
    ],
)
def test_the_app_role_is_denied(app_connection: psycopg.Connection, sql: str) -> None:
    assert _refused(app_connection, sql) == DENIED


@pytest.mark.usefixtures("booked")
@pytest.mark.parametrize(
    ("sql", "state"),
    [
        ("UPDATE ledger_entry SET debit = debit", REFUSED),
        ("DELETE FROM ledger_entry", REFUSED),
        ("TRUNCATE ledger_entry CASCADE", REFUSED),
        ("UPDATE ledger_transaction SET kind = kind", REFUSED),
        (MERGE_DELETE, REFUSED),
        (MERGE_UPDATE, REFUSED),
        (UPSERT, REFUSED),
        ("WITH gone AS (DELETE FROM ledger_entry RETURNING 1) SELECT * FROM gone", REFUSED),
        ("DELETE FROM ledger_transaction", REFUSED),
        ("TRUNCATE ledger_transaction CASCADE", REFUSED),
        ("DELETE FROM ledger_account", REFUSED),
        ("TRUNCATE ledger_account CASCADE", REFUSED),
        ("UPDATE ledger_account SET posted_minor = 0", CHECK),
        ("UPDATE ledger_account SET version = 0", CHECK),
        ("UPDATE ledger_account SET currency = 'USD'", CHECK),
        ("UPDATE ledger_account SET kind = 'equity'", CHECK),
    ],
)
def test_the_owner_is_refused(owner_connection: psycopg.Connection, sql: str, state: str) -> None:
    assert _refused(owner_connection, sql) == state


@pytest.mark.usefixtures("booked")
def test_a_superuser_in_replica_mode_is_refused_too(
    superuser_connection: psycopg.Connection,
) -> None:
    superuser_connection.execute("SET session_replication_role = replica")
    superuser_connection.commit()
    assert _refused(superuser_connection, "DELETE FROM ledger_entry") == REFUSED


def _ids(raw: psycopg.Connection) -> tuple[int, int]:
    found = raw.execute("SELECT id FROM ledger_account ORDER BY kind").fetchall()
    return found[0][0], found[1][0]


@pytest.fixture
def around(
    owner_connection: psycopg.Connection,
    booked: None,  # noqa: ARG001 - the books to get around
) -> Callable[..., str | None]:
    """Return a way around the function: the owner inserts legs for both accounts, which hold 1,000.

    Each leg is (version, debit, credit, balance after), the bank's first; the answer is the
    SQLSTATE of the refusal, or None.
    """
    ids = [row[0] for row in owner_connection.execute(ACCOUNTS).fetchall()]

    def insert(*legs: tuple[int, int, int, int], into: str = HEADER, currency: str = "EUR") -> Any:
        header = owner_connection.execute(into).fetchone()
        assert header is not None
        params: list[object] = []
        for account, (version, debit, credit, after) in zip(ids, legs, strict=False):
            params += [header[0], account, version, debit, credit, currency, after]
        try:
            owner_connection.execute(LEG + ANOTHER * (len(legs) - 1), params)
        except psycopg.Error as refusal:
            return refusal.sqlstate
        return None

    return insert


ACCOUNTS = "SELECT id FROM ledger_account ORDER BY kind"
OLD = "SELECT id FROM ledger_transaction"
BANK, CUSTOMER = (2, 5, 0, 1005), (2, 0, 5, 1005)


def test_legs_that_continue_their_accounts_move_them_whoever_inserts(
    around: Callable[..., str | None], owner_connection: psycopg.Connection
) -> None:
    assert around(BANK, CUSTOMER) is None
    found = owner_connection.execute("SELECT posted_minor, version FROM ledger_account").fetchall()
    assert found == [(1005, 2), (1005, 2)]


@pytest.mark.parametrize(
    ("legs", "state"),
    [
        ([BANK], "PB001"),  # one side alone
        ([BANK, (2, 0, 4, 1004)], "PB001"),  # the sides differ
        ([BANK, (2, 0, 5, 1006)], "PB001"),  # a balance that is not the one before plus the leg
        ([BANK, (3, 0, 5, 1005)], "PB001"),  # a gap
        ([BANK, (1, 0, 5, 1005)], "23505"),  # a version twice
        ([(2, 0, 1001, -1), (2, 1001, 0, -1)], "PB001"),  # below the floor
        ([(2, 5, 5, 1000), (2, 5, 5, 1000)], CHECK),  # both sides in one leg
        ([(2, -5, 0, 995), (2, 0, -5, 995)], CHECK),  # a sign
    ],
)
def test_legs_that_do_not_are_refused(
    around: Callable[..., str | None], legs: list[tuple[int, int, int, int]], state: str
) -> None:
    assert around(*legs) == state


def test_balanced_legs_never_join_an_old_transaction(around: Callable[..., str | None]) -> None:
    assert around(BANK, CUSTOMER, into=OLD) == CHECK


def test_a_leg_keeps_its_accounts_currency(around: Callable[..., str | None]) -> None:
    assert around(BANK, CUSTOMER, currency="USD") == "PB001"


@pytest.mark.usefixtures("booked")
def test_no_account_is_closed_with_money_in_it(app_connection: psycopg.Connection) -> None:
    assert _refused(app_connection, "UPDATE ledger_account SET status = 'closed'") == CHECK


def test_an_account_starts_empty(app_connection: psycopg.Connection) -> None:
    sql = """INSERT INTO ledger_account
             (public_id, code, name, kind, currency, status, posted_minor, version, opened_at)
             VALUES (gen_random_uuid(), 'c', 'n', 'asset', 'EUR', 'open', 1, 0, now())"""
    assert _refused(app_connection, sql) == CHECK


def test_the_function_is_the_app_roles_alone(superuser_connection: psycopg.Connection) -> None:
    found = superuser_connection.execute(
        """SELECT proname, proacl::text FROM pg_proc
           WHERE proname LIKE 'ledger%' AND (proacl IS NULL OR proacl::text LIKE '%{=X%'
               OR proacl::text LIKE '%,=X%')"""
    ).fetchall()
    assert found == []  # no function of the ledger is open to PUBLIC
