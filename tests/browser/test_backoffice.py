"""The back-office in a real browser: log in, read, import; by keyboard, with no foreign host."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from apps.platform import clock
from apps.platform.outbox import public as outbox
from apps.platform.outbox.models import Delivery

from .checks import BASICS, CONTRAST
from .conftest import PASSWORD, Complaints
from .statements import camt053

pytestmark = pytest.mark.django_db(transaction=True)
SCREENS = (
    "/admin/",
    "/admin/trial-balance/",
    "/admin/balance-sheet/",
    "/admin/income-statement/",
    "/admin/periods/",
    "/admin/operations/",
    "/admin/verification/",
    "/admin/ledger/account/",
    "/admin/ledger/transaction/",
    "/admin/payments/statement/",
    "/admin/audit/event/",
    "/admin/outbox/delivery/",
    "/admin/statements/import/",
)


@dataclass(frozen=True)
class Happened:
    """An event of the tests."""

    event_name: ClassVar[str] = "test.happened.v1"


def listen(event: Happened, *, now: datetime) -> None:
    """Hear of it."""


@pytest.fixture
def listened() -> Iterator[None]:
    """Somebody listens to the event."""
    outbox.subscribe(Happened, listen, name="test.listen")
    yield
    outbox.unsubscribe("test.listen")


def test_staff_log_in_and_see_the_home(staff_page: Page) -> None:
    for title in ("Books", "Transactions", "Outbox", "Bank statements"):
        expect(
            staff_page.get_by_role("heading", name=title, exact=True, level=2).last
        ).to_be_visible()
    expect(staff_page.get_by_text("The books are empty.")).to_be_visible()


def test_the_trial_balance_says_that_the_books_balance(staff_page: Page, tmp_path: Path) -> None:
    upload(staff_page, tmp_path)
    staff_page.goto("/admin/trial-balance/")
    expect(
        staff_page.get_by_text("The books balance: debits equal credits in their one currency.")
    ).to_be_visible()
    staff_page.get_by_label("Type").select_option("asset")
    staff_page.get_by_role("button", name="Show", exact=True).click()
    table = staff_page.get_by_role("table", name="Balance of each account")
    expect(table.get_by_role("row")).to_have_count(2)


def test_an_uploaded_statement_ends_with_its_closing_balance_in_the_ledger(
    staff_page: Page, tmp_path: Path
) -> None:
    upload(staff_page, tmp_path)
    expect(staff_page.locator("#content")).to_contain_text("Imported: 2 entries of 1 statement.")
    staff_page.goto("/admin/trial-balance/?kind=asset")
    table = staff_page.get_by_role("table", name="Balance of each account")
    expect(table.get_by_role("cell", name="1,150.00")).to_be_visible()


@pytest.mark.usefixtures("listened")
def test_a_dead_letter_is_found_and_replayed_with_a_reason(staff_page: Page) -> None:
    with transaction.atomic():
        outbox.emit(event=Happened(), now=clock.now())
    Delivery.objects.update(state="dead", last_error="TimeoutError")
    staff_page.goto("/admin/operations/")
    staff_page.get_by_role("link", name="Look and replay").click()
    staff_page.locator("#result_list tbody input[type=checkbox]").check()
    staff_page.get_by_label("Select action to run").select_option("replay")
    staff_page.get_by_placeholder("Reason for a replay").fill("the mail server is back")
    staff_page.get_by_role("button", name="Run").click()
    expect(staff_page.get_by_text("1 of 1 deliveries replayed")).to_be_visible()
    assert Delivery.objects.get().state == "pending"


def test_nobody_needs_a_mouse(page: Page, operator: str) -> None:
    page.goto("/admin/")
    expect(page.get_by_label("Username")).to_be_focused()
    page.keyboard.type(operator)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Home", level=1)).to_be_visible()
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    reach(page, "Trial balance")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Trial balance", level=1)).to_be_visible()
    reach(page, "olga")
    page.keyboard.press("Enter")
    reach(page, "Log out")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Logged out")).to_be_visible()


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_every_screen_has_the_basics_and_keeps_to_its_policy(
    staff_page: Page, tmp_path: Path, colours: str
) -> None:
    upload(staff_page, tmp_path)
    staff_page.emulate_media(color_scheme="dark" if colours == "dark" else "light")
    wrong = {}
    for screen in SCREENS:
        answer = staff_page.goto(screen)
        assert answer is not None
        assert "'unsafe-inline'" not in script_policy(answer.headers["content-security-policy"])
        staff_page.wait_for_load_state("networkidle")
        wrong[screen] = staff_page.evaluate(BASICS) + staff_page.evaluate(CONTRAST)
    assert {screen: found for screen, found in wrong.items() if found} == {}


def test_an_error_page_names_the_request_and_lives_under_the_strict_policy(
    page: Page, complaints: Complaints
) -> None:
    complaints.expected.add(404)
    answer = page.goto("/nowhere/")
    assert answer is not None
    assert "script-src" not in answer.headers["content-security-policy"]
    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing here")
    expect(page.locator("code")).to_have_text(answer.headers["x-request-id"])
    assert page.evaluate(BASICS) + page.evaluate(CONTRAST) == []


def test_the_api_document_can_be_read_in_a_browser(page: Page) -> None:
    page.goto("/v1/docs/")
    expect(page.get_by_role("heading", name="Probity")).to_be_visible()
    expect(page.get_by_text("/v1/ledger/transfers", exact=True).first).to_be_visible()


def test_the_watch_would_see_a_broken_policy(page: Page, complaints: Complaints) -> None:
    page.goto("/admin/login/")
    page.evaluate("""() => {
      const script = document.createElement('script');
      script.textContent = 'window.ran = true';
      document.head.append(script);
      new Image().src = 'http://127.0.0.1:9/elsewhere.png';
    }""")
    page.wait_for_timeout(200)
    assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in text for text in complaints.console)
    assert len(complaints.console) == 2
    complaints.console.clear()
    complaints.foreign.clear()


def upload(page: Page, folder: Path) -> None:
    """Import the made statement through the upload page."""
    file = folder / "statement.xml"
    file.write_bytes(camt053())
    page.goto("/admin/statements/import/")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Check and import").click()
    page.wait_for_load_state("networkidle")


def reach(page: Page, name: str) -> None:
    """Press Tab until what has the focus says `name`."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "document.activeElement.matches('a, button') && document.activeElement.innerText"
        )
        if name in str(focused):
            return
    pytest.fail(f"{name} cannot be reached by keyboard")


def script_policy(header: str) -> str:
    """Return the script-src directive of a Content-Security-Policy."""
    return next(part for part in header.split(";") if part.strip().startswith("script-src"))
