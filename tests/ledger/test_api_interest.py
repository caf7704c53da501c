"""Interest and fees as a client of the API meets them."""

from typing import Any

import pytest
from django.test import Client

from apps.identity import public as identity
from apps.ledger import public as ledger
from apps.platform import ids
from apps.platform.ids import new_id

from .books import ACTOR, NOW, balance, open_account, post, transfer
from .conftest import Caller
from .fees import fee_schedule
from .savings import BEGIN, DAY, accrue, pay_in, savings

pytestmark = pytest.mark.django_db(transaction=True)


def _acct(account_id: ledger.AccountId) -> str:
    return ids.encode("acct", account_id, region="eu")


def _charge(client: Client, body: object, *, key: str | None = None) -> Any:
    headers = {"Idempotency-Key": key or str(new_id())}
    return client.post("/v1/ledger/fees", body, content_type="application/json", headers=headers)


def test_what_has_accrued_is_read(caller: Caller) -> None:
    books = savings(capitalises="yearly")
    pay_in(books.bank, books.saver, 1_000_00, BEGIN)
    accrue(BEGIN + 30 * DAY)
    client = caller("ledger:read")
    assert client.get(f"/v1/ledger/accounts/{_acct(books.saver)}/interest").json() == {
        "account_id": _acct(books.saver), "currency": "EUR", "schedule": books.code,
        "through": "2026-01-31", "paid": 212, "paid_carried": "24/73", "charged": 0,
        "charged_carried": "0",
    }  # fmt: skip
    none = client.get(f"/v1/ledger/accounts/{_acct(books.bank)}/interest").json()
    assert (none["schedule"], none["through"], none["paid"]) == (None, None, 0)


def test_a_client_sees_the_interest_of_its_own_accounts_alone(caller: Caller) -> None:
    books = savings()
    path = f"/v1/ledger/accounts/{_acct(books.saver)}/interest"
    client = caller("ledger:read", all_rows=False)
    assert client.get(path).status_code == 404
    identity.grant(
        actor=ACTOR,
        now=NOW,
        user_id=client.made.user_id,  # type: ignore[attr-defined]
        permission="ledger.view_balance",
        on=ledger.row(account_id=books.saver),
    )
    assert client.get(path).status_code == 200


def test_a_fee_is_charged_once_for_each_key(caller: Caller) -> None:
    bank, customer = open_account(kind="asset"), open_account(floor=0)
    post(transfer(bank, customer, 100_00))
    client = caller("ledger:write", "ledger:read")
    body = {
        "schedule": fee_schedule(ledger.FeeTier(flat_minor=2_50)), "account_id": _acct(customer),
        "amount": {"amount": 50_00, "currency": "EUR"},
    }  # fmt: skip
    first, again = (_charge(client, body, key="one") for _ in range(2))
    assert (first.status_code, first.json()) == (201, again.json())
    assert first.json()["fee"] == {"amount": 2_50, "currency": "EUR"}
    booked = client.get(f"/v1/ledger/transfers/{first.json()['transaction_id']}").json()
    assert (booked["kind"], balance(customer)) == ("fee", 97_50)
    nothing = _charge(client, body | {"schedule": fee_schedule(ledger.FeeTier())})
    assert (nothing.status_code, nothing.json()["transaction_id"]) == (201, None)


def test_a_fee_that_cannot_be_charged_is_a_problem(caller: Caller) -> None:
    customer = open_account(floor=0)
    client = caller("ledger:write")
    body = {
        "schedule": fee_schedule(ledger.FeeTier(flat_minor=2_50)), "account_id": _acct(customer),
        "amount": {"amount": 50_00, "currency": "EUR"},
    }  # fmt: skip
    assert _charge(client, body).json()["code"] == "ledger/insufficient-funds"
    assert _charge(client, body | {"schedule": "x"}).json()["code"] == "ledger/schedule-not-found"
    dollars = {"amount": {"amount": 1, "currency": "USD"}}
    assert _charge(client, body | dollars).json()["code"] == "ledger/currency-mismatch"
    stranger = caller("ledger:write", all_rows=False)
    assert _charge(stranger, body).status_code == 404
    assert _charge(caller("ledger:read"), body).status_code == 403
