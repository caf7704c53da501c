"""Taking a customer on and opening their accounts: sealed, audited, all or nothing."""

import json

import pytest

from apps.accounts import public as accounts
from apps.accounts.models import Customer, ProductAccount
from apps.ledger import public as ledger
from apps.platform import crypto, db
from apps.platform.ids import new_id

from .factories import ACTOR, EMAIL, NAME, NOW, a_bank, a_customer, an_account, paid

pytestmark = pytest.mark.django_db


def test_a_registered_customer_can_be_written_to() -> None:
    customer_id = a_customer(language="fr")
    assert accounts.contact(customer_id=customer_id) == accounts.Contact(
        name=NAME, email=EMAIL, language="fr"
    )


def test_nobody_is_found_under_another_id() -> None:
    assert accounts.contact(customer_id=accounts.CustomerId(new_id())) is None


def test_no_table_holds_name_or_address_in_clear() -> None:
    an_account(a_customer())
    for table in ("accounts_customer", "accounts_product_account", "audit_event", "ledger_account"):
        for (row,) in db.rows(sql=f"SELECT to_jsonb(t)::text FROM {table} AS t"):  # noqa: S608
            told = bytes.fromhex("".join(json_hex(row))).decode("utf-8", "ignore") + row
            assert not [word for word in (*NAME.split(), EMAIL) if word in told], table


def test_two_customers_of_one_name_are_sealed_unlike() -> None:
    a_customer()
    a_customer()
    one, other = Customer.objects.order_by("pk")
    assert bytes(one.name_sealed) != bytes(other.name_sealed)
    assert crypto.unwrap(one.wrapped_key) != crypto.unwrap(other.wrapped_key)


@pytest.mark.parametrize("column", ["name_sealed", "email_sealed"])
def test_a_sealed_value_moved_to_another_customer_does_not_open(column: str) -> None:
    a_customer(name="One Name")
    mine, theirs = Customer.objects.get(), a_customer(name="Other Name")
    other = Customer.objects.get(public_id=theirs)
    key = crypto.unwrap(mine.wrapped_key)
    with pytest.raises(crypto.Undecipherable):
        crypto.unseal(
            key,
            getattr(mine, column),
            about=f"accounts_customer|{column.partition('_')[0]}|{other.public_id}",
        )


def test_taking_on_and_opening_are_audited_without_naming_anybody() -> None:
    customer_id = a_customer()
    account_id = an_account(customer_id)
    assert db.rows(sql="SELECT action, subject, detail FROM audit_event ORDER BY id") == [
        ("accounts.customer.register", f"customer:{customer_id}", "{}"),
        (
            "ledger.account.open",
            f"account:{account_id}",
            json.dumps({"code": code_of(account_id), "kind": "liability", "currency": "EUR"}),
        ),
        (
            "accounts.account.open",
            f"account:{account_id}",
            json.dumps({"product": "current", "customer_id": str(customer_id)}),
        ),
    ]


def test_a_taken_id_is_refused_and_nobody_of_the_batch_is_taken_on() -> None:
    taken = a_customer()
    batch = [
        accounts.NewCustomer(customer_id=customer_id, name="Any One", email="any@example.com")
        for customer_id in (accounts.CustomerId(new_id()), taken)
    ]
    with pytest.raises(accounts.CustomerExists):
        accounts.register_customers(actor=ACTOR, now=NOW, customers=batch)
    assert Customer.objects.count() == 1


def test_one_invalid_person_keeps_the_whole_batch_out() -> None:
    batch = [
        accounts.NewCustomer(
            customer_id=accounts.CustomerId(new_id()), name=name, email="any@example.com"
        )
        for name in ("Any One", "")
    ]
    with pytest.raises(accounts.InvalidCustomer):
        accounts.register_customers(actor=ACTOR, now=NOW, customers=batch)
    assert not Customer.objects.exists()


def test_an_account_is_a_deposit_in_the_ledger_that_cannot_go_below_zero() -> None:
    customer_id = a_customer()
    account_id = an_account(customer_id, currency="JPY")
    opened = ledger.account(account_id=account_id)
    assert (opened.kind, opened.currency, opened.floor_minor) == ("liability", "JPY", 0)
    assert opened.holder_id == customer_id
    bank = a_bank(currency="JPY")
    paid(bank, account_id, 500, currency="JPY")
    with pytest.raises(ledger.InsufficientFunds):
        paid(account_id, bank, 501, currency="JPY")


def test_a_stranger_gets_no_account() -> None:
    with pytest.raises(accounts.CustomerNotFound):
        an_account(accounts.CustomerId(new_id()))


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        ({"product": "mortgage"}, accounts.UnknownProduct),
        ({"currency": "XYZ"}, ledger.CurrencyMismatch),
    ],
)
def test_a_refused_account_leaves_neither_product_nor_ledger_account(
    wanted: dict[str, str], refusal: type[Exception]
) -> None:
    customer_id = a_customer()
    with pytest.raises(refusal):
        an_account(customer_id, **wanted)
    assert not ProductAccount.objects.exists()
    assert ledger.accounts(holder_id=ledger.HolderId(customer_id)) == []


def test_customers_are_listed_page_by_page_with_their_accounts() -> None:
    first, second, third = sorted(a_customer() for _ in range(3))
    held = (an_account(second), an_account(second, product="savings"))
    [one, two] = accounts.customers(limit=2)
    assert [one.customer_id, two.customer_id] == [first, second]
    assert two.account_ids == held
    assert [view.customer_id for view in accounts.customers(after=second)] == [third]


def code_of(account_id: ledger.AccountId) -> str:
    return ledger.account(account_id=account_id).code


def json_hex(row: str) -> list[str]:
    return [
        value.removeprefix("\\x")
        for value in json.loads(row).values()
        if isinstance(value, str) and value.startswith("\\x")
    ]
