"""Reversals as a client of the API meets them."""

from typing import Any

import pytest
from django.test import Client

from apps.ledger import public as ledger
from apps.platform import ids
from apps.platform.ids import new_id

from .books import balance, open_account, post, transfer
from .conftest import Caller

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/v1/ledger/reversals"


@pytest.fixture
def booked() -> ledger.TransactionView:
    """100 from a bank's account to a customer's."""
    bank, customer = open_account(kind="asset"), open_account(floor=0)
    posting = transfer(bank, customer, 100)
    post(posting)
    return ledger.transaction(transaction_id=posting.transaction_id)


def _send(client: Client, body: object, *, key: str | None = None) -> Any:
    headers = {"Idempotency-Key": key or str(new_id())}
    return client.post(URL, body, content_type="application/json", headers=headers)


def _body(found: ledger.TransactionView, **other: Any) -> dict[str, Any]:
    public = ids.encode("txn", found.transaction_id, region="eu")
    return {"transaction_id": public, "reason": "booked twice"} | other


def test_a_transaction_is_reversed_once_for_each_key_and_told_both_ways(
    caller: Caller, booked: ledger.TransactionView
) -> None:
    client = caller("ledger:write", "ledger:read")
    body = _body(booked)
    first, again = (_send(client, body, key="k") for _ in range(2))
    assert first.status_code == 201, first.content
    assert first.content == again.content
    told = first.json()
    assert (told["kind"], told["reverses"]["reversed_id"]) == ("reversal", body["transaction_id"])
    read = client.get(f"/v1/ledger/transfers/{body['transaction_id']}").json()
    assert [link["transaction_id"] for link in read["reversed_by"]] == [told["id"]]
    assert balance(booked.legs[0].account_id) == 0
    twice = _send(client, body)
    assert (twice.status_code, twice.json()["code"]) == (422, "ledger/already-reversed")


def test_a_part_is_named_by_account_and_version(
    caller: Caller, booked: ledger.TransactionView
) -> None:
    client = caller("ledger:write", "ledger:read")
    read = client.get(f"/v1/ledger/transfers/{_body(booked)['transaction_id']}").json()
    parts = [
        {"account_id": leg["account_id"], "version": leg["version"], "amount": 30}
        for leg in read["legs"]
    ]
    answer = _send(client, _body(booked, parts=parts))
    assert answer.status_code == 201, answer.content
    assert balance(booked.legs[0].account_id) == 70
    answer = _send(client, _body(booked, parts=[parts[0] | {"amount": 0}, parts[1]]))
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/parts/0/amount"]


def test_a_large_reversal_is_not_one_clients_to_make(
    caller: Caller, booked: ledger.TransactionView
) -> None:
    posting = transfer(booked.legs[0].account_id, booked.legs[1].account_id, 1_000_001)
    post(posting)
    large = ledger.transaction(transaction_id=posting.transaction_id)
    answer = _send(caller("ledger:write"), _body(large))
    assert (answer.status_code, answer.json()["code"]) == (403, "ledger/second-person-needed")


def test_what_the_client_may_not_see_it_does_not_reverse(
    caller: Caller, booked: ledger.TransactionView
) -> None:
    client = caller("ledger:write", all_rows=False)
    answer = _send(client, _body(booked))
    assert (answer.status_code, answer.json()["code"]) == (404, "ledger/transaction-not-found")
    blank = _send(caller("ledger:write"), _body(booked, reason=" "))
    assert blank.status_code == 400
