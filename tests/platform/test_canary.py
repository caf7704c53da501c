"""What names a person goes through every screen and call, and is found nowhere that keeps it."""

import logging
from collections.abc import Iterator
from io import StringIO

import psycopg
import pytest
import redis
from django.conf import settings
from django.test import Client
from django.urls import get_resolver

from apps.accounts import public as accounts
from apps.identity import public as identity
from apps.ledger import public as ledger
from apps.platform import ids, observability
from tests.architecture.test_views import routes
from tests.ledger.books import ACTOR, NOW, open_account, post, transfer

pytestmark = pytest.mark.django_db(transaction=True)
NAME, EMAIL, TYPED = "Canaria Vogelsang", "canaria@vogelsang.example", "typed-7f3a"
PASSWORD = "a long pass phrase"


@pytest.fixture
def log() -> Iterator[StringIO]:
    """Catch what the configured handler writes, at its most talkative."""
    root, stream = logging.getLogger(), StringIO()
    before, level = root.handlers, root.level
    observability.configure_logging({"level": "DEBUG"})
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    yield stream
    root.handlers = before
    root.setLevel(level)


def _customer() -> ledger.AccountId:
    customer_id = accounts.CustomerId(ids.new_id())
    account_id = ledger.AccountId(ids.new_id())
    accounts.register_customer(
        actor=ACTOR, now=NOW, customer_id=customer_id, name=NAME, email=EMAIL
    )
    accounts.open_account(
        actor=ACTOR,
        now=NOW,
        account_id=account_id,
        customer_id=customer_id,
        product="current",
        currency="EUR",
    )
    return account_id


def _through_the_admin() -> None:
    identity.sync_roles(actor=ACTOR, now=NOW)
    identity.create_staff(
        actor=ACTOR, now=NOW, username="staff", role="administrator", password=PASSWORD
    )
    client = Client(raise_request_exception=False)
    client.post("/admin/login/", {"username": TYPED, "password": TYPED})
    client.post("/admin/login/", {"username": "staff", "password": PASSWORD, "next": "/admin/"})
    seen = 0
    for route, _ in routes(get_resolver().url_patterns):
        if not route.startswith("admin/") or "(" in route or "logout" in route:
            continue
        for object_id in ("1", TYPED):
            path = route.replace("<path:object_id>", object_id)
            if "<" not in path:
                answer = client.get(f"/{path}", {"q": NAME, "s": EMAIL, TYPED: TYPED})
                assert answer.status_code < 500, path
                seen += answer.status_code == 200
    assert seen > 15


def _through_the_api(account_id: ledger.AccountId) -> None:
    _, token = identity.create_client(
        actor=ACTOR, now=NOW, name="erp", scopes=["ledger:read", "ledger:write"], all_rows=True
    )
    client = Client(headers={"Authorization": f"Bearer {token}"}, raise_request_exception=False)
    account = ids.encode("acct", account_id, region="eu")
    bank = ids.encode("acct", open_account(kind="asset"), region="eu")
    good = {
        "debit_account_id": bank,
        "credit_account_id": account,
        "amount": {"amount": 5, "currency": "EUR"},
    }
    for n, body in enumerate((good, good | {"note": NAME}, good | {"amount": TYPED}, TYPED)):
        headers = {"Idempotency-Key": f"key-{n}", "User-Agent": TYPED}
        url = f"/v1/ledger/transfers?who={EMAIL}"
        answer = client.post(url, body, content_type="application/json", headers=headers)
        assert answer.status_code == (201 if n == 0 else 400)
    for path in (f"accounts/{account}", f"accounts/{account}/entries", f"accounts/{TYPED}"):
        client.get(f"/v1/ledger/{path}", {"cursor": NAME})


def test_no_store_keeps_what_names_a_person(
    log: StringIO, superuser_connection: psycopg.Connection
) -> None:
    account_id = _customer()
    post(transfer(open_account(kind="asset"), account_id, 100))
    _through_the_admin()
    _through_the_api(account_id)
    kept = {"log": log.getvalue()}
    tables = superuser_connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    ).fetchall()
    for (table,) in tables:
        rows = superuser_connection.execute(f"SELECT t::text FROM {table} AS t").fetchall()  # noqa: S608
        kept[table] = "\n".join(row for (row,) in rows)
    for url in (settings.REDIS_URL, settings.CACHES["default"]["LOCATION"]):
        with redis.Redis.from_url(url) as server:
            kept[url] = str([(key, server.dump(key)) for key in server.scan_iter()])
    assert kept["log"].count("answered") > 20
    assert kept["accounts_customer"]
    found = {
        (place, canary)
        for place, text in kept.items()
        for canary in (NAME, EMAIL, TYPED, "Vogelsang")
        if canary in text
    }
    assert found == set()
