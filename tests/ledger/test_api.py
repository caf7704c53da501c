"""The ledger API as a client meets it."""

from dataclasses import replace
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.identity import public as identity
from apps.ledger import public as ledger
from apps.ledger.models import Transaction
from apps.platform import ids
from apps.platform.ids import new_id

from .books import ACTOR, NOW, acct, balance, open_account, post, transfer
from .conftest import Caller

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/v1/ledger/transfers"


def _body(debit: ledger.AccountId, credit: ledger.AccountId, **other: Any) -> dict[str, Any]:
    return {
        "debit_account_id": acct(debit),
        "credit_account_id": acct(credit),
        "amount": {"amount": 1050, "currency": "EUR"},
    } | other


def _send(client: Client, body: object, key: str | None = "key-1") -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post(URL, body, content_type="application/json", headers=headers)


def test_a_transfer_is_posted_and_can_be_read_again(caller: Caller) -> None:
    bank, customer = open_account(kind="asset"), open_account(floor=0)
    client = caller("ledger:write", "ledger:read")
    posted = _send(client, _body(bank, customer))
    assert posted.status_code == 201, posted.content
    assert posted.json()["amount"] == {"amount": 1050, "currency": "EUR"}
    read = client.get(f"{URL}/{posted.json()['id']}").json()
    assert [(leg["debit"], leg["credit"]) for leg in read["legs"]] == [(1050, 0), (0, 1050)]
    account = f"/v1/ledger/accounts/{acct(customer)}"
    assert client.get(account).json()["currency"] == "EUR"
    found = client.get(f"{account}/balance").json()
    assert (found["posted"], found["available"], found["version"]) == (1050, 1050, 1)


def test_a_repeat_gets_the_kept_answer_and_moves_nothing(caller: Caller) -> None:
    bank, customer = open_account(kind="asset"), open_account()
    client = caller("ledger:write")
    first, again = (_send(client, _body(bank, customer)) for _ in range(2))
    assert first.content == again.content
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert balance(customer) == 1050


def test_the_same_key_with_another_body_is_refused(caller: Caller) -> None:
    bank, customer = open_account(kind="asset"), open_account()
    client = caller("ledger:write")
    _send(client, _body(bank, customer))
    other = _send(client, _body(bank, customer, amount={"amount": 1, "currency": "EUR"}))
    assert (other.status_code, other.json()["code"]) == (422, "idempotency/key-reused")
    assert balance(customer) == 1050


def test_the_same_key_of_another_client_is_another_transfer(caller: Caller) -> None:
    bank, customer = open_account(kind="asset"), open_account()
    for _ in range(2):
        assert _send(caller("ledger:write"), _body(bank, customer)).status_code == 201
    assert balance(customer) == 2100


def test_a_refusal_is_kept_so_that_a_later_retry_does_not_surprise(caller: Caller) -> None:
    bank, customer = open_account(kind="asset"), open_account(floor=0)
    client = caller("ledger:write")
    refused = _send(client, _body(customer, bank))
    assert (refused.status_code, refused.json()["code"]) == (422, "ledger/insufficient-funds")
    assert refused["Content-Type"] == "application/problem+json"
    post(transfer(bank, customer, 5000))
    again = _send(client, _body(customer, bank))
    assert again.content == refused.content
    assert again["Idempotency-Replayed"] == "true"
    assert _send(client, _body(customer, bank), key="key-2").status_code == 201


def test_a_pruned_key_still_posts_once(
    caller: Caller, superuser_connection: psycopg.Connection
) -> None:
    bank, customer = open_account(kind="asset"), open_account()
    client = caller("ledger:write")
    first = _send(client, _body(bank, customer))
    superuser_connection.execute("ALTER TABLE idempotency_key DISABLE TRIGGER USER")
    superuser_connection.execute("DELETE FROM idempotency_key")
    superuser_connection.commit()
    late = _send(client, _body(bank, customer))
    assert late.status_code == 201
    assert late.json() == first.json()
    assert balance(customer) == 1050


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"amount": {"amount": 10.5, "currency": "EUR"}}, "/amount"),
        ({"amount": {"amount": "1050", "currency": "EUR"}}, "/amount"),
        ({"amount": {"amount": True, "currency": "EUR"}}, "/amount"),
        ({"amount": {"amount": 0, "currency": "EUR"}}, "/amount"),
        ({"amount": {"amount": -1, "currency": "EUR"}}, "/amount"),
        ({"amount": {"amount": 2**63, "currency": "EUR"}}, "/amount"),
        ({"amount": {"amount": 1, "currency": "XXX"}}, "/amount"),
        ({"amount": {"amount": 1, "currency": "EUR", "more": 1}}, "/amount"),
        ({"amount": 1050}, "/amount"),
        ({"debit_account_id": "acct_eu_nonsense"}, "/debit_account_id"),
        ({"debit_account_id": 7}, "/debit_account_id"),
        ({"debit_account_id": None}, "/debit_account_id"),
        ({"effective_at": "yesterday"}, "/effective_at"),
        ({"efective_at": "2026-01-01T00:00:00Z"}, "/efective_at"),
    ],
)
def test_a_malformed_body_is_told_where_and_changes_nothing(
    caller: Caller, change: dict[str, Any], pointer: str
) -> None:
    bank, customer = open_account(kind="asset"), open_account()
    answer = _send(caller("ledger:write"), _body(bank, customer) | change)
    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]
    assert not Transaction.objects.exists()


