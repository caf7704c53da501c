"""Raw SQL against limits: what neither the app role nor the owner can do."""

import psycopg
import pytest

from apps.ledger import public as ledger
from apps.platform.ids import new_id

from .books import ACTOR, open_account, post, refused_raw, transfer
from .books import NOW as AT
from .limits import limit
from .test_reversals import reversal, reverse

pytestmark = pytest.mark.django_db(transaction=True)
DENIED, REFUSED, CHECK, TWIN, FOREIGN = "42501", "23000", "23514", "23505", "23503"
LIMIT = """
    INSERT INTO ledger_limit (public_id, account_id, direction, period, days, scope,
                              counterparty_id, measure, recorded_at)
    SELECT gen_random_uuid(), id, {}, '2026-03-31T12:00:00Z' FROM ledger_account
    WHERE kind = 'liability'
"""
VERSION = """
    INSERT INTO ledger_limit_version
        (limit_id, maximum, effective_from, effective_until, recorded_at)
    SELECT id, {}, '2026-03-31T12:00:00Z' FROM ledger_limit
"""
USE = """
    INSERT INTO ledger_limit_use (limit_id, counterparty_id, day, used)
    SELECT id, account_id, '2026-03-30', 1 FROM ledger_limit
"""
BANK = "(SELECT id FROM ledger_account WHERE kind = 'asset')"
NOW, LATER = "'2026-03-31T12:00:00Z'", "'2026-04-01T12:00:00Z'"
HEADER = """
    INSERT INTO ledger_transaction
        (public_id, kind, source, reference, fingerprint, effective_at, recorded_at)
    SELECT gen_random_uuid(), '{}', 'raw', '{}', 'raw', at, at
    FROM (VALUES ('2026-03-31T12:00:00Z'::timestamptz)) AS moment (at)
"""
LEGS = """
    INSERT INTO ledger_entry
        (transaction_id, account_id, version, debit, credit, currency, balance_after)
    SELECT t.id, a.id, a.version + 1, CASE WHEN a.kind = 'liability' THEN {minor} ELSE 0 END,
           CASE WHEN a.kind = 'liability' THEN 0 ELSE {minor} END, 'EUR', a.posted_minor - {minor}
    FROM ledger_transaction AS t CROSS JOIN ledger_account AS a WHERE t.source = 'raw'
"""


@pytest.fixture(autouse=True)
def limited() -> None:
    """Ten of a limit of 100 used on a customer's account, and a reversal that used nothing."""
    bank, customer = open_account(kind="asset"), open_account()
    post(transfer(bank, customer, 1_000))
    limit(customer, 100)
    post(transfer(customer, bank, 10))
    wrong = transfer(bank, customer, 1)
    post(wrong)
    reverse(reversal(wrong.transaction_id))


@pytest.mark.parametrize(
    "sql",
    [
        LIMIT.format("'out', 'month', 0, 'all', NULL, 'amount'"),
        VERSION.format(f"1, {NOW}, NULL"),
        USE,
        *(
            f"{verb} ledger_limit{table}{what}"
            for table in ("", "_version", "_use", "_waiver")
            for verb, what in (("DELETE FROM", ""), ("TRUNCATE", " CASCADE"))
        ),
        "UPDATE ledger_limit_use SET used = 0",
        "UPDATE ledger_limit_version SET maximum = 1000",
        "UPDATE ledger_account SET limited = false",
        "SELECT ledger_limits_check('{1}')",
        "SELECT * FROM ledger_limit_flows('{1}', '{}')",
        "SELECT ledger_limit_maximum(1, now())",
    ],
)
def test_the_app_role_is_denied(app_connection: psycopg.Connection, sql: str) -> None:
    assert refused_raw(app_connection, sql) == DENIED


