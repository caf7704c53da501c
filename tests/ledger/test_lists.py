"""Lists of accounts, holds and transfers: whole, in order, and no more than the client may see."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.identity import public as identity
from apps.ledger import public as ledger
from apps.ledger.models import Account
from apps.platform import clock, ids

from .books import ACTOR, NOW, capture, hold, open_account, post, transfer, void
from .conftest import Caller
from .test_balances import hot_account
from .test_reversals import reversal, reverse
from .test_spans import BEGIN, HOUR, Fact, book, sum_spans

pytestmark = pytest.mark.django_db(transaction=True)
FAR = clock.now() + timedelta(days=30)


def public(kind: str, value: UUID) -> str:
    """Return the public id."""
    return ids.encode(kind, value, region="eu")


def listed(client: Client, path: str, **query: str) -> list[dict[str, Any]]:
    """Return all rows of a list, read page by page."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        answer = client.get(f"/v1/ledger/{path}", {**query, **cursor})
        assert answer.status_code == 200, answer.content
        found += answer.json()["data"]
        if answer.json()["next_cursor"] is None:
            return found
        cursor = {"cursor": answer.json()["next_cursor"]}


def ids_of(rows: list[dict[str, Any]]) -> list[str]:
    """Return the ids of the rows."""
    return [row["id"] for row in rows]


def allow(client: Client, *account_ids: ledger.AccountId) -> None:
    """Let the client see the accounts."""
    made: identity.ApiClient = client.made  # type: ignore[attr-defined]
    for account_id in account_ids:
        identity.grant(
            actor=ACTOR,
            now=NOW,
            user_id=made.user_id,
            permission="ledger.view_balance",
            on=ledger.row(account_id=account_id),
        )


# --- accounts


def test_accounts_are_listed_by_the_page_by_number_and_by_code(caller: Caller) -> None:
    opened = [open_account() for _ in range(5)]
    client = caller("ledger:read")
    wanted = [public("acct", one) for one in opened]
    assert ids_of(listed(client, "accounts", limit="2")) == wanted
    by_code = listed(client, "accounts", limit="2", sort="code")
    assert ids_of(by_code) == [public("acct", one) for one in sorted(opened, key=str)]


def test_accounts_are_filtered(caller: Caller) -> None:
    asset, euro, franc = (
        open_account(kind="asset"),
        open_account(),
        open_account(currency="CHF"),
    )
    ledger.set_status(actor=ACTOR, now=NOW, account_id=euro, status="frozen")
    Account.objects.create(
        public_id=ids.new_id(), code="child%", name="x", kind="asset", currency="EUR",
        opened_at=NOW, parent=ledger.row(account_id=asset),
    )  # fmt: skip
    client = caller("ledger:read")
    for query, wanted in (
        ({"currency": "CHF"}, [franc]),
        ({"kind": "liability"}, [euro, franc]),
        ({"status": "frozen"}, [euro]),
        ({"code_prefix": str(asset)}, [asset]),
        ({"code_prefix": "%"}, []),
    ):
        assert ids_of(listed(client, "accounts", **query)) == [
            public("acct", one) for one in wanted
        ]
    child = listed(client, "accounts", parent=public("acct", asset))
    assert [one["code"] for one in child] == ["child%"]


def test_slots_are_not_listed_as_accounts(caller: Caller) -> None:
    hot = hot_account()
    assert public("acct", hot) in ids_of(listed(caller("ledger:read"), "accounts"))
    assert len(listed(caller("ledger:read"), "accounts")) == 1


def test_a_client_sees_its_own_accounts_alone_in_one_query_more_than_none(caller: Caller) -> None:
    own, other = open_account(), open_account()
    client = caller("ledger:read", all_rows=False)
    assert listed(client, "accounts") == []
    allow(client, own)
    assert ids_of(listed(client, "accounts")) == [public("acct", own)]
    answer = client.get("/v1/ledger/accounts", {"parent": public("acct", other)})
    assert answer.status_code == 404


def test_a_grant_to_a_group_counts_as_it_does_for_a_single_row(caller: Caller) -> None:
    from django.contrib.auth.models import Group
    from guardian.shortcuts import assign_perm

    own = open_account()
    client = caller("ledger:read", all_rows=False)
    group = Group.objects.create(name="merchants")
    client.made.user.groups.add(group)  # type: ignore[attr-defined]
    assign_perm("ledger.view_balance", group, ledger.row(account_id=own))
    assert ids_of(listed(client, "accounts")) == [public("acct", own)]
    assert client.get(f"/v1/ledger/accounts/{public('acct', own)}").status_code == 200


