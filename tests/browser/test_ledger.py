"""The ledger's screens in a real browser: read, reversed and released by keyboard, on any width."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from apps.ledger import public as ledger
from apps.ledger.models import Account, Hold, Reversal, Transaction
from apps.platform import clock
from apps.platform.ids import new_id
from apps.platform.money import Money

from .checks import BASICS, CONTRAST
from .conftest import ACTOR, Complaints

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True)
class Books:
    """A customer's account with 250.00 on it, what paid that in, and a hold of 60.00."""

    account: Account
    hold: Hold
    paid: Transaction

    def screens(self) -> list[str]:
        """Return the paths of every screen of the ledger, and of each act."""
        account = f"/admin/ledger/account/{self.account.pk}"
        hold = f"/admin/ledger/hold/{self.hold.pk}"
        paid = f"/admin/ledger/transaction/{self.paid.pk}"
        return [
            "/admin/ledger/account/chart/",
            "/admin/ledger/hold/",
            *(f"{account}/{act}/" for act in ("change", "freeze-debits", "freeze", "close")),
            f"{account}/change/?as_of=2026-01-01T00:00&known_at=2026-01-01T00:00",
            *(f"{hold}/{act}/" for act in ("change", "void", "capture", "extend")),
            *(f"{paid}/{act}/" for act in ("change", "reverse")),
        ]


@pytest.fixture
def books(staff_page: Page) -> Books:  # noqa: ARG001 - its database
    """Books with something on every screen."""
    now, ids = clock.now(), [ledger.AccountId(new_id()) for _ in range(2)]
    kinds: tuple[ledger.AccountKind, ...] = ("asset", "liability")
    for account_id, code, kind in zip(ids, ("1010", "2100"), kinds, strict=True):
        account = ledger.NewAccount(
            account_id=account_id, code=code, name=f"Account {code}", kind=kind, currency="EUR"
        )
        ledger.open_account(actor=ACTOR, now=now, account=account)
    posting = ledger.transfer(
        transaction_id=ledger.TransactionId(new_id()),
        debit_account_id=ids[0],
        credit_account_id=ids[1],
        amount=Money(250_00, "EUR"),
        effective_at=now - timedelta(days=3),
        source="browser",
        reference="paid in",
    )
    paid = ledger.post(actor=ACTOR, now=now, posting=posting)
    hold = ledger.NewHold(
        hold_id=ledger.HoldId(new_id()),
        account_id=ids[1],
        amount=Money(60_00, "EUR"),
        expires_at=now + timedelta(days=2),
        source="browser",
        reference="held",
    )
    held = ledger.place_hold(actor=ACTOR, now=now, hold=hold)
    return Books(
        Account.objects.get(public_id=ids[1]),
        Hold.objects.get(public_id=held.hold_id),
        Transaction.objects.get(public_id=paid.transaction_id),
    )


def test_every_screen_has_the_basics_and_fits_its_window(staff_page: Page, books: Books) -> None:
    wrong: dict[str, list[str]] = {}
    for dark, width in ((False, 1280), (True, 390)):
        staff_page.emulate_media(color_scheme="dark" if dark else "light")
        staff_page.set_viewport_size({"width": width, "height": 900})
        for screen in books.screens():
            staff_page.goto(screen)
            staff_page.wait_for_load_state("networkidle")
            found = staff_page.evaluate(BASICS) + staff_page.evaluate(CONTRAST)
            wider = staff_page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            found += [f"{wider} pixels too wide"] if wider > 0 else []
            wrong[f"{screen} {width}"] = found
    assert {screen: found for screen, found in wrong.items() if found} == {}


def test_a_transaction_is_reversed_by_keyboard(staff_page: Page, books: Books) -> None:
    staff_page.goto(f"/admin/ledger/transaction/{books.paid.pk}/change/")
    reach(staff_page, staff_page.get_by_role("link", name="Reverse…"))
    staff_page.keyboard.press("Enter")
    expect(staff_page.get_by_role("heading", name="Reverse: Transfer")).to_be_visible()
    reach(staff_page, staff_page.get_by_label("Reason"))
    staff_page.keyboard.type("paid in twice")
    reach(staff_page, staff_page.get_by_role("button", name="See what will happen"))
    staff_page.keyboard.press("Enter")
    table = staff_page.get_by_role("table", name="What will be booked")
    expect(table.get_by_role("cell", name="250.00")).to_have_count(2)
    reach(staff_page, staff_page.get_by_role("button", name="Reverse now"))
    staff_page.keyboard.press("Enter")
    expect(staff_page.get_by_text("The reversal is booked.")).to_be_visible()
    expect(staff_page.get_by_text("paid in twice").first).to_be_visible()
    assert Reversal.objects.get().reversed == books.paid


def test_a_double_click_captures_once(staff_page: Page, books: Books) -> None:
    staff_page.goto(f"/admin/ledger/hold/{books.hold.pk}/capture/")
    staff_page.get_by_label("Receiving account").fill("1010")
    staff_page.get_by_label("Amount").fill("20")
    staff_page.get_by_role("button", name="See what will happen").click()
    staff_page.get_by_role("button", name="Capture now").dblclick()
    expect(staff_page.get_by_text("20.00 EUR captured to 1010.").first).to_be_visible()
    assert Transaction.objects.filter(kind="capture").count() == 1


def test_a_refusal_is_shown_where_it_can_be_mended(
    staff_page: Page, books: Books, complaints: Complaints
) -> None:
    complaints.expected.add(422)
    staff_page.goto(f"/admin/ledger/hold/{books.hold.pk}/capture/")
    staff_page.get_by_label("Receiving account").fill("1010")
    staff_page.get_by_label("Amount").fill("60.01")
    staff_page.get_by_role("button", name="See what will happen").click()
    expect(staff_page.get_by_role("alert")).to_contain_text("ledger/capture-exceeds-hold")
    expect(staff_page.get_by_label("Amount")).to_have_value("60.01")
    assert staff_page.evaluate(BASICS) + staff_page.evaluate(CONTRAST) == []


def test_the_chart_of_accounts_opens_and_closes_by_keyboard(staff_page: Page, books: Books) -> None:
    staff_page.goto("/admin/ledger/account/chart/")
    leaf = staff_page.get_by_role("link", name=books.account.code)
    expect(leaf).to_be_visible()
    group = staff_page.locator("summary", has_text="Liabilities")
    reach(staff_page, group)
    staff_page.keyboard.press("Enter")
    expect(leaf).to_be_hidden()
    staff_page.keyboard.press("Space")
    expect(leaf).to_be_visible()


def test_the_figures_of_the_chart_are_a_table(staff_page: Page, books: Books) -> None:
    staff_page.goto(f"/admin/ledger/account/{books.account.pk}/change/")
    expect(
        staff_page.get_by_role("img", name="Balance in EUR at the end of each day")
    ).to_be_visible()
    summary = staff_page.get_by_text("The same in figures")
    reach(staff_page, summary)
    staff_page.keyboard.press("Enter")
    table = staff_page.get_by_role("table", name="Balance in EUR")
    expect(table.get_by_role("row")).to_have_count(91)
    expect(table.get_by_role("cell", name="250.00").first).to_be_visible()


def reach(page: Page, wanted: Locator) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"{wanted} cannot be reached by keyboard")
