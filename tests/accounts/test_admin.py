"""What staff see of customers: initials and balances, never an address, and nothing to change."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from apps.identity import public as identity
from apps.platform import db, ids

from .factories import ACTOR, EMAIL, NAME, NOW, a_bank, a_customer, an_account, paid

pytestmark = pytest.mark.django_db
CUSTOMERS = reverse("admin:accounts_customer_changelist")
ACCOUNTS = reverse("admin:accounts_productaccount_changelist")


def logged_in(role: str) -> tuple[Client, identity.User]:
    identity.sync_roles(actor=ACTOR, now=NOW)
    user = identity.create_staff(
        actor=ACTOR,
        now=NOW,
        username=role,
        role=role,
        password="correct horse battery",
    )
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client, user


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_shows_initials_and_no_name_or_address() -> None:
    client, _ = logged_in("operations")
    shown_id = ids.encode("cust", a_customer(), region="eu")
    text = page(client, CUSTOMERS)
    assert shown_id in text
    assert "Z•••• V••••" in text
    assert not [word for word in (*NAME.split(), EMAIL) if word in text]


def test_one_customer_shows_no_name_or_address_either() -> None:
    client, _ = logged_in("operations")
    a_customer()
    key = db.rows(sql="SELECT max(id) FROM accounts_customer")[0][0]
    text = page(client, reverse("admin:accounts_customer_change", args=[key]))
    assert "Z•••• V••••" in text
    assert not [word for word in (*NAME.split(), EMAIL) if word in text]


def test_who_looked_at_whom_is_in_the_audit_trail() -> None:
    client, user = logged_in("operations")
    customer_id = a_customer()
    page(client, CUSTOMERS)
    key = db.rows(sql="SELECT max(id) FROM accounts_customer")[0][0]
    page(client, reverse("admin:accounts_customer_change", args=[key]))
    looks = db.rows(
        sql="SELECT actor_kind, actor_key, detail ->> 'customer_ids' FROM audit_event "
        "WHERE action = 'accounts.customer.list'"
    )
    assert looks == [("staff", str(user.pk), f'["{customer_id}"]')] * 2


def test_who_looked_at_whose_accounts_is_in_the_audit_trail() -> None:
    client, user = logged_in("operations")
    customer_id = a_customer()
    an_account(customer_id)
    page(client, ACCOUNTS)
    key = db.rows(sql="SELECT max(id) FROM accounts_product_account")[0][0]
    page(client, reverse("admin:accounts_productaccount_change", args=[key]))
    looks = db.rows(
        sql="SELECT actor_key, detail ->> 'customer_ids' FROM audit_event "
        "WHERE action = 'accounts.customer.list'"
    )
    assert looks == [(str(user.pk), f'["{customer_id}"]')] * 2


@pytest.mark.parametrize("form", ["shown", "uuid"])
def test_a_customer_is_found_by_their_whole_id(form: str) -> None:
    client, _ = logged_in("operations")
    wanted, other = a_customer(), a_customer()
    shown = ids.encode("cust", wanted, region="eu")
    text = page(client, f"{CUSTOMERS}?q={shown if form == 'shown' else wanted}")
    assert shown in text
    assert ids.encode("cust", other, region="eu") not in text


@pytest.mark.parametrize("typed", ["nobody", "cust_eu_1", "'; --"])
def test_a_search_for_nonsense_finds_nobody(typed: str) -> None:
    client, _ = logged_in("operations")
    a_customer()
    assert "Z••••" not in page(client, f"{CUSTOMERS}?q={typed}")


def test_accounts_show_the_ledgers_balance() -> None:
    client, _ = logged_in("auditor")
    account_id = an_account(a_customer())
    paid(a_bank(), account_id, 1050)
    text = page(client, ACCOUNTS)
    assert ids.encode("acct", account_id, region="eu") in text
    assert "10.50 EUR" in text
    key = db.rows(sql="SELECT max(id) FROM accounts_product_account")[0][0]
    assert "10.50 EUR" in page(client, reverse("admin:accounts_productaccount_change", args=[key]))


def test_a_longer_list_of_accounts_takes_no_more_queries(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client, _ = logged_in("auditor")
    customer_id = a_customer()
    for _ in range(20):
        an_account(customer_id)
    with django_assert_max_num_queries(12):
        page(client, ACCOUNTS)


def test_an_auditor_does_not_see_customers() -> None:
    client, _ = logged_in("auditor")
    assert client.get(CUSTOMERS).status_code == 403


@pytest.mark.parametrize(
    ("model", "table"),
    [("customer", "accounts_customer"), ("productaccount", "accounts_product_account")],
)
def test_nobody_adds_changes_or_deletes_here(model: str, table: str) -> None:
    client, _ = logged_in("administrator")
    an_account(a_customer())
    before = db.rows(sql=f"SELECT * FROM {table}")  # noqa: S608
    for url in (
        reverse(f"admin:accounts_{model}_add"),
        reverse(f"admin:accounts_{model}_change", args=[before[0][0]]),
        reverse(f"admin:accounts_{model}_delete", args=[before[0][0]]),
    ):
        assert client.post(url, {"post": "yes", "language": "de"}).status_code == 403
    assert db.rows(sql=f"SELECT * FROM {table}") == before  # noqa: S608
