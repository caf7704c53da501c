"""Raw SQL against holds: what neither the app role nor the owner can do."""

import psycopg
import pytest

from .books import capture, hold, open_account, post, transfer, void

pytestmark = pytest.mark.django_db(transaction=True)
DENIED, REFUSED, CHECK, FOREIGN, TWIN = "42501", "23000", "23514", "23503", "23505"
FAR = "'2999-01-01T00:00:00Z'"
HOLD = """
    INSERT INTO ledger_hold (public_id, account_id, amount_minor, currency, source, reference,
                             fingerprint, expires_at, recorded_at)
    SELECT gen_random_uuid(), id, 1, currency, 'raw', 'raw', 'raw', '2999-01-01T00:00:00Z',
           '2026-03-31T12:00:00Z'
    FROM ledger_account WHERE kind = 'liability'
"""
CAPTURE = """
    INSERT INTO ledger_hold_capture (hold_id, transaction_id, amount_minor, final, recorded_at)
    SELECT hold_id, {transaction}, {amount}, false, '2026-03-31T12:00:00Z' FROM ledger_hold_open
"""
END = """
    INSERT INTO ledger_hold_end (hold_id, outcome, released_minor, source, reference, recorded_at)
    SELECT {hold}, '{outcome}', {released}, '', '', '{at}' FROM ledger_hold_open
"""
NOW, LATE = "2026-03-31T12:00:00Z", "2999-01-01T00:00:00Z"
TRANSACTION = "(SELECT min(public_id::text)::uuid FROM ledger_transaction)"


@pytest.fixture(autouse=True)
def held() -> None:
    """100 on a customer's account; 60 of it held, 10 captured; another hold that was voided."""
    bank, customer = open_account(kind="asset"), open_account(floor=0)
    post(transfer(bank, customer, 100))
    capture(hold(customer, 60), bank, 10)
    void(hold(customer, 5))


def _refused(raw: psycopg.Connection, sql: str) -> str:
    def run() -> None:
        raw.execute(sql)
        raw.commit()  # what is deferred is refused here

    with pytest.raises(psycopg.Error) as refusal:
        run()
    raw.rollback()
    return refusal.value.sqlstate or ""


@pytest.mark.parametrize(
    "sql",
    [
        HOLD,
        CAPTURE.format(transaction=TRANSACTION, amount=1),
        END.format(hold="hold_id", outcome="voided", released=50, at=NOW),
        "INSERT INTO ledger_hold_extension SELECT FROM ledger_hold_open",
        "INSERT INTO ledger_hold_open SELECT * FROM ledger_hold_open",
        *(
            f"{verb} ledger_hold{table}{what}"
            for table in ("", "_extension", "_capture", "_end", "_open")
            for verb, what in (("DELETE FROM", ""), ("TRUNCATE", " CASCADE"))
        ),
        "UPDATE ledger_hold SET amount_minor = 1",
        "UPDATE ledger_hold_open SET left_minor = 1",
        "UPDATE ledger_account SET over_capture = true",
        "SELECT ledger_held(1, now())",
        "SELECT ledger_hold_still_open(1, now())",
    ],
)
def test_the_app_role_is_denied(app_connection: psycopg.Connection, sql: str) -> None:
    assert _refused(app_connection, sql) == DENIED


@pytest.mark.parametrize(
    ("sql", "state"),
    [
        ("UPDATE ledger_hold SET amount_minor = amount_minor", REFUSED),
        ("DELETE FROM ledger_hold", REFUSED),
        ("TRUNCATE ledger_hold CASCADE", REFUSED),
        ("TRUNCATE ledger_hold_extension", REFUSED),
        ("UPDATE ledger_hold_capture SET amount_minor = 1", REFUSED),
        ("DELETE FROM ledger_hold_capture", REFUSED),
        ("TRUNCATE ledger_hold_capture", REFUSED),
        ("UPDATE ledger_hold_end SET outcome = 'expired'", REFUSED),
        ("DELETE FROM ledger_hold_end", REFUSED),
        ("TRUNCATE ledger_hold_end", REFUSED),
        ("TRUNCATE ledger_hold_open", REFUSED),
        ("UPDATE ledger_hold_open SET left_minor = 1", CHECK),
        ("DELETE FROM ledger_hold_open", CHECK),
        ("INSERT INTO ledger_hold_open SELECT * FROM ledger_hold_open", CHECK),
        (HOLD.replace(" 1, currency", " 0, currency"), CHECK),
        (HOLD.replace(" 1, currency", " -1, currency"), CHECK),
        (HOLD.replace(FAR, "'2026-03-31T12:00:00Z'"), CHECK),
        (HOLD.replace(" 1, currency", " 1, 'USD'"), FOREIGN),
        (HOLD.replace(" 1, currency", " 41, currency"), "PB001"),  # more than is available
        (CAPTURE.format(transaction="gen_random_uuid()", amount=1), FOREIGN),  # no transaction
        (CAPTURE.format(transaction=TRANSACTION, amount=1), CHECK),  # another one's money
        (CAPTURE.format(transaction="gen_random_uuid()", amount=51), "PB001"),
        (CAPTURE.format(transaction="gen_random_uuid()", amount=0), CHECK),
        (END.format(hold="hold_id", outcome="voided", released=49, at=NOW), CHECK),
        (END.format(hold="hold_id", outcome="voided", released=50, at=LATE), CHECK),
        (END.format(hold="hold_id", outcome="expired", released=50, at=NOW), CHECK),
        (END.format(hold="hold_id", outcome="captured", released=50, at=NOW), CHECK),
        (END.format(hold="hold_id", outcome="other", released=50, at=NOW), CHECK),
        (
            END.format(
                hold="(SELECT hold_id FROM ledger_hold_end)", outcome="voided", released=5, at=NOW
            ),
            TWIN,
        ),
        ("UPDATE ledger_account SET floor_minor = 41 WHERE kind = 'liability'", CHECK),
        ("UPDATE ledger_account SET status = 'closed' WHERE kind = 'liability'", CHECK),
    ],
)
def test_the_owner_is_refused(owner_connection: psycopg.Connection, sql: str, state: str) -> None:
    assert _refused(owner_connection, sql) == state


def test_a_superuser_in_replica_mode_is_refused_too(
    superuser_connection: psycopg.Connection,
) -> None:
    superuser_connection.execute("SET session_replication_role = replica")
    superuser_connection.commit()
    assert _refused(superuser_connection, "DELETE FROM ledger_hold") == REFUSED
    assert _refused(superuser_connection, "DELETE FROM ledger_hold_open") == CHECK


def test_a_floor_moves_by_the_history_of_bounds_alone(
    owner_connection: psycopg.Connection,
) -> None:
    sql = "UPDATE ledger_account SET floor_minor = 40 WHERE kind = 'liability'"
    assert _refused(owner_connection, sql) == CHECK
