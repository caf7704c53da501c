"""The pages of an account, a transaction and a hold: everything that is on them, and no more."""

from datetime import timedelta

import psycopg
import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse as url_of

from apps.ledger import public as ledger
from apps.ledger.models import Account, Transaction
from apps.platform import clock
from apps.platform.ids import new_id
from apps.platform.rest import public_id

from .books import ACTOR, NOW, hold, open_account, post, transfer
from .desk import browser_of, page_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor() -> Client:
    """A browser in which an auditor has logged in."""
    return browser_of("auditor")


@pytest.fixture
def customer() -> Account:
    """A customer's account with 60 entries, 60.00 in all."""
    bank, customer = open_account(kind="asset"), open_account(floor=0)
    post(*(transfer(bank, customer, 1_00) for _ in range(60)))
    return Account.objects.get(public_id=customer)


def say(browser: Client, row: Account | Transaction, query: str = "") -> str:
    """Return what the row's page says."""
    answer = browser.get(page_of(row) + query)
    assert answer.status_code == 200
    return text_of(answer.content.decode())


def test_entries_are_paged_newest_first_with_the_balance_after_each(
    auditor: Client, customer: Account
) -> None:
    first = auditor.get(page_of(customer)).content.decode()
    assert first.count('/change/">transfer') == 50
    assert "?before=11#entries" in first
    second = auditor.get(page_of(customer) + "?before=11").content.decode()
    assert second.count('/change/">transfer') == 10
    assert "Older" not in text_of(second)
    assert "There is nothing older" in say(auditor, customer, "?before=1")


def test_a_page_costs_the_same_however_much_is_on_it(auditor: Client, customer: Account) -> None:
    few = Account.objects.get(public_id=open_account())
    counts = []
    for row in (few, customer):
        with CaptureQueriesContext(connection) as queries:
            auditor.get(page_of(row))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 16


