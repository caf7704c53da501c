"""Chains as a client of the API meets them."""

from typing import Any

import psycopg
import pytest
from django.test import Client

from apps.identity import public as identity
from apps.ledger import public as ledger
from apps.platform import ids
from apps.platform.ids import new_id

from .books import ACTOR, NOW, Pair, acct, available, balance, open_account
from .conftest import Caller

pytestmark = pytest.mark.django_db(transaction=True)
URL, LATER = "/v1/ledger/chains", "2999-01-01T00:00:00Z"


def _send(client: Client, path: str, body: object = None, *, key: str | None = None) -> Any:
    headers = {"Idempotency-Key": key or str(new_id())}
    return client.post(f"{URL}{path}", body, content_type="application/json", headers=headers)


def _money(minor: int) -> dict[str, Any]:
    return {"amount": minor, "currency": "EUR"}


def _transfer(debit: ledger.AccountId, credit: ledger.AccountId, minor: int) -> dict[str, Any]:
    return {
        "debit_account_id": acct(debit),
        "credit_account_id": acct(credit),
        "amount": _money(minor),
        "reference": str(new_id()),
    }


def _hold(account: ledger.AccountId, minor: int) -> dict[str, Any]:
    return {
        "account_id": acct(account),
        "amount": _money(minor),
        "expires_at": LATER,
        "reference": str(new_id()),
    }


def test_a_chain_is_booked_whole_added_to_and_reversed(caller: Caller, pair: Pair) -> None:
    bank, customer = pair
    shop, client = open_account(floor=0), caller("ledger:write", "ledger:read")
    lines = [_transfer(customer, shop, 60), _transfer(shop, bank, 60)]
    first, again = (_send(client, "", {"transfers": lines}, key="k") for _ in range(2))
    assert first.status_code == 201, first.content
    assert first.content == again.content
    told = first.json()
    assert (told["status"], len(told["transactions"]), told["holds"]) == ("open", 2, [])
    assert {one["chain_id"] for one in told["transactions"]} == {told["id"]}
    more = _send(client, "", {"chain_id": told["id"], "holds": [_hold(customer, 40)]})
    assert more.json()["holds"][0]["chain_id"] == told["id"]
    assert client.get(f"{URL}/{told['id']}").json() == more.json()
    void = _send(client, f"/{told['id']}/void")
    assert (void.status_code, void.json()["code"]) == (422, "ledger/chain-booked")
    undone = _send(client, f"/{told['id']}/reversals", {"reason": "fell through"})
    assert undone.status_code == 201, undone.content
    assert undone.json()["status"] == "reversed"
    assert all(one["reversed_by"] for one in undone.json()["transactions"])
    assert (balance(customer), available(customer)) == (100, 100)
    ended = _send(client, "", {"chain_id": told["id"], "holds": [_hold(customer, 1)]})
    assert (ended.status_code, ended.json()["code"]) == (422, "ledger/chain-ended")


def test_a_chain_of_holds_is_captured_whole(caller: Caller, pair: Pair) -> None:
    bank, customer = pair
    client = caller("ledger:write")
    placed = _send(client, "", {"holds": [_hold(customer, 60), _hold(customer, 10)]}).json()
    path = f"/{placed['id']}"
    captures = [{"hold_id": one["id"], "to_account_id": acct(bank)} for one in placed["holds"]]
    part = _send(client, f"{path}/captures", {"captures": captures[:1]})
    assert (part.status_code, part.json()["code"]) == (422, "ledger/malformed-chain")
    twice = _send(client, f"{path}/captures", {"captures": captures[:1] * 2})
    assert [fault["pointer"] for fault in twice.json()["errors"]] == ["/captures"]
    alone = client.post(
        f"/v1/ledger/holds/{placed['holds'][0]['id']}/void",
        content_type="application/json",
        headers={"Idempotency-Key": "v"},
    )
    assert (alone.status_code, alone.json()["code"]) == (422, "ledger/chained")
    whole = _send(client, f"{path}/captures", {"captures": captures})
    assert whole.status_code == 201, whole.content
    assert [one["status"] for one in whole.json()["holds"]] == ["captured", "captured"]
    assert balance(customer) == 30