@pytest.mark.parametrize(
    ("body", "status"),
    [("{", 400), ("[]", 400), ("7", 400), ('{"amount": NaN}', 400), ("", 400)],
)
def test_a_body_that_is_no_object_is_malformed(caller: Caller, body: str, status: int) -> None:
    assert _send(caller("ledger:write"), body).status_code == status


@pytest.mark.parametrize("key", [None, "", " ", "k" * 256, "ключ"])
def test_a_usable_key_is_required(caller: Caller, key: str | None) -> None:
    bank, customer = open_account(kind="asset"), open_account()
    answer = _send(caller("ledger:write"), _body(bank, customer), key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency/key-missing")


def test_a_future_effective_date_is_refused(caller: Caller) -> None:
    bank, customer = open_account(kind="asset"), open_account()
    body = _body(bank, customer, effective_at="2999-01-01T00:00:00Z")
    answer = _send(caller("ledger:write"), body)
    assert (answer.status_code, answer.json()["code"]) == (422, "ledger/effective-in-future")


def test_no_token_a_wrong_one_and_a_stopped_one_are_401(caller: Caller) -> None:
    bank, customer = open_account(kind="asset"), open_account()
    stopped = caller("ledger:write")
    identity.stop_client(actor=ACTOR, now=NOW, client_id=stopped.made.pk)  # type: ignore[attr-defined]
    wrong = Client(headers={"Authorization": "Bearer probity_cli_eu_0.x"})
    for client in (Client(), wrong, stopped):
        answer = _send(client, _body(bank, customer))
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"


def test_a_token_without_the_scope_is_403(caller: Caller) -> None:
    bank, customer = open_account(kind="asset"), open_account()
    assert _send(caller("ledger:read"), _body(bank, customer)).status_code == 403
    writer = caller("ledger:write")
    assert writer.get(f"/v1/ledger/accounts/{acct(bank)}").status_code == 403


def test_an_account_that_was_not_granted_is_as_good_as_none(caller: Caller) -> None:
    bank, customer = open_account(kind="asset"), open_account()
    post(transfer(bank, customer, 5000))
    client = caller("ledger:read", "ledger:write", all_rows=False)
    missing = ledger.AccountId(new_id())
    for path in ("", "/balance", "/entries"):
        other, none = (
            client.get(f"/v1/ledger/accounts/{acct(one)}{path}") for one in (customer, missing)
        )
        assert other.status_code == none.status_code == 404
        assert {**other.json(), "request_id": ""} == {**none.json(), "request_id": ""}
    assert _send(client, _body(customer, bank)).status_code == 404
    for permission in ("ledger.view_balance", "ledger.post_from"):
        identity.grant(
            actor=ACTOR,
            now=NOW,
            user_id=client.made.user_id,  # type: ignore[attr-defined]
            permission=permission,
            on=ledger.row(account_id=customer),
        )
    assert client.get(f"/v1/ledger/accounts/{acct(customer)}/balance").status_code == 200
    assert _send(client, _body(customer, bank)).status_code == 201
    assert _send(client, _body(bank, customer), key="key-2").status_code == 404


def test_of_a_transaction_a_client_sees_the_legs_of_its_own_accounts(caller: Caller) -> None:
    bank, customer, stranger = open_account(kind="asset"), open_account(), open_account()
    transaction_id = ledger.TransactionId(new_id())
    payroll = replace(
        transfer(bank, customer, 3),
        transaction_id=transaction_id,
        legs=(
            ledger.Leg(bank, debit=3),
            ledger.Leg(customer, credit=1),
            ledger.Leg(stranger, credit=2),
        ),
    )
    post(payroll)
    client, url = (
        caller("ledger:read", all_rows=False),
        f"{URL}/{ids.encode('txn', transaction_id, region='eu')}",
    )
    assert client.get(url).status_code == 404
    identity.grant(
        actor=ACTOR,
        now=NOW,
        user_id=client.made.user_id,  # type: ignore[attr-defined]
        permission="ledger.view_balance",
        on=ledger.row(account_id=customer),
    )
    assert [leg["account_id"] for leg in client.get(url).json()["legs"]] == [acct(customer)]
    assert len(caller("ledger:read").get(url).json()["legs"]) == 3


def test_who_may_look_may_not_post(caller: Caller) -> None:
    bank, customer = open_account(kind="asset"), open_account()
    client = caller("ledger:write", all_rows=False)
    identity.grant(
        actor=ACTOR,
        now=NOW,
        user_id=client.made.user_id,  # type: ignore[attr-defined]
        permission="ledger.view_balance",
        on=ledger.row(account_id=customer),
    )
    assert _send(client, _body(customer, bank)).status_code == 403


def test_another_regions_id_is_misdirected(caller: Caller) -> None:
    theirs = ids.encode("acct", new_id(), region="us")
    answer = caller("ledger:read").get(f"/v1/ledger/accounts/{theirs}")
    assert (answer.status_code, answer.json()["region"]) == (421, "us")


def test_entries_page_without_repeats_or_gaps_while_money_moves(caller: Caller) -> None:
    bank, customer = open_account(kind="asset"), open_account()
    post(*(transfer(bank, customer, minor) for minor in range(1, 8)))
    client, seen, cursor = caller("ledger:read"), [], ""
    while True:
        path = f"/v1/ledger/accounts/{acct(customer)}/entries?limit=3{cursor}"
        page = client.get(path).json()
        seen += [entry["version"] for entry in page["data"]]
        post(transfer(bank, customer, 1))
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == [7, 6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "cursor=x", "cursor=djI6MQ"])
def test_a_page_that_cannot_be_is_malformed(caller: Caller, query: str) -> None:
    bank = open_account(kind="asset")
    url = f"/v1/ledger/accounts/{acct(bank)}/entries?{query}"
    assert caller("ledger:read").get(url).status_code == 400