def test_a_balance_at_another_time_stands_beside_the_present_one(
    auditor: Client, customer: Account
) -> None:
    before = (NOW - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    told = say(auditor, customer, f"?as_of={before}&known_at=")
    assert "Counted by 2026-03-30 12:00 (UTC) 0.00 Now 60.00" in told
    both = say(auditor, customer, f"?as_of=2026-04-01T00:00&known_at={before}")
    assert "as known by 2026-03-30 12:00 (UTC) 0.00" in both


def test_the_chart_says_in_words_and_figures_what_it_draws(
    auditor: Client, customer: Account
) -> None:
    page = auditor.get(page_of(customer) + "?since=2026-03-30&until=2026-04-01").content.decode()
    told = text_of(page)
    assert "From 0.00 to 60.00; lowest 0.00 on 30 March 2026, highest 60.00 on 31 March" in told
    assert "2026-03-31 60.00 60.00 2026-03-30" in told  # the day, its credits, its balance
    assert 'role="img"' in page
    assert "style=" not in page.partition('id="content"')[2].partition("</main>")[0]


_NONSENSE = (
    ("?since=2026-04-02&until=2026-04-01", "The first day is after the last."),
    ("?since=2000-01-01&until=2026-04-01", "At most 1,100 days"),
    ("?since=nonsense", "Enter a valid date."),
    ("?since=99999-01-01", "Enter a valid date."),
    ("?as_of=nonsense", "Enter a valid date/time."),
    ("?known_at=2026-13-45T99:99", "Enter a valid date/time."),
    ("?as_of=0001-01-01T00:00", "Counted by 0001-01-01 00:00"),
    ("?as_of=9999-12-31T23:59", "Counted by 9999-12-31 23:59"),
    ("?before=x", "Entries"),
    ("?before=99999999999999999999999", "Entries"),
    ("?before=9999999999999999999", "Entries"),
    ("?before=\u0663", "Entries"),
)


def test_nonsense_in_the_address_is_told_or_ignored(auditor: Client, customer: Account) -> None:
    told = {query: says in say(auditor, customer, query) for query, says in _NONSENSE}
    assert [query for query, fine in told.items() if not fine] == []


def test_slots_holds_and_the_path_are_shown(auditor: Client) -> None:
    top = _row("TOP", mode="slots")
    row = _row("LOW", parent=top)
    _row("TOP/0", slot_of=top, slot=0)
    now = clock.now()
    bank = open_account(kind="asset")
    post(transfer(bank, ledger.AccountId(row.public_id), 9_00))
    hold(ledger.AccountId(row.public_id), 4_00, expires_at=now + timedelta(days=9), now=now)
    told = say(auditor, row)
    for shown in ("TOP › LOW", "Held 4.00", "Posted 9.00"):  # noqa: RUF001 - as on the page
        assert shown in told
    assert "TOP/0" in say(auditor, top)


@pytest.mark.django_db(transaction=True)
def test_floors_and_ceilings_in_time_are_shown(owner_connection: psycopg.Connection) -> None:
    row, now = Account.objects.get(public_id=open_account()), clock.now()
    with owner_connection as raw:
        raw.execute(
            "INSERT INTO ledger_account_bound (account_id, floor_minor, effective_at, recorded_at)"
            " VALUES (%s, -500, %s, %s)",
            (row.pk, now + timedelta(days=3), now),
        )
    told = say(browser_of("auditor"), row)
    assert "to come" in told
    assert "-5.00" in told


def _row(code: str, **other: object) -> Account:
    fields = {"name": "an account", "kind": "liability", "currency": "EUR", "opened_at": NOW}
    return Account.objects.create(public_id=new_id(), code=code, **(fields | other))


def test_a_page_is_found_by_every_id_of_its_row(auditor: Client, customer: Account) -> None:
    for key in (customer.pk, customer.public_id, public_id("acct", customer.public_id)):
        assert auditor.get(url_of("admin:ledger_account_change", args=[key])).status_code == 200


def test_a_page_of_nothing_is_not_found(auditor: Client) -> None:
    for model in ("account", "transaction", "hold"):
        for key in ("0", "x", "_00", "99999999999999999999999", "txn_eu_1", "%00"):
            assert auditor.get(f"/admin/ledger/{model}/{key}/change/").status_code == 404


def test_a_voucher_says_who_booked_what_when_and_why(auditor: Client, customer: Account) -> None:
    bank = open_account(kind="asset")
    now = clock.now()
    posting = transfer(bank, ledger.AccountId(customer.public_id), 7_00, reference="<i>ref</i>")
    done = ledger.post(actor=ACTOR, now=now, posting=posting)
    row = Transaction.objects.get(public_id=done.transaction_id)
    told = say(auditor, row)
    for shown in (
        public_id("txn", row.public_id), "Source test", "Reference <i>ref</i>",
        "Booked by system test", "Total 7.00 7.00", "67.00", "ledger.transaction.post",
        "ledger.transfer.posted.v1",
    ):  # fmt: skip
        assert shown in told
    assert "<i>ref" not in auditor.get(page_of(row)).content.decode()


def test_trails_are_shown_to_those_alone_who_may_see_them(customer: Account) -> None:
    browser = browser_of("auditor")
    user = browser.user  # type: ignore[attr-defined]
    user.groups.clear()
    for codename in ("view_account", "view_transaction"):
        user.user_permissions.add(Permission.objects.get(codename=codename))
    row = Transaction.objects.latest("pk")
    told = say(browser, row)
    assert "Booked by system test" in told
    assert "What happened to it" not in told
    assert "Open holds" not in say(browser, customer)


def test_pages_are_closed_without_the_permission_and_take_nothing(
    auditor: Client, customer: Account
) -> None:
    assert auditor.post(page_of(customer), {"name": "mine"}).status_code == 403
    auditor.user.groups.clear()  # type: ignore[attr-defined]
    assert auditor.get(page_of(customer)).status_code == 403
    assert auditor.get(url_of("admin:ledger_chart")).status_code == 403


def test_legs_of_several_currencies_have_a_table_and_a_total_each(auditor: Client) -> None:
    legs = []
    for currency, minor in (("EUR", 1_00), ("JPY", 170)):
        debit, credit = (open_account(currency=currency) for _ in range(2))
        legs += [
            ledger.Leg(debit, debit=minor, currency=currency),
            ledger.Leg(credit, credit=minor, currency=currency),
        ]
    posting = ledger.Posting(
        transaction_id=ledger.TransactionId(new_id()), legs=tuple(legs), effective_at=NOW,
        source="test", reference="fx", kind="journal",
    )  # fmt: skip
    post(posting)
    told = say(auditor, Transaction.objects.get(reference="fx"))
    assert "Total 1.00 1.00" in told
    assert "Total 170 170" in told