def test_a_chain_of_holds_is_voided(caller: Caller, pair: Pair) -> None:
    client = caller("ledger:write")
    placed = _send(client, "", {"holds": [_hold(pair[1], 60), _hold(pair[1], 10)]}).json()
    voided = _send(client, f"/{placed['id']}/void")
    assert (voided.status_code, voided.json()["status"]) == (201, "voided")
    assert available(pair[1]) == 100


def test_a_chain_of_journals_of_many_legs(caller: Caller, pair: Pair) -> None:
    bank, customer = pair
    legs = [
        {"account_id": acct(customer), "side": "debit", "amount": _money(60)},
        {"account_id": acct(bank), "side": "credit", "amount": _money(60)},
    ]
    line = {"legs": legs, "reference": "a", "metadata": {"order": 1}}
    answer = _send(caller("ledger:write"), "", {"journals": [line, line | {"reference": "b"}]})
    assert (answer.status_code, answer.json()["code"]) == (422, "ledger/insufficient-funds")
    answer = _send(caller("ledger:write"), "", {"journals": [line]})
    assert answer.json()["transactions"][0]["metadata"] == {"order": 1}


def test_a_pruned_key_still_makes_one_chain(
    caller: Caller, pair: Pair, superuser_connection: psycopg.Connection
) -> None:
    client, body = caller("ledger:write"), {"transfers": [_transfer(pair[1], pair[0], 60)]}
    first = _send(client, "", body, key="k")
    superuser_connection.execute("ALTER TABLE idempotency_key DISABLE TRIGGER USER")
    superuser_connection.execute("DELETE FROM idempotency_key")
    superuser_connection.commit()
    late = _send(client, "", body, key="k")
    assert (late.status_code, late.json()) == (201, first.json())
    assert balance(pair[1]) == 40


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({}, "/transfers"),
        ({"transfers": [], "holds": []}, "/transfers"),
        ({"transfers": [{}]}, "/transfers/0/debit_account_id"),
        ({"holds": [{}]}, "/holds/0/account_id"),
        ({"chain_id": "chain_eu_nonsense", "holds": []}, "/chain_id"),
    ],
)
def test_a_malformed_chain_is_told_where(
    caller: Caller, change: dict[str, Any], pointer: str
) -> None:
    answer = _send(caller("ledger:write"), "", change)
    assert answer.status_code == 400
    assert pointer in {fault["pointer"] for fault in answer.json()["errors"]}


def test_several_kinds_at_once_are_refused(caller: Caller, pair: Pair) -> None:
    body = {"transfers": [_transfer(*pair, 1)], "holds": [_hold(pair[1], 1)]}
    answer = _send(caller("ledger:write"), "", body)
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/transfers"]


def test_a_large_chain_is_not_one_clients_to_reverse(caller: Caller, pair: Pair) -> None:
    client = caller("ledger:write")
    lines = [_transfer(*pair, 600_000), _transfer(*pair, 600_000)]
    path = f"/{_send(client, '', {'transfers': lines}).json()['id']}/reversals"
    answer = _send(client, path, {"reason": "x"})
    assert (answer.status_code, answer.json()["code"]) == (403, "ledger/second-person-needed")


def test_whose_accounts_were_not_granted_is_not_told_of_a_chain(caller: Caller, pair: Pair) -> None:
    bank, customer = pair
    made = _send(caller("ledger:write"), "", {"transfers": [_transfer(customer, bank, 5)]}).json()
    client = caller("ledger:read", "ledger:write", all_rows=False)
    acts = [("/void", None), ("/reversals", {"reason": "x"})]
    for chain_id in (made["id"], ids.encode("chain", new_id(), region="eu")):
        assert client.get(f"{URL}/{chain_id}").status_code == 404
        for path, body in acts:
            assert (
                _send(client, f"/{chain_id}{path}", body).json()["code"] == "ledger/chain-not-found"
            )
    identity.grant(
        actor=ACTOR,
        now=NOW,
        user_id=client.made.user_id,  # type: ignore[attr-defined]
        permission="ledger.view_balance",
        on=ledger.row(account_id=customer),
    )
    (seen,) = client.get(f"{URL}/{made['id']}").json()["transactions"]
    assert [leg["account_id"] for leg in seen["legs"]] == [acct(customer)]
    assert _send(client, f"/{made['id']}/reversals", {"reason": "x"}).status_code == 403
    mine = {"chain_id": made["id"], "holds": [_hold(customer, 1)]}
    assert _send(client, "", mine).status_code == 403
