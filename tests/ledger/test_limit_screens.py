"""Limits over HTTP and on the staff screens."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse as url_of

from apps.identity import public as identity
from apps.ledger import public as ledger
from apps.ledger.models import Limit
from apps.platform import clock
from apps.platform.ids import encode, new_id

from .books import ACTOR, NOW, open_account
from .conftest import Caller
from .limits import limit

pytestmark = pytest.mark.django_db
Staff = Callable[[str], Client]
SET = "/admin/ledger/limit/set/"


@pytest.fixture
def staff() -> Staff:
    """Return a maker of browsers in which someone of a role has logged in."""
    identity.sync_roles(actor=ACTOR, now=NOW)

    def make(role: str) -> Client:
        user = identity.create_staff(
            actor=ACTOR, now=NOW, username=role, role=role, password="a long passphrase"
        )
        browser = Client()
        browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return browser

    return make


def _url(account_id: ledger.AccountId) -> str:
    return f"/v1/ledger/accounts/{encode('acct', account_id, region='eu')}/limits"


def _body(account_id: ledger.AccountId, **other: str) -> dict[str, str]:
    usual = {
        "account": str(account_id), "direction": "out", "period": "days", "days": "1",
        "scope": "all", "measure": "amount", "maximum": "1000.00",
    }  # fmt: skip
    return usual | other


def test_limits_are_read_with_what_is_left(caller: Caller) -> None:
    customer, shop = open_account(), open_account()
    now = clock.now()
    limit(customer, 500, now=now)
    limit(customer, 5, now=now, scope="one", counterparty_id=shop, measure="count", period="month")
    answer = caller("ledger:read").get(_url(customer))
    assert answer.status_code == 200
    day, month = answer.json()["data"]
    assert (day["maximum"], day["used"], day["left"], day["in_force"]) == (500, 0, 500, True)
    assert month["counterparty_id"] == encode("acct", shop, region="eu")


def test_a_client_sees_limits_of_its_accounts_alone_and_no_counterparty_it_may_not_see(
    caller: Caller,
) -> None:
    customer, shop = open_account(), open_account()
    limit(customer, 5, now=clock.now(), scope="one", counterparty_id=shop)
    client = caller("ledger:read", all_rows=False)
    assert client.get(_url(customer)).status_code == 404
    identity.grant(
        actor=ACTOR,
        now=NOW,
        user_id=client.made.user_id,  # type: ignore[attr-defined]
        permission="ledger.view_balance",
        on=ledger.row(account_id=customer),
    )
    (found,) = client.get(_url(customer)).json()["data"]
    assert (found["scope"], found["counterparty_id"]) == ("one", None)


def test_operations_set_a_limit_and_it_is_shown(staff: Staff) -> None:
    customer = open_account()
    browser = staff("operations")
    assert browser.get(SET, {"account": str(customer)}).status_code == 200
    answer = browser.post(SET, _body(customer))
    assert (answer.status_code, answer["Location"]) == (302, "/admin/ledger/limit/")
    (found,) = ledger.limits_of(account_id=customer, at=clock.now())
    assert (found.maximum, found.days, found.scope) == (1000_00, 1, "all")
    row = Limit.objects.get()
    listed = browser.get("/admin/ledger/limit/").content.decode()
    opened = browser.get(url_of("admin:ledger_limit_change", args=[row.pk])).content.decode()
    for text in (listed, opened):
        assert "what leaves in a day" in text
        assert "1,000.00 EUR" in text
    assert ">0.00 EUR" in opened  # used


def test_a_count_towards_one_counterparty_for_a_time_is_set(staff: Staff) -> None:
    customer, shop = open_account(), open_account()
    times = {"effective_from": "2999-01-01 00:00", "effective_until": "2999-02-01 00:00"}
    body = _body(
        customer, scope="one", counterparty=str(shop), measure="count", maximum="3", **times
    )
    assert staff("operations").post(SET, body).status_code == 302
    (found,) = ledger.limits_of(account_id=customer, at=clock.now())
    assert (found.counterparty_id, found.measure, found.maximum) == (shop, "count", 3)
    assert found.effective_from.isoformat() == "2999-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"account": "nobody"}, "No account has this code."),
        ({"maximum": "10.001"}, "decimals"),
        ({"maximum": "much"}, "is not a decimal number"),
        ({"measure": "count", "maximum": "1.5"}, "whole numbers"),
        ({"maximum": "-1"}, "A limit allows 0 to"),
        ({"days": "0"}, "greater than or equal to 1"),
        ({"scope": "one"}, "names it"),
        ({"effective_until": "2020-01-01 00:00"}, "ends later than it begins"),
    ],
)
def test_what_is_wrong_is_told_beside_the_form_and_sets_nothing(
    staff: Staff, wrong: dict[str, str], told: str
) -> None:
    answer = staff("operations").post(SET, _body(open_account(), **wrong))
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not Limit.objects.exists()


def test_limits_are_ended_from_the_list(staff: Staff) -> None:
    customer = open_account()
    limit(customer, 5, now=clock.now())
    chosen = [str(Limit.objects.get().pk)]
    body = {"action": "end", "_selected_action": chosen}
    staff("operations").post("/admin/ledger/limit/", body)
    assert ledger.limits_of(account_id=customer, at=clock.now()) == []


def test_an_auditor_sees_limits_and_sets_none(staff: Staff) -> None:
    customer = open_account()
    limit(customer, 5, now=clock.now())
    browser, row = staff("auditor"), Limit.objects.get()
    assert browser.get("/admin/ledger/limit/").status_code == 200
    assert browser.get(SET).status_code == 403
    assert browser.post(SET, _body(customer)).status_code == 403
    body = {"action": "end", "_selected_action": [str(row.pk)]}
    browser.post("/admin/ledger/limit/", body)
    for view in ("change", "delete"):
        url = url_of(f"admin:ledger_limit_{view}", args=[row.pk])
        assert browser.post(url, {"days": 9}).status_code == 403
    assert len(ledger.limits_of(account_id=customer, at=clock.now())) == 1


def test_the_list_takes_as_many_queries_for_many_limits_as_for_one(staff: Staff) -> None:
    browser = staff("auditor")

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            browser.get("/admin/ledger/limit/")
        return len(found)

    limit(open_account(), 1, now=clock.now())
    few = queries()
    for _ in range(5):
        limit(open_account(), 1, now=clock.now(), scope="one", counterparty_id=open_account())
    assert queries() == few


def test_an_account_that_is_not_there_has_no_limits_to_read(caller: Caller) -> None:
    assert caller("ledger:read").get(_url(ledger.AccountId(new_id()))).status_code == 404
