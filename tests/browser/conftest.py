"""A real browser at the live server; each test ends by asking what the browser complained of."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, sync_playwright
from pytest_django.live_server_helper import LiveServer

from apps.identity import public as identity
from apps.platform import clock
from apps.platform.actors import Actor

ARGUMENTS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
)
ACTOR = Actor(kind="system", key="test")
PASSWORD = "a passphrase of the tests"


@dataclass(slots=True)
class Complaints:
    """What a browser met that it should not have."""

    console: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)

    def watch(self, page: Page, *, home: str) -> None:
        """Collect errors of the console, requests that leave `home`, answers of 400 and above."""

        def heard(message: ConsoleMessage) -> None:
            fetched = message.text.startswith("Failed to load resource")  # the answer tells more
            if message.type in {"error", "warning"} and not fetched:
                self.console.append(message.text)

        def asked(request: Request) -> None:
            there = urlsplit(request.url)
            if there.scheme in {"http", "https", "ws", "wss"} and there.netloc != home:
                self.foreign.append(request.url)

        def answered(response: Response) -> None:
            if response.status >= 400 and response.status not in self.expected:
                self.failed.append(f"{response.status} {response.url}")

        page.on("console", heard)
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.on("request", asked)
        page.on("response", answered)


def _chromium() -> str | None:
    return os.environ.get("PROBITY_CHROMIUM") or shutil.which("chromium")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; without one the tests are skipped, and fail where CI=true."""
    path = _chromium()
    if path is None:
        why = "no Chromium: install the package chromium, or set PROBITY_CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    with pytest.MonkeyPatch.context() as patched, sync_playwright() as playwright:
        # Playwright runs an event loop in this thread, which Django takes for an async caller
        patched.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        started = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield started
        started.close()


@pytest.fixture
def complaints() -> Complaints:
    """What the browser of this test met that it should not have."""
    return Complaints()


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, complaints: Complaints) -> Iterator[Page]:
    """A fresh page at the live server; at the end nothing may be left to complain of."""
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 1440, "height": 900}, locale="en-GB"
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    complaints.watch(page, home=urlsplit(live_server.url).netloc)
    yield page
    context.close()
    assert complaints.console == []
    assert complaints.foreign == []
    assert complaints.failed == []


@pytest.fixture
def operator(live_server: LiveServer) -> str:  # noqa: ARG001 - its database
    """The user name of somebody who runs operations; the password is PASSWORD."""
    identity.sync_roles(actor=ACTOR, now=clock.now())
    identity.create_staff(
        actor=ACTOR, now=clock.now(), username="olga", role="operations", password=PASSWORD
    )
    return "olga"


@pytest.fixture
def staff_page(page: Page, operator: str) -> Page:
    """A page in which the operator has logged in and sees the home."""
    page.goto("/admin/")
    page.get_by_label("Username").fill(operator)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="Home", level=1).wait_for()
    return page