@pytest.mark.parametrize(
    ("sql", "state"),
    [
        ("UPDATE ledger_limit SET days = 7", REFUSED),
        ("DELETE FROM ledger_limit", REFUSED),
        ("TRUNCATE ledger_limit CASCADE", REFUSED),
        ("UPDATE ledger_limit_version SET maximum = 1000", REFUSED),
        ("DELETE FROM ledger_limit_version", REFUSED),
        ("TRUNCATE ledger_limit_version", REFUSED),
        ("UPDATE ledger_limit_use SET used = 0", CHECK),
        ("DELETE FROM ledger_limit_use", REFUSED),
        ("TRUNCATE ledger_limit_use", REFUSED),
        (USE, CHECK),
        ("SELECT ledger_limits_check(ARRAY(SELECT id FROM ledger_transaction))", CHECK),
        ("UPDATE ledger_account SET limited = false", REFUSED),
        ("DELETE FROM ledger_limit_waiver", REFUSED),
        ("TRUNCATE ledger_limit_waiver", REFUSED),
        (LIMIT.format("'out', 'days', 1, 'all', NULL, 'amount'"), TWIN),
        (LIMIT.format("'up', 'days', 1, 'all', NULL, 'amount'"), CHECK),
        (LIMIT.format("'out', 'days', 0, 'all', NULL, 'amount'"), CHECK),
        (LIMIT.format("'out', 'days', 367, 'all', NULL, 'amount'"), CHECK),
        (LIMIT.format("'out', 'month', 1, 'all', NULL, 'amount'"), CHECK),
        (LIMIT.format("'out', 'year', 0, 'all', NULL, 'amount'"), CHECK),
        (LIMIT.format("'out', 'month', 0, 'one', NULL, 'amount'"), CHECK),
        (LIMIT.format(f"'out', 'month', 0, 'all', {BANK}, 'amount'"), CHECK),
        (LIMIT.format("'out', 'month', 0, 'one', id, 'amount'"), CHECK),
        (LIMIT.format("'out', 'month', 0, 'some', NULL, 'amount'"), CHECK),
        (LIMIT.format("'out', 'month', 0, 'all', NULL, 'size'"), CHECK),
        (LIMIT.format("'out', 'transaction', 0, 'all', NULL, 'count'"), CHECK),
        (VERSION.format(f"-1, {NOW}, NULL"), CHECK),
        (VERSION.format(f"1, '2026-03-31T11:59:59Z', {LATER}"), CHECK),
        (VERSION.format(f"1, {NOW}, {NOW}"), CHECK),
        (HEADER.format("raw", "raw") + ";" + LEGS.format(minor=91), "PB001"),
        (HEADER.format("reversal", "raw") + ";" + LEGS.format(minor=91), FOREIGN),
    ],
)
def test_the_owner_is_refused(owner_connection: psycopg.Connection, sql: str, state: str) -> None:
    assert refused_raw(owner_connection, sql) == state


def test_legs_past_the_function_use_the_limit_too(owner_connection: psycopg.Connection) -> None:
    first, second = (
        HEADER.format("raw", reference)
        + f";{LEGS.format(minor=minor)} AND t.reference = '{reference}'"
        for reference, minor in (("one", 90), ("two", 1))
    )
    owner_connection.execute(first.encode())
    owner_connection.commit()
    assert refused_raw(owner_connection, second) == "PB001"
    assert [one for one in ledger.verify() if one.offenders] == []


def test_a_superuser_in_replica_mode_is_refused_too(
    superuser_connection: psycopg.Connection,
) -> None:
    superuser_connection.execute("SET session_replication_role = replica")
    superuser_connection.commit()
    assert refused_raw(superuser_connection, "DELETE FROM ledger_limit_version") == REFUSED
    assert refused_raw(superuser_connection, "UPDATE ledger_limit_use SET used = 0") == CHECK
    assert refused_raw(superuser_connection, "UPDATE ledger_account SET limited = false") == REFUSED


def _hot() -> ledger.AccountId:
    opened = ledger.AccountId(new_id())
    account = ledger.NewAccount(
        account_id=opened, code="hot", name="hot", kind="liability", currency="EUR", mode="slots"
    )
    ledger.open_account(actor=ACTOR, now=AT, account=account)
    return opened


def test_an_account_whose_balance_is_kept_in_parts_takes_no_limit(
    owner_connection: psycopg.Connection,
) -> None:
    hot = _hot()
    with pytest.raises(ledger.LimitNeedsPlainAccount):
        limit(hot, 1)
    for row in ("mode = 'slots'", "slot = 3"):
        raw = LIMIT.format("'out', 'month', 0, 'all', NULL, 'amount'") + f" AND {row}"
        assert refused_raw(owner_connection, raw) == "PB001"
        by_hand = f"UPDATE ledger_account SET limited = true WHERE {row}"  # noqa: S608 - ours
        assert refused_raw(owner_connection, by_hand) == CHECK


def test_the_slots_of_a_counterparty_are_one_counterparty() -> None:
    payer, hot = open_account(), _hot()
    limit(payer, 100, scope="each")
    limit(payer, 4, scope="one", counterparty_id=hot, measure="count")
    for _ in range(4):
        post(transfer(payer, hot, 25))
    each, one = ledger.limits_of(account_id=payer, at=AT)
    assert (each.used, one.used) == (100, 4)
    with pytest.raises(ledger.LimitExceeded):
        post(transfer(payer, hot, 1))
    assert [one for one in ledger.verify() if one.offenders] == []
