"""Holds as a client of the API meets them."""

from typing import Any

import pytest
from django.test import Client

from apps.identity import public as identity
from apps.ledger import public as ledger
from apps.platform import clock, ids
from apps.platform.ids import new_id

from .books import ACTOR, NOW, Pair, acct, balance, hold
from .conftest import Caller

pytestmark = pytest.mark.django_db(transaction=True)
URL, LATER = "/v1/ledger/holds", "2999-01-01T00:00:00Z"


def _send(client: Client, path: str, body: object = None, *, key: str | None = None) -> Any:
    headers = {"Idempotency-Key": key or str(new_id())}
    return client.post(f"{URL}{path}", body, content_type="application/json", headers=headers)


def _place(client: Client, account: ledger.AccountId, minor: int = 60, **other: Any) -> Any:
    amount = {"amount": minor, "currency": "EUR"}
    body = {"account_id": acct(account), "amount": amount, "expires_at": LATER}
    return _send(client, "", body | other)


def test_a_hold_is_placed_captured_in_part_extended_and_voided(caller: Caller, pair: Pair) -> None:
    bank, customer = pair
    client = caller("ledger:write", "ledger:read")
    placed = _place(client, customer)
    assert placed.status_code == 201, placed.content
    path = f"/{placed.json()['id']}"
    found = client.get(f"/v1/ledger/accounts/{acct(customer)}/balance").json()
    assert (found["posted"], found["held"], found["available"]) == (100, 60, 40)
    part = _send(client, f"{path}/captures", {"to_account_id": acct(bank), "amount": 10})
    assert (part.status_code, part.json()["left"]) == (201, 50)
    capture = part.json()["captures"][0]
    read = client.get(f"/v1/ledger/transfers/{capture['transaction_id']}").json()
    assert (read["kind"], read["legs"][0]["debit"]) == ("capture", 10)
    later = "2999-06-01T00:00:00Z"
    assert _send(client, f"{path}/extensions", {"expires_at": later}).json()["expires_at"] == later
    assert _send(client, f"{path}/void").json()["status"] == "voided"
    told = client.get(f"{URL}{path}").json()
    assert (told["status"], told["left"], told["amount"]) == ("voided", 0, 60)
    assert balance(customer) == 90


def test_a_capture_without_an_amount_takes_all_and_a_repeat_takes_nothing(
    caller: Caller, pair: Pair
) -> None:
    bank, customer = pair
    client = caller("ledger:write")
    path = f"/{_place(client, customer).json()['id']}/captures"
    body = {"to_account_id": acct(bank)}
    first, again = (_send(client, path, body, key="k") for _ in range(2))
    assert first.content == again.content
    assert again["Idempotency-Replayed"] == "true"
    assert first.json()["status"] == "captured"
    assert balance(customer) == 40


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"amount": {"amount": 0, "currency": "EUR"}}, "/amount"),
        ({"expires_at": "soon"}, "/expires_at"),
        ({"expires_at": None}, "/expires_at"),
        ({"account_id": "acct_eu_nonsense"}, "/account_id"),
    ],
)
def test_a_malformed_hold_is_told_where(
    caller: Caller, pair: Pair, change: dict[str, Any], pointer: str
) -> None:
    answer = _place(caller("ledger:write"), pair[1], **change)
    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize("amount", [0, -1, 2**63, "x", None])
def test_a_malformed_capture_is_told_where(caller: Caller, pair: Pair, amount: object) -> None:
    client = caller("ledger:write")
    path = f"/{_place(client, pair[1]).json()['id']}/captures"
    answer = _send(client, path, {"to_account_id": acct(pair[0]), "amount": amount})
    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/amount"]


def test_refusals_have_their_codes(caller: Caller, pair: Pair) -> None:
    bank, customer = pair
    client = caller("ledger:write")
    past = _place(client, customer, expires_at="2020-01-01T00:00:00Z")
    assert (past.status_code, past.json()["code"]) == (422, "ledger/malformed-hold")
    short = _place(client, customer, 101)
    assert (short.status_code, short.json()["code"]) == (422, "ledger/insufficient-funds")
    path = f"/{_place(client, customer).json()['id']}"
    body = {"to_account_id": acct(bank), "amount": 61}
    more = _send(client, f"{path}/captures", body)
    assert (more.status_code, more.json()["code"]) == (422, "ledger/capture-exceeds-hold")
    body = {"to_account_id": acct(bank), "effective_at": LATER}
    future = _send(client, f"{path}/captures", body)
    assert (future.status_code, future.json()["code"]) == (422, "ledger/effective-in-future")
    shorter = _send(client, f"{path}/extensions", {"expires_at": "2998-01-01T00:00:00Z"})
    assert (shorter.status_code, shorter.json()["code"]) == (422, "ledger/hold-not-extended")
    _send(client, f"{path}/void")
    ended = _send(client, f"{path}/void")
    assert (ended.status_code, ended.json()["code"]) == (422, "ledger/hold-ended")


def test_a_hold_past_its_end_is_expired_before_the_job_came(caller: Caller, pair: Pair) -> None:
    held = hold(pair[1], 60)  # its week was over long ago
    public = ids.encode("hold", held, region="eu")
    client = caller("ledger:write", "ledger:read")
    told = client.get(f"{URL}/{public}").json()
    assert (told["status"], told["left"]) == ("expired", 0)
    lapsed = _send(client, f"/{public}/void")
    assert (lapsed.status_code, lapsed.json()["code"]) == (422, "ledger/hold-lapsed")
    assert ledger.balance(account_id=pair[1], at=clock.now()).available_minor == 100


def test_whose_account_was_not_granted_is_not_told_of_its_holds(caller: Caller, pair: Pair) -> None:
    bank, customer = pair
    held = ids.encode("hold", hold(customer, 60, now=NOW), region="eu")
    nothing = ids.encode("hold", new_id(), region="eu")
    client = caller("ledger:read", "ledger:write", all_rows=False)
    for one in (held, nothing):
        assert client.get(f"{URL}/{one}").status_code == 404
        body = {"to_account_id": acct(bank)}
        assert _send(client, f"/{one}/captures", body).json()["code"] == "ledger/hold-not-found"
    assert _place(client, customer).status_code == 404
    identity.grant(
        actor=ACTOR,
        now=NOW,
        user_id=client.made.user_id,  # type: ignore[attr-defined]
        permission="ledger.view_balance",
        on=ledger.row(account_id=customer),
    )
    assert client.get(f"{URL}/{held}").status_code == 200
    assert _send(client, f"/{held}/void").status_code == 403
    assert _place(client, customer).status_code == 403
