"""Journals and batches as a client of the API meets them."""

from typing import Any

import pytest
from django.test import Client

from apps.ledger import public as ledger
from apps.platform.ids import new_id

from .books import Pair, acct, balance, open_account
from .conftest import Caller

pytestmark = pytest.mark.django_db(transaction=True)
JOURNALS, BATCHES = "/v1/ledger/journals", "/v1/ledger/batches"


def _send(client: Client, url: str, body: object, *, key: str | None = None) -> Any:
    headers = {"Idempotency-Key": key or str(new_id())}
    return client.post(url, body, content_type="application/json", headers=headers)


def _leg(account: ledger.AccountId, side: str, minor: int, currency: str = "EUR") -> dict[str, Any]:
    return {
        "account_id": acct(account),
        "side": side,
        "amount": {"amount": minor, "currency": currency},
    }


def _line(
    debit: ledger.AccountId, credit: ledger.AccountId, minor: int, reference: str
) -> dict[str, Any]:
    return {
        "debit_account_id": acct(debit),
        "credit_account_id": acct(credit),
        "amount": {"amount": minor, "currency": "EUR"},
        "reference": reference,
    }


def test_a_journal_of_several_legs_and_currencies_is_posted_once(caller: Caller) -> None:
    euros, trading = open_account(), open_account(kind="equity")
    yens, yen_trading = (
        open_account(currency="JPY"),
        open_account(kind="equity", currency="JPY"),
    )
    legs = [
        _leg(euros, "debit", 100),
        _leg(trading, "credit", 60),
        _leg(trading, "credit", 40),
        _leg(yen_trading, "debit", 16_000, "JPY"),
        _leg(yens, "credit", 16_000, "JPY"),
    ]
    client = caller("ledger:write", "ledger:read")
    first, again = (_send(client, JOURNALS, {"legs": legs}, key="k") for _ in range(2))
    assert first.status_code == 201, first.content
    assert first.content == again.content
    assert first.json()["kind"] == "journal"
    assert len(first.json()["legs"]) == 5
    assert balance(yens) == 16_000
    read = client.get(f"/v1/ledger/transfers/{first.json()['id']}")
    assert read.json() == first.json()


def test_a_journal_that_does_not_balance_is_refused(caller: Caller, pair: Pair) -> None:
    legs = [_leg(pair[0], "debit", 2), _leg(pair[1], "credit", 1)]
    answer = _send(caller("ledger:write"), JOURNALS, {"legs": legs})
    assert (answer.status_code, answer.json()["code"]) == (422, "ledger/unbalanced")


def test_a_malformed_leg_is_told_where(caller: Caller, pair: Pair) -> None:
    legs = [_leg(pair[0], "debit", 1), _leg(pair[1], "left", 0)]
    answer = _send(caller("ledger:write"), JOURNALS, {"legs": legs})
    assert answer.status_code == 400
    assert {fault["pointer"] for fault in answer.json()["errors"]} == {
        "/legs/1/side",
        "/legs/1/amount",
    }
    one = _send(caller("ledger:write"), JOURNALS, {"legs": legs[:1]})
    assert one.status_code == 400


def test_a_batch_of_all_is_all_or_nothing(caller: Caller, pair: Pair) -> None:
    bank, customer = pair
    client = caller("ledger:write")
    good, bad = _line(customer, bank, 60, "a"), _line(customer, bank, 41, "b")
    answer = _send(client, BATCHES, {"mode": "all", "transfers": [good, bad]})
    assert (answer.status_code, answer.json()["code"]) == (422, "ledger/insufficient-funds")
    assert balance(customer) == 100
    answer = _send(client, BATCHES, {"mode": "all", "transfers": [good]})
    assert [line["status"] for line in answer.json()["results"]] == ["posted"]


def test_a_batch_of_each_has_a_result_a_line(caller: Caller, pair: Pair) -> None:
    bank, customer = pair
    client = caller("ledger:write", "ledger:read")
    lines = [
        _line(customer, bank, 60, "a"),
        _line(customer, bank, 41, "b"),
        _line(customer, bank, 40, "c"),
        _line(customer, bank, 60, "a"),
    ]
    answer = _send(client, BATCHES, {"mode": "each", "transfers": lines})
    assert answer.status_code == 201, answer.content
    told = answer.json()["results"]
    assert [line["status"] for line in told] == ["posted", "refused", "posted", "replayed"]
    assert [line["reference"] for line in told] == ["a", "b", "c", "a"]
    assert told[1]["code"] == "ledger/insufficient-funds"
    assert told[0]["id"] == told[3]["id"]
    assert client.get(f"/v1/ledger/transfers/{told[2]['id']}").status_code == 200
    assert balance(customer) == 0


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"mode": "some"}, "/mode"),
        ({"transfers": []}, "/transfers"),
        ({"transfers": [{}] * 1001}, "/transfers"),
    ],
)
def test_a_malformed_batch_is_told_where(
    caller: Caller, pair: Pair, change: dict[str, Any], pointer: str
) -> None:
    body = {"mode": "each", "transfers": [_line(*pair, 1, "a")]}
    answer = _send(caller("ledger:write"), BATCHES, body | change)
    assert answer.status_code == 400
    assert {fault["pointer"].partition("/0")[0] for fault in answer.json()["errors"]} >= {pointer}


def test_a_batch_or_journal_over_an_account_that_was_not_granted_is_404(
    caller: Caller, pair: Pair
) -> None:
    client = caller("ledger:write", all_rows=False)
    batch = {"mode": "each", "transfers": [_line(*pair, 1, "a")]}
    assert _send(client, BATCHES, batch).status_code == 404
    legs = [_leg(pair[0], "debit", 1), _leg(pair[1], "credit", 1)]
    assert _send(client, JOURNALS, {"legs": legs}).status_code == 404
