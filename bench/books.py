"""Books of any size, quickly: rows as the engine would have written them, set by set.

A superuser with the triggers off writes what `ledger_post` writes, in its order, so that tables and
indexes grow as they do in service; what stands there passes `manage.py ledger verify`. Audit and
outbox events are left out. Half a year of transfers among `accounts` customers' accounts
(liabilities with a floor of zero, opened with plenty), one in twenty backdated by up to thirty
days. The first account takes part in about ten thousand of them, one account in ten has an open
hold, one in fifty has a spending limit for the day.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, LiteralString

import psycopg

from tests.drills.controls import triggers_off

from . import scripts

OPENING = 1_000_000_000  # minor units, of each account
HOT, DEFERRED = (f"00000000-0000-7000-9000-00000000000{number}" for number in (1, 2))
SLOTS = 16
STATEMENT = 10_000  # entries of the first account, about
_TABLES = ("ledger_account", "ledger_transaction", "ledger_entry")

_ACCOUNTS: LiteralString = """
    INSERT INTO ledger_account
        (public_id, code, name, kind, currency, status, floor_minor, posted_minor, version,
         opened_at)
    SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'bench.' || n, 'bench',
           CASE WHEN n = 0 THEN 'asset' ELSE 'liability' END, 'EUR', 'open',
           CASE WHEN n > 0 THEN 0 END, 0, 0, now() - interval '400 days'
    FROM generate_series(0, %(accounts)s) AS n ORDER BY n
"""
_HOT: LiteralString = """
    WITH hot AS (
        INSERT INTO ledger_account
            (public_id, code, name, kind, currency, status, posted_minor, version, opened_at, mode)
        VALUES (%(id)s, 'bench.' || %(mode)s, 'bench', 'liability', 'EUR', 'open', 0, 0, now(),
                %(mode)s)
        RETURNING id, code
    )
    INSERT INTO ledger_account
        (public_id, code, name, kind, currency, status, posted_minor, version, opened_at,
         slot_of_id, slot)
    SELECT gen_random_uuid(), hot.code || '.' || n, 'bench', 'liability', 'EUR', 'open', 0, 0,
           now(), hot.id, n
    FROM hot, generate_series(0, %(slots)s - 1) AS n
"""
# One row a transaction: 0 opens every account, the others are transfers. Accounts are told by
# number; which ones, how much and when follows from a hash, the same on every machine.
_PLAN: LiteralString = """
    CREATE UNLOGGED TABLE bench_plan AS
    SELECT n, debit,
           CASE WHEN n %% greatest(%(transfers)s / %(statement)s, 2) = 1 AND debit <> 1 THEN 1
                ELSE (debit + mix / 7 %% (%(accounts)s - 1)) %% %(accounts)s + 1 END AS credit,
           1 + mix %% 100 AS amount,
           at - CASE WHEN mix %% 20 = 0 THEN interval '1 hour' * (mix %% 720)
                     ELSE interval '0' END AS effective_at,
           at AS recorded_at
    FROM (SELECT n, 1 + (hashint8extended(n, 1) & 2147483647) %% %(accounts)s AS debit,
                 hashint8extended(n, 2) & 2147483647 AS mix,
                 now() - interval '180 days' * (1 - n::float / (%(transfers)s + 1)) AS at
          FROM generate_series(1, %(transfers)s) AS n) AS drawn
"""
_HEADERS: LiteralString = """
    INSERT INTO ledger_transaction
        (id, public_id, kind, source, reference, fingerprint, effective_at, recorded_at,
         actor_kind, actor_key)
    SELECT n + 1, (stamp || '-7' || substr(gen_random_uuid()::text, 16))::uuid,
           CASE WHEN n = 0 THEN 'opening' ELSE 'transfer' END, 'api:' || %(client)s,
           stamp || '-7' || substr(gen_random_uuid()::text, 16),
           left(md5(n::text) || md5((-n)::text), %(width)s),
           effective_at, recorded_at, 'client', %(client)s
    FROM (
        SELECT *, substr(h, 1, 8) || '-' || substr(h, 9, 4) AS stamp
        FROM (SELECT n, effective_at, recorded_at,
                     lpad(to_hex((extract(epoch FROM recorded_at) * 1000)::bigint), 12, '0') AS h
              FROM (SELECT 0 AS n, now() - interval '181 days' AS effective_at,
                           now() - interval '181 days' AS recorded_at
                    UNION ALL SELECT n, effective_at, recorded_at FROM bench_plan) AS planned
             ) AS timed
    ) AS stamped
"""
# What raises an account stands before what lowers it, as the engine orders legs.
_ENTRIES: LiteralString = """
    INSERT INTO ledger_entry
        (transaction_id, account_id, version, debit, credit, currency, balance_after)
    SELECT n + 1, first + account, row_number() OVER continued, debit, credit, 'EUR',
           sum(CASE WHEN account = 0 THEN debit - credit ELSE credit - debit END) OVER continued
    FROM (
        SELECT 0 AS n, account, 0 AS debit, %(opening)s::bigint AS credit
        FROM generate_series(1, %(accounts)s) AS account
        UNION ALL SELECT 0, 0, %(opening)s::bigint * %(accounts)s, 0
        UNION ALL SELECT n, debit, amount, 0 FROM bench_plan
        UNION ALL SELECT n, credit, 0, amount FROM bench_plan
    ) AS leg (n, account, debit, credit),
    (SELECT id AS first FROM ledger_account WHERE code = 'bench.0') AS base
    WINDOW continued AS (PARTITION BY account ORDER BY n ROWS UNBOUNDED PRECEDING)
    ORDER BY n, credit DESC
