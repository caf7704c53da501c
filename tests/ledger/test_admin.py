"""The ledger's staff screens: they show, and change nothing."""

import pytest
from django.test import Client
from django.urls import reverse as url_of

from apps.identity import public as identity
from apps.ledger import public as ledger
from apps.ledger.models import Account, Hold, Transaction

from .books import ACTOR, NOW, capture, extend, hold, open_account, post, transfer
from .test_reversals import reversal, reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor() -> Client:
    """A browser in which an auditor has logged in."""
    identity.sync_roles(actor=ACTOR, now=NOW)
    user = identity.create_staff(
        actor=ACTOR, now=NOW, username="auditor", role="auditor", password="a long passphrase"
    )
    browser = Client()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


@pytest.fixture
def pair() -> tuple[ledger.AccountId, ledger.AccountId]:
    """A bank's account, and a customer's with 100.00 on it."""
    bank, customer = open_account(kind="asset"), open_account(floor=0)
    post(transfer(bank, customer, 100_00, reference="first"))
    return bank, customer


def test_a_hold_is_shown_with_its_captures_and_extensions(
    auditor: Client, pair: tuple[ledger.AccountId, ledger.AccountId]
) -> None:
    bank, customer = pair
    held = hold(customer, 60_00)
    capture(held, bank, 10_00)
    extend(held, NOW.replace(year=2999))
    page = auditor.get(url_of("admin:ledger_hold_changelist")).content.decode()
    assert "50.00" in page
    assert "open" in page
    row = Hold.objects.get(public_id=held)
    page = auditor.get(url_of("admin:ledger_hold_change", args=[row.pk])).content.decode()
    for shown in ("60.00", "50.00", "10.00", "2999-03-31"):
        assert shown in page
    account = Account.objects.get(public_id=customer)
    page = auditor.get(url_of("admin:ledger_account_change", args=[account.pk])).content.decode()
    for shown in ("90.00", "50.00", "40.00"):  # posted, held, available
        assert shown in page


def test_a_transaction_links_to_what_reversed_it_and_back(
    auditor: Client,
    pair: tuple[ledger.AccountId, ledger.AccountId],  # noqa: ARG001 - what is reversed
) -> None:
    booked = Transaction.objects.get(reference="first")
    done = reverse(reversal(ledger.TransactionId(booked.public_id), reason="<b>twice</b>"))
    undoing = Transaction.objects.get(public_id=done.transaction_id)
    for one, other in ((booked, undoing), (undoing, booked)):
        page = auditor.get(url_of("admin:ledger_transaction_change", args=[one.pk]))
        text = page.content.decode()
        assert url_of("admin:ledger_transaction_change", args=[other.pk]) in text
        assert "&lt;b&gt;twice" in text


def test_nothing_of_a_hold_is_changed_by_hand(
    auditor: Client, pair: tuple[ledger.AccountId, ledger.AccountId]
) -> None:
    row = Hold.objects.get(public_id=hold(pair[1], 1))
    assert auditor.get(url_of("admin:ledger_hold_add")).status_code == 403
    for view in ("change", "delete"):
        url = url_of(f"admin:ledger_hold_{view}", args=[row.pk])
        assert auditor.post(url, {"amount_minor": 5}).status_code == 403