# --- holds


@pytest.fixture
def holds() -> tuple[ledger.AccountId, list[ledger.HoldId]]:
    """An account with a hold of each status: open, captured, voided, expired."""
    bank, customer = open_account(kind="asset"), open_account(floor=0)
    post(transfer(bank, customer, 1000))
    made = [hold(customer, 10, expires_at=FAR) for _ in range(3)]
    capture(made[1], bank)
    void(made[2])
    made.append(hold(customer, 10, expires_at=NOW + timedelta(seconds=1)))
    return customer, made


def test_holds_are_listed_and_filtered_by_how_they_stand(
    caller: Caller, holds: tuple[ledger.AccountId, list[ledger.HoldId]]
) -> None:
    customer, made = holds
    wanted = [public("hold", one) for one in made]
    client = caller("ledger:read")
    for account in ({}, {"account": public("acct", customer)}):
        assert ids_of(listed(client, "holds", limit="3", **account)) == wanted[::-1]
        for status, one in zip(("open", "captured", "voided", "expired"), wanted, strict=True):
            rows = listed(client, "holds", status=status, **account)
            assert [(row["id"], row["status"]) for row in rows] == [(one, status)]
    bank = listed(client, "holds", account=public("acct", open_account()))
    assert bank == []


def test_a_client_sees_the_holds_of_its_own_accounts(
    caller: Caller, holds: tuple[ledger.AccountId, list[ledger.HoldId]]
) -> None:
    client = caller("ledger:read", all_rows=False)
    assert listed(client, "holds") == []
    answer = client.get("/v1/ledger/holds", {"account": public("acct", holds[0])})
    assert answer.status_code == 404
    allow(client, holds[0])
    assert len(listed(client, "holds")) == 4


# --- transfers


def test_what_was_booked_is_listed_the_last_recorded_first(caller: Caller) -> None:
    bank, customer, other = open_account(kind="asset"), open_account(), open_account()
    book(bank, customer, [Fact(1, BEGIN, BEGIN + n * HOUR) for n in (3, 1, 2)])
    book(bank, other, [Fact(5, BEGIN, BEGIN + 9 * HOUR)])
    client = caller("ledger:read")
    rows = listed(client, "transfers", limit="2")
    assert [row["recorded_at"][11:13] for row in rows] == ["09", "03", "02", "01"]
    assert [(leg["debit"], leg["credit"]) for leg in rows[0]["legs"]] == [(5, 0), (0, 5)]
    own = {"account": public("acct", customer), "limit": "2"}
    assert len(listed(client, "transfers", **own)) == 3
    bounds = {"from": "2026-01-01T02:00:00Z", "to": "2026-01-01T03:00:00Z"}
    for more in ({}, own):
        rows = listed(client, "transfers", **bounds, **more)
        assert [row["recorded_at"][11:13] for row in rows] == ["03", "02"]


def test_transfers_are_filtered_by_kind_and_reference(caller: Caller) -> None:
    bank, customer = open_account(kind="asset"), open_account()
    post(transfer(bank, customer, 5, reference="first"), transfer(bank, customer, 7))
    booked = listed(caller("ledger:read"), "transfers", reference="first")
    assert [leg["debit"] for leg in booked[0]["legs"]] == [5, 0]
    undone = ids.decode(booked[0]["id"], kind="txn")[1]
    reverse(reversal(ledger.TransactionId(undone)))
    client = caller("ledger:read")
    account = public("acct", customer)
    for more in ({}, {"account": account}):
        kinds = [row["kind"] for row in listed(client, "transfers", **more)]
        assert sorted(kinds) == ["reversal", "transfer", "transfer"]
        (one,) = listed(client, "transfers", kind="reversal", **more)
        assert one["reverses"]["reversed_id"] == booked[0]["id"]
        (two,) = listed(client, "transfers", reference="first", **more)
        assert [link["transaction_id"] for link in two["reversed_by"]] == [one["id"]]
        assert listed(client, "transfers", reference="firs", **more) == []
        assert listed(client, "transfers", kind="fee", **more) == []


def test_a_journal_with_two_legs_on_an_account_is_listed_once(caller: Caller) -> None:
    bank, customer = open_account(kind="asset"), open_account()
    transaction_id = ledger.TransactionId(ids.new_id())
    legs = (
        ledger.Leg(bank, debit=30),
        ledger.Leg(customer, credit=10),
        ledger.Leg(customer, credit=20),
    )
    post(
        ledger.Posting(
            transaction_id=transaction_id,
            legs=legs,
            currency="EUR",
            effective_at=NOW,
            source="test",
            reference="twice",
            kind="journal",
        )
    )
    post(*(transfer(bank, customer, 1) for _ in range(3)))
    rows = listed(caller("ledger:read"), "transfers", account=public("acct", customer), limit="1")
    assert len(rows) == len(set(ids_of(rows))) == 4


