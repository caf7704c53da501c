"""Periods and reports in a real browser: close a month, ask for it again, translate a sheet."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from apps.ledger import public as ledger
from apps.platform import clock, ids
from apps.platform.actors import Actor

from .checks import BASICS, CONTRAST

pytestmark = pytest.mark.django_db(transaction=True)
ACTOR = Actor(kind="system", key="test")


@pytest.fixture
def earned() -> None:
    """Fees of January 2026 in euro and yen, and an equity account for each."""
    for currency in ("EUR", "JPY"):
        opened = {
            kind: ledger.open_account(
                actor=ACTOR,
                now=clock.now(),
                account=ledger.NewAccount(
                    account_id=ledger.AccountId(ids.new_id()),
                    code=f"{code}.{currency}",
                    name=f"The {kind}",
                    kind=kind,
                    currency=currency,
                ),
            )
            for code, kind in KINDS.items()
        }
        transaction_id = ledger.TransactionId(ids.new_id())
        posting = ledger.Posting(
            transaction_id=transaction_id,
            legs=(
                ledger.Leg(opened["asset"].account_id, debit=4200),
                ledger.Leg(opened["income"].account_id, credit=4200),
            ),
            currency=currency,
            effective_at=datetime(2026, 1, 15, tzinfo=UTC),
            source="test",
            reference=str(transaction_id),
            kind="fee",
        )
        ledger.post(actor=ACTOR, now=clock.now(), posting=posting)


KINDS: dict[str, ledger.AccountKind] = {"1010": "asset", "3100": "equity", "4010": "income"}


def sound(page: Page) -> None:
    """Look at the screen as people see it who need contrast, labels and headings."""
    page.wait_for_load_state("networkidle")
    assert page.evaluate(BASICS) + page.evaluate(CONTRAST) == []


@pytest.mark.usefixtures("earned")
def test_a_month_is_defined_closed_with_its_entries_and_asked_for_again(staff_page: Page) -> None:
    staff_page.goto("/admin/periods/")
    staff_page.get_by_label("First month", exact=True).fill("2026-01-01")
    staff_page.get_by_label("Months", exact=True).fill("2")
    staff_page.get_by_role("button", name="Define").click()
    expect(staff_page.get_by_text("2 periods defined, up to February 2026.")).to_be_visible()
    staff_page.get_by_role("link", name="Close January 2026").first.click()
    sound(staff_page)
    for currency in ("EUR", "JPY"):
        staff_page.get_by_label(f"Result in {currency} goes to").select_option(f"3100.{currency}")
    staff_page.get_by_label("Remark").fill("end of the year")
    staff_page.get_by_role("button", name="Close January 2026").click()
    expect(staff_page.get_by_text("2 closing journals booked.")).to_be_visible()
    sound(staff_page)
    staff_page.get_by_role("link", name="Open again January 2026").click()
    sound(staff_page)
    staff_page.get_by_label("Reason").fill("a late invoice")
    staff_page.get_by_role("button", name="Ask for it").click()
    expect(staff_page.get_by_text("You asked for it: another person must agree")).to_be_visible()
    sound(staff_page)


@pytest.mark.usefixtures("earned")
@pytest.mark.parametrize("width", [1280, 390])
def test_a_translated_balance_sheet_fits_the_screen(staff_page: Page, width: int) -> None:
    staff_page.set_viewport_size({"width": width, "height": 900})
    staff_page.goto("/admin/balance-sheet/?into=EUR")
    expect(staff_page.get_by_text("Say what the rate is: 1 JPY in EUR.")).to_be_visible()
    sound(staff_page)
    staff_page.get_by_label("1 JPY in EUR", exact=True).fill("0.006")
    staff_page.get_by_role("button", name="Show", exact=True).click()
    table = staff_page.get_by_role("table", name="Balance sheet in EUR")
    expect(table.get_by_role("row", name="Total assets 67.20")).to_be_visible()
    sound(staff_page)
    assert staff_page.evaluate("document.documentElement.scrollWidth") <= width