def test_a_post_costs_a_bounded_number_of_queries(caller: Caller) -> None:
    """Token, BEGIN, claim, post, keep, COMMIT: none for rights, none for each leg."""
    bank, customer = open_account(kind="asset"), open_account()
    client = caller("ledger:write")
    with CaptureQueriesContext(connection) as queries:
        _send(client, _body(bank, customer))
    assert len(queries) == 6, [query["sql"][:60] for query in queries]


def test_the_limit_of_a_client_is_told_and_held(caller: Caller, settings: Any) -> None:
    settings.RATE_PER_DAY = 2
    bank = open_account(kind="asset")
    client = caller("ledger:read")
    answers = [client.get(f"/v1/ledger/accounts/{acct(bank)}") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert '"day";q=2;w=86400' in answers[0]["RateLimit-Policy"]
    assert '"day";r=0' in answers[1]["RateLimit"]
    assert int(answers[2]["Retry-After"]) >= 1
    assert answers[2].json()["code"] == "request/too-many"


def test_every_answer_has_its_request_id_and_is_never_cached(caller: Caller) -> None:
    bank = open_account(kind="asset")
    url = f"/v1/ledger/accounts/{acct(bank)}"
    answer = caller("ledger:read").get(url, headers={"X-Request-ID": "request-0001"})
    assert answer["X-Request-ID"] == "request-0001"
    assert answer["Cache-Control"] == "no-store"
    odd = caller("ledger:read").get(url, headers={"X-Request-ID": "<script>"})
    assert odd["X-Request-ID"] != "<script>"


def test_head_is_a_get_without_its_body(caller: Caller) -> None:
    url = f"/v1/ledger/accounts/{acct(open_account())}"
    answer = caller("ledger:read").head(url)
    assert (answer.status_code, answer.content) == (200, b"")
    assert caller("ledger:write").head(url).status_code == 403


def test_an_unknown_route_and_method_are_problems_too(caller: Caller) -> None:
    client = caller("ledger:read")
    missing = client.get("/v1/nothing")
    assert (missing.status_code, missing.json()["code"]) == (404, "request/not-found")
    assert client.delete(URL).status_code == 405
    large = client.post(URL, " " * 2**21, content_type="application/json")
    assert large.status_code in {403, 413}
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE < 2**21
