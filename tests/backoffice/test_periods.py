"""The screens of periods: define, close, ask, agree, and who may."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.ledger import public as ledger
from apps.platform import clock
from apps.platform.actors import Actor
from apps.platform.money import Money

from .conftest import ACTOR, open_account, post

pytestmark = pytest.mark.django_db
URL = "/admin/periods/"
LAST_MONTH = (clock.now().date().replace(day=1) - timedelta(days=1)).replace(day=1)
Roles = Callable[[str], Client]


@pytest.fixture
def months(db: None) -> None:  # noqa: ARG001
    """Two months that are over, and this one."""
    first = (LAST_MONTH - timedelta(days=1)).replace(day=1)
    ledger.open_periods(actor=ACTOR, now=clock.now(), periods=ledger.months(first=first, count=3))


def close(number: int) -> None:
    ledger.close_period(actor=ACTOR, now=clock.now(), number=number)


def states() -> list[bool]:
    """Return whether each period is closed, the first one first."""
    return [one.standing is not None for one in reversed(ledger.periods())]


def test_without_periods_the_screen_says_what_they_are_and_takes_the_first(
    logged_in: Roles,
) -> None:
    staff = logged_in("operations")
    assert "A period is a month of the books." in staff.get(URL).content.decode()
    for slip in ({}, {"first": "9999-12-01"}, {"first": "2026-01-01", "count": "999"}):
        assert staff.post(URL, {"count": "12"} | slip).status_code == 422
    assert ledger.periods() == []
    answer = staff.post(URL, {"first": "2026-01-15", "count": "12"}, follow=True)
    assert "12 periods defined, up to December 2026." in answer.content.decode()
    staff.post(URL, {"count": "1"})
    found = ledger.periods()
    assert (found[0].starts_on, found[-1].starts_on) == (date(2027, 1, 1), date(2026, 1, 1))


@pytest.mark.usefixtures("months")
def test_a_period_is_closed_with_a_remark_and_the_next_is_offered(logged_in: Roles) -> None:
    staff = logged_in("operations")
    page = staff.get(URL).content.decode()
    assert f'href="{URL}1/close/"' in page
    assert f'href="{URL}2/close/"' not in page
    assert (
        "there is nothing for closing entries to move"
        in staff.get(f"{URL}1/close/").content.decode()
    )
    answer = staff.post(f"{URL}1/close/", {"reason": "reconciled"}, follow=True)
    page = answer.content.decode()
    assert states() == [True, False, False]
    assert "by the-operations: reconciled" in page
    assert f'href="{URL}2/close/"' in page
    again = staff.post(f"{URL}1/close/", {})
    assert again.status_code == 422
    assert "periods are closed in their order, once" in again.content.decode()
    assert staff.get(f"{URL}99/close/").status_code == 404


@pytest.mark.usefixtures("months")
def test_closing_entries_are_shown_before_and_linked_after(logged_in: Roles) -> None:
    staff = logged_in("operations")
    bank, fees = open_account("1010.EUR", "asset"), open_account("4010.EUR", "income")
    open_account("3100.EUR", "equity", name="Retained earnings")
    ago = timedelta(days=(clock.now().date() - LAST_MONTH).days + 2)
    post(bank, fees, Money(12_345, "EUR"), ago=ago)
    shown = staff.get(f"{URL}1/close/").content.decode()
    assert "123.45" in shown
    assert "3100.EUR Retained earnings" in shown
    answer = staff.post(f"{URL}1/close/", {"retained_EUR": "3100.EUR"}, follow=True)
    assert "1 closing journal booked." in answer.content.decode()
    assert "Closing journal 1" in answer.content.decode()
    assert ledger.account_by_code(code="3100.EUR").posted_minor == 12_345


@pytest.mark.usefixtures("months")
def test_a_period_is_opened_again_when_another_person_agrees(logged_in: Roles) -> None:
    anna, olga = logged_in("administrator"), logged_in("operations")
    close(1)
    assert "Say why." in anna.post(f"{URL}1/reopen/", {"reason": " "}).content.decode()
    anna.post(f"{URL}1/reopen/", {"reason": "a late invoice"})
    (asked,) = ledger.period(number=1).closings[0].reopenings
    agree = f"{URL}1/agree/{asked.request_id}/"
    assert "You asked for it" in anna.get(URL).content.decode()
    own = anna.post(agree)
    assert own.status_code == 422
    assert "another person than who asked must agree" in own.content.decode()
    assert states()[0]
    assert f'href="{agree}"' in olga.get(URL).content.decode()
    assert "a late invoice" in olga.get(agree).content.decode()
    page = olga.post(agree, follow=True).content.decode()
    assert "is open again." in page
    assert "by the-administrator and the-operations: a late invoice" in page
    assert not states()[0]
    assert olga.get(f"{URL}2/agree/{asked.request_id}/").status_code == 404


@pytest.mark.usefixtures("months")
def test_an_auditor_sees_periods_and_changes_nothing(auditor: Client) -> None:
    close(1)
    page = auditor.get(URL).content.decode()
    assert "/close/" not in page
    assert "/reopen/" not in page
    actor = Actor(kind="staff", key="0")
    request_id = ledger.ask_reopening(actor=actor, now=clock.now(), number=1, reason="x")
    for url in ("", "2/close/", "1/reopen/", f"1/agree/{request_id}/"):
        assert auditor.post(f"{URL}{url}", {"count": "1", "reason": "x"}).status_code == 403
    assert states() == [True, False, False]


@pytest.mark.usefixtures("months")
def test_a_form_that_another_site_sends_does_nothing(logged_in: Roles) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = logged_in("operations").cookies
    assert browser.post(f"{URL}1/close/", {}).status_code == 403
    assert states() == [False] * 3


@pytest.mark.usefixtures("months")
def test_the_list_takes_as_many_queries_for_many_periods_as_for_few(
    auditor: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    close(1)
    close(2)
    with django_assert_max_num_queries(19):
        few = auditor.get(URL)
    assert few.status_code == 200
