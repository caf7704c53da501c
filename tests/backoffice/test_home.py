"""The staff's home: a card for what one may see, what to do next, and a bounded cost."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.identity.models import User
from apps.ledger import public as ledger
from apps.platform import clock
from apps.platform.money import Money

from .conftest import ACTOR, open_account, post

pytestmark = pytest.mark.django_db
URL = "/admin/"


def test_an_empty_house_says_what_to_do_next(auditor: Client) -> None:
    page = auditor.get(URL).content.decode()
    for words in (
        "The books are empty.",
        "No transaction took effect in the last 30 days.",
        "No worker answers. Start the worker, beat and relay; what waits is kept.",
        "The ledger has not been verified yet.",
        "No statement has been imported.",
    ):
        assert words in page


@pytest.mark.usefixtures("books")
def test_full_books_show_their_sums_and_their_days(auditor: Client) -> None:
    cards = auditor.get(URL).context["home"]
    assert cards["books"]["balanced"]
    assert [row.debits for row in cards["books"]["sums"]] == ["1,234,567.89", "5,000"]
    assert cards["activity"]["last_day"] == "2"
    assert cards["activity"]["total"] == "4"


def test_the_chart_has_a_bar_for_each_day_and_says_in_words_what_it_shows(auditor: Client) -> None:
    bank, equity = open_account("1010.EUR", "asset"), open_account("3000.EUR", "equity")
    for days in (0, 2, 2, 29, 31):
        post(bank, equity, Money(1, "EUR"), ago=timedelta(days=days))
    answer = auditor.get(URL)
    card = answer.context["home"]["activity"]
    heights = [bar.height for bar in card["chart"].bars]
    assert [place for place, height in enumerate(heights) if height] == [0, 27, 29]
    assert heights[27] == card["chart"].height
    assert "4 transactions from" in answer.content.decode()


def test_the_last_verification_is_told_with_its_result(auditor: Client) -> None:
    ledger.record_verification(actor=ACTOR, now=clock.now() - timedelta(hours=3))
    page = auditor.get(URL).content.decode()
    assert "The ledger was verified 3 hours ago: every invariant holds." in page


def test_a_card_is_shown_to_those_alone_who_may_see_what_it_tells(auditor: Client) -> None:
    assert set(auditor.get(URL).context["home"]) == {
        "books",
        "check",
        "activity",
        "queue",
        "statements",
    }
    User.objects.get().groups.clear()
    answer = auditor.get(URL)
    assert set(answer.context["home"]) == {"empty"}
    assert "Your log-in has no role" in answer.content.decode()


def test_the_import_is_offered_to_those_alone_who_may_import(
    logged_in: Callable[[str], Client],
) -> None:
    pages = {role: logged_in(role).get(URL) for role in ("auditor", "operations")}
    offered = {role: "Import a statement" in page.content.decode() for role, page in pages.items()}
    assert offered == {"auditor": False, "operations": True}


@pytest.mark.usefixtures("books")
def test_the_home_costs_as_many_queries_in_full_books_as_in_empty_ones(
    auditor: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        bank = open_account(f"19{number:02}.EUR", "asset")
        post(bank, open_account(f"39{number:02}.EUR", "equity"), Money(1, "EUR"))
    # session, user, permissions of the user and of the groups; then one query a figure:
    # sums, verification, activity, backlog, pulse, statements
    with django_assert_max_num_queries(10):
        auditor.get(URL)
