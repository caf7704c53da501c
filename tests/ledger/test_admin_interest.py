"""Staff screens of interest and fees."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse as url_of

from apps.identity import public as identity
from apps.ledger import public as ledger
from apps.ledger.models import (
    Account,
    FeeSchedule,
    FeeVersion,
    InterestAccrual,
    InterestSchedule,
    InterestVersion,
)
from apps.platform import clock

from .books import ACTOR, NOW, open_account
from .fees import charge, fee_schedule
from .savings import BEGIN, DAY, Savings, accrue, assign, pay_in, savings, tiers

pytestmark = pytest.mark.django_db
LogIn = Callable[[str], Client]


@pytest.fixture
def logged_in() -> LogIn:
    """Return a maker of browsers in which somebody of a role has logged in."""

    def make(role: str) -> Client:
        identity.sync_roles(actor=ACTOR, now=NOW)
        user = identity.create_staff(
            actor=ACTOR, now=NOW, username=role, role=role, password="a long passphrase"
        )
        browser = Client()
        browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return browser

    return make


@pytest.fixture
def books() -> Savings:
    """Five weeks of savings, and a fee."""
    made = savings(credit=tiers((0, "0.025"), (2_000_00, "0.0375")), debit=tiers((0, "0.1")))
    pay_in(made.bank, made.saver, 1_000_00, BEGIN)
    accrue(BEGIN + 34 * DAY)
    charge(fee_schedule(ledger.FeeTier(flat_minor=2_50)), made.saver)
    return made


def _page(browser: Client, name: str, *args: object, **query: str | int) -> str:
    answer = browser.get(url_of(f"admin:ledger_{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_schedule_is_shown_with_its_terms_and_accounts(logged_in: LogIn, books: Savings) -> None:
    browser = logged_in("auditor")
    assert books.code in _page(browser, "interestschedule_changelist")
    row = InterestSchedule.objects.get()
    page = _page(browser, "interestschedule_change", row.pk)
    for shown in ("2.5 % from 0.00; 3.75 % from 2,000.00", "10 % from 0.00"):
        assert shown in page
    saver = Account.objects.get(public_id=books.saver)
    accounts = _page(browser, "interestassignment_changelist", schedule__id__exact=row.pk)
    assert saver.code in accounts
    assert f"?account__id__exact={saver.pk}" in accounts


def test_days_are_shown_exactly_and_link_to_their_transactions(
    logged_in: LogIn, books: Savings
) -> None:
    browser, other = logged_in("auditor"), open_account()
    assign(other, books.code, BEGIN)
    accrue(BEGIN)
    saver = Account.objects.get(public_id=books.saver)
    page = _page(browser, "interestaccrual_changelist", account__id__exact=saver.pk)
    assert "0.06849315" in page  # of 0.068493150…
    assert Account.objects.get(public_id=other).code not in page
    booked = InterestAccrual.objects.filter(transaction__isnull=False)[0]
    assert url_of("admin:ledger_transaction_change", args=[booked.transaction_id]) in page
    assert "2.12" in _page(browser, "interestcapital_changelist", q=saver.code)
    assert "2.50 EUR" in _page(browser, "fee_changelist")
    _page(browser, "interestaccrual_change", booked.pk)
    assert "2.50 + 0 % from 0.00" in _page(
        browser, "feeschedule_change", FeeSchedule.objects.get().pk
    )


@pytest.mark.parametrize(
    "name", ["interestaccrual", "interestcapital", "interestassignment", "fee", "interestschedule"]
)
def test_a_list_asks_as_many_queries_for_many_rows_as_for_one(
    logged_in: LogIn, books: Savings, name: str
) -> None:
    browser = logged_in("auditor")

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            _page(browser, f"{name}_changelist")
        return len(found)

    queries()
    few = queries()
    for _ in range(5):
        account = open_account()
        assign(account, books.code, BEGIN)
        pay_in(books.bank, account, 1_000_00, BEGIN)
        charge(fee_schedule(ledger.FeeTier(flat_minor=2)), account)
        savings()
    accrue(BEGIN + 34 * DAY)
    assert queries() == few


def test_an_administrator_adds_terms_from_a_day_on(logged_in: LogIn, books: Savings) -> None:
    browser = logged_in("administrator")
    url, row = url_of("admin:ledger_interestversion_add"), InterestSchedule.objects.get()
    said = {
        "schedule": row.pk, "tiering": "whole", "minimum_minor": 100,
        "credit": "0 3%\n100000 0.035", "debit": "0 12.5%",
    }  # fmt: skip
    accrued = browser.post(url, said | {"effective_on": "2026-01-05"})
    assert "interest has accrued" in accrued.content.decode()
    for wrong in ("0", "x 3%", "0 x", "0 3% more", "5 3%\n1 2%"):
        answer = browser.post(url, said | {"effective_on": "2026-05-01", "credit": wrong})
        assert answer.status_code == 200
    assert InterestVersion.objects.count() == 1
    done = browser.post(url, said | {"effective_on": "2026-05-01"})
    assert done.status_code == 302
    terms = InterestVersion.objects.get(effective_on="2026-05-01")
    assert [(one.side, one.from_minor, str(one.rate)) for one in terms.tiers.order_by("pk")] == [
        ("credit", 0, "0.0300000000"), ("credit", 100000, "0.0350000000"),
        ("debit", 0, "0.1250000000"),
    ]  # fmt: skip
    again = browser.post(url, said | {"effective_on": "2026-05-01"})
    assert again.status_code == 200
    assert books.code in _page(browser, "interestschedule_change", row.pk)


def test_an_administrator_adds_terms_of_a_fee(logged_in: LogIn, books: Savings) -> None:  # noqa: ARG001
    browser, since = logged_in("administrator"), clock.now().date() + timedelta(days=1)
    row = FeeSchedule.objects.get()
    said = {
        "schedule": row.pk, "tiering": "whole", "effective_on": since.isoformat(), "max_minor": 900,
        "tiers": "0 100 1%",
    }  # fmt: skip
    url = url_of("admin:ledger_feeversion_add")
    assert browser.post(url, said | {"tiers": ""}).status_code == 200
    assert browser.post(url, said).status_code == 302
    added = FeeVersion.objects.get(effective_on=since)
    assert (added.min_minor, added.max_minor, added.tiers.get().flat_minor) == (None, 900, 100)


def test_nothing_is_changed_by_hand_and_terms_are_added_by_administrators_alone(
    logged_in: LogIn,
    books: Savings,  # noqa: ARG001 - whose rows are to be changed
) -> None:
    administrator, auditor = logged_in("administrator"), logged_in("auditor")
    for name in ("interestversion", "feeversion"):
        assert auditor.get(url_of(f"admin:ledger_{name}_add")).status_code == 403
        assert administrator.get(url_of(f"admin:ledger_{name}_add")).status_code == 200
    for model in (InterestAccrual, InterestSchedule, InterestVersion, FeeVersion):
        shown, row = model._meta.model_name, model._default_manager.all()[0]
        for view in ("change", "delete"):
            url = url_of(f"admin:ledger_{shown}_{view}", args=[row.pk])
            assert administrator.post(url, {"post": "yes"}).status_code == 403
    for read in ("interestaccrual", "interestcapital", "interestschedule", "fee"):
        assert administrator.get(url_of(f"admin:ledger_{read}_add")).status_code == 403
