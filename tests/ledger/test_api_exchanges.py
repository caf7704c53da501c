"""Exchanges as a client of the API meets them."""

from typing import Any

import pytest
from django.test import Client

from apps.ledger import public as ledger
from apps.platform.ids import new_id

from .books import acct, balance, open_account
from .conftest import Caller
from .test_exchanges import Books, books

__all__ = ["books"]  # the fixture
pytestmark = pytest.mark.django_db(transaction=True)
URL = "/v1/ledger/exchanges"


def _send(client: Client, body: object, *, key: str | None = None) -> Any:
    headers = {"Idempotency-Key": key or str(new_id())}
    return client.post(URL, body, content_type="application/json", headers=headers)


def _body(books: Books, **other: Any) -> dict[str, Any]:
    usual = {
        "from_account_id": acct(books["eur"]),
        "to_account_id": acct(books["usd"]),
        "sell": {"amount": 10_000, "currency": "EUR"},
        "rate": "1.0842",
        "rate_source": "desk",
        "quoted_at": "2026-03-31T11:59:00Z",
    } | other
    return {name: value for name, value in usual.items() if value is not None}


def test_an_exchange_is_booked_once_and_told_with_its_rate(caller: Caller, books: Books) -> None:
    client = caller("ledger:write", "ledger:read")
    first, again = (_send(client, _body(books), key="k") for _ in range(2))
    assert first.status_code == 201, first.content
    assert first.content == again.content
    told = first.json()
    assert (told["kind"], len(told["legs"])) == ("exchange", 4)
    assert told["conversion"] == {
        "sold": {"amount": 10_000, "currency": "EUR"},
        "bought": {"amount": 10_842, "currency": "USD"},
        "rate": {"numerator": "5421", "denominator": "5000"},
        "rate_decimal": "1.0842",
        "fixes": "sell",
        "rounding": "half_even",
        "rate_source": "desk",
        "quoted_at": "2026-03-31T11:59:00Z",
    }
    assert balance(books["usd"]) == 10_842
    assert client.get(f"/v1/ledger/transfers/{told['id']}").json() == told


@pytest.mark.parametrize(
    "rate",
    [
        {"numerator": 10842, "denominator": 10000},
        {"numerator": "5421", "denominator": "5000"},
        "1.084200",
    ],
)
def test_a_rate_may_be_said_in_several_ways(caller: Caller, books: Books, rate: object) -> None:
    buy = {"amount": 10_842, "currency": "USD"}
    body = _body(books, rate=rate, sell=None, buy=buy, metadata={"deal": 7})
    answer = _send(caller("ledger:write"), body)
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert told["conversion"]["rate"] == {"numerator": "5421", "denominator": "5000"}
    assert told["conversion"]["sold"] == {"amount": 10_000, "currency": "EUR"}
    assert (told["conversion"]["fixes"], told["metadata"]) == ("buy", {"deal": 7})


def test_fees_go_to_their_accounts(caller: Caller, books: Books) -> None:
    fee = {"account_id": acct(books["fees"]), "amount": {"amount": 150, "currency": "EUR"}}
    answer = _send(caller("ledger:write"), _body(books, fees=[fee], rounding="down"))
    assert answer.status_code == 201, answer.content
    assert (balance(books["fees"]), balance(books["eur"])) == (150, 89_850)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"rate": 1.0842}, "/rate"),
        ({"rate": "0"}, "/rate"),
        ({"rate": "1,08"}, "/rate"),
        ({"rate": {"numerator": 0, "denominator": 1}}, "/rate"),
        ({"rate": {"numerator": True, "denominator": 1}}, "/rate"),
        ({"rate": {"numerator": 1.5, "denominator": 1}}, "/rate"),
        ({"rate": {"numerator": "1", "denominator": "9" * 19}}, "/rate"),
        ({"rate": {"numerator": 1, "denominator": 1, "more": 1}}, "/rate"),
        ({"rate_source": " "}, "/rate_source"),
        ({"rounding": "random"}, "/rounding"),
        ({"sell": None}, "/sell"),
        ({"buy": {"amount": 1, "currency": "USD"}}, "/sell"),
        ({"quoted_at": None}, "/quoted_at"),
    ],
)
def test_a_malformed_exchange_is_told_where(
    caller: Caller, books: Books, change: dict[str, Any], pointer: str
) -> None:
    answer = _send(caller("ledger:write"), _body(books, **change))
    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


def test_refusals_have_their_codes(caller: Caller, books: Books) -> None:
    client = caller("ledger:write")
    cases: list[tuple[dict[str, Any], str]] = [
        ({"to_account_id": acct(open_account())}, "ledger/malformed-exchange"),
        ({"sell": {"amount": 5, "currency": "USD"}}, "ledger/currency-mismatch"),
        ({"sell": {"amount": 100_001, "currency": "EUR"}}, "ledger/insufficient-funds"),
        ({"to_account_id": acct(open_account(currency="CHF"))}, "ledger/trading-account-missing"),
        ({"rate": "0.00001"}, "ledger/malformed-exchange"),
        ({"rate": "0." + "0" * 17 + "1"}, "ledger/malformed-exchange"),
        ({"effective_at": "2999-01-01T00:00:00Z"}, "ledger/effective-in-future"),
    ]
    for change, code in cases:
        answer = _send(client, _body(books, **change))
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert balance(books["eur"]) == 100_000


def test_an_exchange_over_an_account_that_was_not_granted_is_404(
    caller: Caller, books: Books
) -> None:
    answer = _send(caller("ledger:write", all_rows=False), _body(books))
    assert (answer.status_code, answer.json()["code"]) == (404, "ledger/account-not-found")
    assert ledger.account(account_id=books["usd"]).version == 0