"""
_BALANCES: LiteralString = """
    UPDATE ledger_account AS a SET posted_minor = last.balance_after, version = last.version
    FROM (SELECT DISTINCT ON (account_id) account_id, balance_after, version FROM ledger_entry
          ORDER BY account_id, version DESC) AS last
    WHERE a.id = last.account_id
"""
_SUMS: LiteralString = """
    INSERT INTO ledger_roll_up (account_id, effective_on, recorded_on, first_version, last_version,
                                entries, debit_minor, credit_minor)
    SELECT e.account_id, ledger_day(t.effective_at), ledger_day(t.recorded_at), min(e.version),
           max(e.version), count(*), sum(e.debit), sum(e.credit)
    FROM ledger_entry AS e JOIN ledger_transaction AS t ON t.id = e.transaction_id
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
_HOLDS: LiteralString = """
    SELECT count(result.*) FROM ledger_account AS a,
        ledger_place_hold(jsonb_build_object(
            'id', gen_random_uuid(), 'account', a.public_id, 'amount', 100, 'currency', 'EUR',
            'expires_at', now() + interval '30 days', 'source', 'bench', 'reference', a.code,
            'fingerprint', '', 'event', gen_random_uuid()), now(), 'system', 'bench', '',
            'ledger.hold.placed.v1', '{}') AS result
    WHERE a.kind = 'liability' AND a.floor_minor = 0 AND a.id % 10 = 3
"""
_LIMITS: LiteralString = """
    SELECT count(result) FROM ledger_account AS a, ledger_set_limit(jsonb_build_object(
            'id', gen_random_uuid(), 'account', a.public_id, 'direction', 'out', 'period', 'days',
            'days', 1, 'scope', 'all', 'measure', 'amount', 'maximum', 1000000000,
            'effective_from', now()), now(), 'system', 'bench', '') AS result
    WHERE a.floor_minor = 0 AND a.id % 50 = 7
"""
_SET_LIMIT = "ledger_set_limit(jsonb,timestamptz,text,text,text)"
_SPANS: LiteralString = "SELECT upto FROM ledger_add_spans(%s, 50000, 1000)"
_ADD_SPANS = "ledger_add_spans(bigint,int,bigint)"


def fill(superuser_url: str, *, entries: int, accounts: int) -> None:
    """Fill an empty, migrated database; `entries` is at least one an account, and one."""
    numbers = {
        "accounts": accounts,
        "transfers": max(0, (entries - accounts - 1) // 2),
        "statement": STATEMENT,
        "opening": OPENING,
        "client": scripts.CLIENT,
        "width": len(scripts.FINGERPRINT),
    }
    with _hurried(superuser_url) as session, _hurried(superuser_url) as second:
        with triggers_off(session, *_TABLES, "ledger_roll_up"), ThreadPoolExecutor(1) as beside:
            session.execute(_ACCOUNTS, numbers)
            session.execute(_PLAN, numbers)
            headers = beside.submit(second.execute, _HEADERS, numbers)
            session.execute(_ENTRIES, numbers)
            session.execute(_BALANCES)
            headers.result()
            session.execute("DROP TABLE bench_plan")
            session.execute(_SUMS)
        session.execute("SELECT setval('ledger_transaction_id_seq', %(transfers)s + 1)", numbers)
    with psycopg.connect(superuser_url, autocommit=True) as session:
        _settle(session)


def _hurried(superuser_url: str) -> psycopg.Connection[Any]:
    """Return a session with room to sort, and without foreign keys: rows come in any order."""
    session = psycopg.connect(superuser_url, autocommit=True)
    session.execute("SET work_mem = '768MB'")
    session.execute("SET session_replication_role = replica")
    session.execute("SET synchronize_seqscans = off")  # a scan begins where the table begins
    return session


def exists(session: psycopg.Connection[Any], signature: str) -> bool:
    """Return whether the database has a function of this signature."""
    [[found]] = session.execute("SELECT to_regprocedure(%s) IS NOT NULL", [signature])
    return bool(found)


def _settle(session: psycopg.Connection[Any]) -> None:
    """Place holds, and leave the tables as a server at work has them."""
    session.execute(_HOLDS)
    if exists(session, _SET_LIMIT):
        session.execute(_LIMITS)
    upto = 0 if exists(session, _ADD_SPANS) else None
    while upto is not None:
        [[upto]] = session.execute(_SPANS, [upto])
    for mode, name in (("slots", HOT), ("deferred", DEFERRED)):
        session.execute(_HOT, {"id": name, "mode": mode, "slots": SLOTS})
    session.execute("VACUUM (ANALYZE, FREEZE)")
    session.execute("CHECKPOINT")
