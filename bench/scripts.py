"""The SQL that pgbench sends: what `apps.ledger.services` sends for one posting, and nothing less.

pgbench knows neither UUIDs nor SHA-256, so the statement makes its ids as the service does (version
7: a time stamp, then random bits), and the fingerprint is always that of one transfer. `IDS`
tells what that takes; it is counted against Probity.
"""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from apps.ledger import rules
from apps.ledger.events import AccountId, TransactionId
from apps.platform.money import Money

CLIENT: Final = "0193a5b2-7c11-7d2e-9f40-3b6c5d1e8a77"  # who books: an API client's key
SUBSCRIBERS: Final = "ARRAY['notifications.queue']"
FINGERPRINT: Final = rules.fingerprint(
    rules.transfer(
        transaction_id=TransactionId(UUID(int=0)),
        debit_account_id=AccountId(UUID(int=1)),
        credit_account_id=AccountId(UUID(int=2)),
        amount=Money(1, "EUR"),
        effective_at=datetime.fromtimestamp(0, UTC),
        source="bench",
        reference="bench",
    )
)
_ACCOUNT: Final = "('00000000-0000-7000-8000-' || lpad((:{0}::bigint)::text, 12, '0'))"
_ID: Final = "(stamp || substr(gen_random_uuid()::text, 16))"
# Hexadecimal milliseconds, cut where a UUID cuts them, and the version.
_STAMP: Final = """(SELECT substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-7' AS stamp FROM (
        SELECT lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') AS h
        OFFSET 0) AS clock OFFSET 0) AS moment"""
_CHOICE: Final = r"""\set debit random(1, :accounts)
\set credit (:debit + random(1, :accounts - 1) - 1) % :accounts + 1
\set amount random(1, 100)
"""
_FRESH: Final = f"""{_ID}::uuid AS id, {_ID} AS reference, {_ID}::uuid AS event,
           {_ID} AS request"""
_POSTING: Final = """SELECT result.* FROM (
    SELECT format('[{"id":"%s","kind":"transfer","source":"%s","reference":"%s",'
                  '"fingerprint":"%s","effective_at":"%s","currency":"EUR","event":"%s"}]',
                  id, 'api:@client', reference, '@fingerprint', now(), event)::jsonb AS postings,
           format('[{"n":1,"account":"%s","debit":%s,"credit":0},'
                  '{"n":1,"account":"%s","debit":0,"credit":%s}]',
                  @debit, :amount::bigint, @credit, :amount::bigint)::jsonb AS legs, request
    FROM (SELECT @known FROM @stamp OFFSET 0) AS known
    OFFSET 0) AS wanted,
    ledger_post(postings, legs, now(), 'client', '@client', request, 'ledger.transfer.posted.v1',
                @subscribers) AS result
"""
_TRANSFER: Final = """SELECT result.* FROM (SELECT @known FROM @stamp OFFSET 0) AS wanted,
    ledger_transfer(id, 'api:@client', reference, '@fingerprint', @debit::uuid, @credit::uuid,
                    :amount::bigint, 'EUR', now(), now(), 'client', '@client', request, event,
                    'ledger.transfer.posted.v1', @subscribers, @rest) AS result
"""
IDS: Final = """SELECT count(known) FROM (
    SELECT known FROM generate_series(1, %(times)s) AS n CROSS JOIN LATERAL (
        SELECT @known FROM @stamp) AS known OFFSET 0) AS many
""".replace("@known", _FRESH).replace("@stamp", _STAMP.replace("* 1000)", "* 1000 + 0 * n)"))
# IDS: what the ids of so many posts take.
_FIRST: Final = (
    "uuid,text,text,text,uuid,uuid,bigint,text,timestamptz,timestamptz,text,text,text,uuid,text,"
    "text[]"
)
# Forms of the function for one transfer, where the engine has it: signature, last arguments.
FORMS: Final = {
    f"ledger_transfer({_FIRST},text,jsonb,uuid)": "'transfer', NULL, NULL",
    f"ledger_transfer({_FIRST},jsonb,uuid)": "NULL, NULL",
}


def _filled(fast: str, *, debit: str, credit: str, known: str = _FRESH) -> str:
    statement = _TRANSFER if fast else _POSTING
    parts = {
        "@rest": FORMS.get(fast, ""),
        "@stamp": _STAMP,
        "@known": known,
        "@debit": debit,
        "@credit": credit,
        "@client": CLIENT,
        "@fingerprint": FINGERPRINT,
        "@subscribers": SUBSCRIBERS,
    }
    for name, text in parts.items():
        statement = statement.replace(name, text)
    return statement


def post(*, fast: str, hot: str = "") -> str:
    """Return the script of one transfer between two accounts; `hot`: all credit this one.

    `fast` is the signature of a form for one transfer; "": ledger_post, with JSON.
    """
    credit = f"'{hot}'" if hot else _ACCOUNT.format("credit")
    return _CHOICE + _filled(fast, debit=_ACCOUNT.format("debit"), credit=credit)


def replay(*, fast: str) -> str:
    """Return the script that sends one of a thousand transfers that may have been booked before.

    Which accounts and how much follow from the reference, as they do for a client that repeats.
    """
    known = f"""{_ID}::uuid AS id, 'replay-' || :again::int AS reference, {_ID}::uuid AS event,
           {_ID} AS request"""
    statement = _filled(
        fast,
        debit=_ACCOUNT.format("again"),
        credit=_ACCOUNT.format("other"),
        known=known,
    )
    choice = r"""\set again random(1, least(:accounts, 1000))
\set other (:again + 1) % :accounts + 1
\set amount 1
"""
    return choice + statement
