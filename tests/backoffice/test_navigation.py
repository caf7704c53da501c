"""The sidebar: every link leads somewhere, and nobody is shown a door that is closed to them."""

from collections.abc import Callable

import pytest
from django.test import Client

from apps.backoffice.web.views.navigation import SCREENS
from apps.identity.models import User

pytestmark = pytest.mark.django_db


def links(browser: Client) -> list[str]:
    groups = browser.get("/admin/").context["sidebar_navigation"]
    return [str(item["link"]) for group in groups for item in group["items"]]


@pytest.mark.parametrize("role", ["administrator", "operations", "auditor"])
def test_whoever_is_shown_a_link_may_follow_it(
    logged_in: Callable[[str], Client], role: str
) -> None:
    browser = logged_in(role)
    found = links(browser)
    assert len(found) > 8
    assert {link: browser.get(link).status_code for link in found} == dict.fromkeys(found, 200)


def test_an_administrator_is_shown_every_screen(logged_in: Callable[[str], Client]) -> None:
    assert len(links(logged_in("administrator"))) == sum(map(len, SCREENS.values()))


def test_an_auditor_is_shown_no_people_and_no_import(auditor: Client) -> None:
    assert not [link for link in links(auditor) if "identity" in link or "import" in link]


def test_without_a_role_there_is_home_alone(auditor: Client) -> None:
    User.objects.get().groups.clear()
    assert links(auditor) == ["/admin/"]


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        ("/admin/", "Home"),
        ("/admin/ledger/account/", "Accounts"),
        ("/admin/ledger/account/chart/", "Chart of accounts"),
        ("/admin/trial-balance/", "Trial balance"),
    ],
)
def test_one_entry_says_where_one_is(auditor: Client, path: str, marked: str) -> None:
    groups = auditor.get(path).context["sidebar_navigation"]
    found = [item["title"] for group in groups for item in group["items"] if item["active"]]
    assert found == [marked]