def test_a_client_sees_what_touches_its_own_accounts_and_its_own_legs_of_it(
    caller: Caller,
) -> None:
    bank, own, other = open_account(kind="asset"), open_account(), open_account()
    post(transfer(bank, own, 5, reference="somebody's"), transfer(bank, other, 7))
    client = caller("ledger:read", all_rows=False)
    assert listed(client, "transfers") == []
    allow(client, own)
    (row,) = listed(client, "transfers")
    assert [leg["account_id"] for leg in row["legs"]] == [public("acct", own)]
    assert listed(client, "transfers", reference="somebody's") == []
    answer = client.get("/v1/ledger/transfers", {"account": public("acct", other)})
    assert answer.status_code == 404


def test_who_sees_an_account_sees_the_legs_of_its_slots(caller: Caller) -> None:
    bank, hot = open_account(kind="asset"), hot_account()
    post(*(transfer(bank, hot, 5) for _ in range(3)))
    client = caller("ledger:read", all_rows=False)
    allow(client, hot)
    rows = listed(client, "transfers", limit="2")
    assert [len(row["legs"]) for row in rows] == [1, 1, 1]
    assert len(listed(client, "transfers", account=public("acct", hot))) == 3


def test_a_long_history_is_listed_whole(caller: Caller) -> None:
    bank, customer = open_account(kind="asset"), open_account()
    for step in range(3):
        moment = BEGIN + step * 40 * HOUR
        book(bank, customer, [Fact(1, moment, moment)] * 250)
    sum_spans()
    rows = listed(caller("ledger:read"), "transfers", account=public("acct", customer), limit="100")
    assert len(set(ids_of(rows))) == 750


@pytest.mark.parametrize(
    ("path", "most"), [("accounts", 6), ("holds", 9), ("transfers", 9), ("transfers?account", 11)]
)
def test_the_number_of_queries_does_not_grow_with_the_page(
    caller: Caller, path: str, most: int
) -> None:
    bank, customer = open_account(kind="asset"), open_account(floor=0)
    client = caller("ledger:read", all_rows=False)
    allow(client, bank, customer)
    name, _, by_account = path.partition("?")
    query = {"account": public("acct", customer)} if by_account else {}
    counts = []
    for _ in range(2):
        for _ in range(4):
            post(transfer(bank, customer, 100))
            capture(hold(customer, 10, expires_at=FAR), bank, 5)
            allow(client, open_account())
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(f"/v1/ledger/{name}", query)
        assert len(answer.json()["data"]) >= 4
        counts.append(len(queries))
    assert counts[0] == counts[1] <= most


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("accounts?currency=eur", "/currency"),
        ("accounts?currency=EUR%0A", "/currency"),
        ("accounts?kind=money", "/kind"),
        ("accounts?status=", "/status"),
        ("accounts?code_prefix=%00", "/code_prefix"),
        ("accounts?code_prefix=" + "x" * 41, "/code_prefix"),
        ("accounts?parent=7", "/parent"),
        ("accounts?sort=name", "/sort"),
        ("accounts?curency=EUR", "/curency"),
        ("accounts?cursor=djE6LTE", "/cursor"),
        ("holds?status=held", "/status"),
        ("holds?account=hold_eu_x", "/account"),
        ("transfers?from=2026-02-01&to=2026-01-01", "/to"),
        ("transfers?from=yesterday", "/from"),
        ("transfers?kind=%00", "/kind"),
        ("transfers?reference=" + "x" * 256, "/reference"),
        ("transfers?cursor=djE6MQ", "/cursor"),
        ("transfers?limit=1e1", "/limit"),
    ],
)
def test_a_list_that_cannot_be_is_malformed(caller: Caller, path: str, pointer: str) -> None:
    answer = caller("ledger:read").get(f"/v1/ledger/{path}")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert pointer in [fault["pointer"] for fault in answer.json()["errors"]]


@pytest.mark.parametrize("path", ["accounts", "holds", "transfers"])
def test_a_list_takes_its_scope(caller: Caller, path: str) -> None:
    assert caller("ledger:write").get(f"/v1/ledger/{path}").status_code == 403
