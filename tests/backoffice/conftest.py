"""Staff with a role, and books with something in them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from apps.identity import public as identity
from apps.ledger import public as ledger
from apps.platform import clock, ids
from apps.platform.actors import Actor
from apps.platform.money import Money

ACTOR = Actor(kind="system", key="test")
OPENED = datetime(2026, 1, 1, tzinfo=UTC)
PASSWORD = "a passphrase of the tests"


@pytest.fixture
def logged_in(db: None) -> Callable[[str], Client]:  # noqa: ARG001
    """Return how to make a browser in which somebody of a role has logged in."""

    def make(role: str) -> Client:
        identity.sync_roles(actor=ACTOR, now=OPENED)
        user = identity.create_staff(
            actor=ACTOR, now=OPENED, username=f"the-{role}", role=role, password=PASSWORD
        )
        browser = Client()
        browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return browser

    return make


@pytest.fixture
def auditor(logged_in: Callable[[str], Client]) -> Client:
    """A browser in which an auditor has logged in."""
    return logged_in("auditor")


def open_account(code: str, kind: ledger.AccountKind, *, name: str = "") -> ledger.AccountId:
    """Open an account; the currency is what its code ends in, as in 1010.EUR."""
    account_id = ledger.AccountId(ids.new_id())
    account = ledger.NewAccount(
        account_id=account_id, code=code, name=name or code, kind=kind, currency=code[-3:]
    )
    ledger.open_account(actor=ACTOR, now=OPENED, account=account)
    return account_id


def post(
    debit: ledger.AccountId,
    credit: ledger.AccountId,
    money: Money,
    *,
    ago: timedelta = timedelta(0),
) -> None:
    """Post one transaction that took effect so long ago."""
    now, transaction_id = clock.now(), ledger.TransactionId(ids.new_id())
    posting = ledger.Posting(
        transaction_id=transaction_id,
        legs=(ledger.Leg(debit, debit=money.minor), ledger.Leg(credit, credit=money.minor)),
        currency=money.currency,
        effective_at=now - ago,
        source="test",
        reference=str(transaction_id),
        kind="seed",
    )
    ledger.post(actor=ACTOR, now=now, posting=posting)


@pytest.fixture
def books(db: None) -> None:  # noqa: ARG001
    """Books in euro and yen: a bank, a customer, fees."""
    for currency, minor in (("EUR", 123_456_789), ("JPY", 5_000)):
        bank = open_account(f"1010.{currency}", "asset", name="House bank")
        customer = open_account(f"2100.{currency}", "liability", name="Customer 1")
        fees = open_account(f"4010.{currency}", "income", name="Fee income")
        post(bank, customer, Money(minor, currency), ago=timedelta(days=3))
        post(customer, fees, Money(490, currency))
