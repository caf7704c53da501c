"""The trial balance page: what it says, what it shows, who may see it, what it exports."""

import csv
import io

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.backoffice import selectors
from apps.identity.models import User
from apps.platform.money import Money

from .conftest import open_account, post

pytestmark = pytest.mark.django_db
URL = "/admin/trial-balance/"


@pytest.mark.usefixtures("books")
def test_it_says_that_the_books_balance(auditor: Client) -> None:
    page = auditor.get(URL).content.decode()
    assert "The books balance: debits equal credits in each of 2 currencies." in page
    assert "do not balance" not in page


@pytest.mark.usefixtures("books")
def test_it_shows_each_account_on_its_side_with_its_currencys_decimals(auditor: Client) -> None:
    rows = {row.code: row for row in auditor.get(URL).context["rows"]}
    assert (rows["1010.EUR"].debit, rows["1010.EUR"].credit) == ("1,234,567.89", "")
    assert (rows["2100.EUR"].debit, rows["2100.EUR"].credit) == ("", "1,234,562.99")
    assert (rows["1010.JPY"].debit, rows["4010.JPY"].credit) == ("5,000", "490")


@pytest.mark.usefixtures("books")
def test_it_cries_out_when_a_currency_is_off(
    auditor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = selectors.trial_balance().lines
    monkeypatch.setattr("apps.ledger.public.trial_balance", lambda **_: lines[1:])  # one is missing
    answer = auditor.get(URL)
    assert "The books do not balance" in answer.content.decode()
    assert [row.difference for row in answer.context["sums"]] == ["-1,234,567.89", "0"]


def test_empty_books_say_what_to_do_next(auditor: Client) -> None:
    page = auditor.get(URL).content.decode()
    assert "The books are empty." in page
    assert "Import a bank statement" in page


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("currency=JPY", ["1010.JPY", "2100.JPY", "4010.JPY"]),
        ("kind=asset", ["1010.EUR", "1010.JPY"]),
        ("currency=EUR&kind=income", ["4010.EUR"]),
        ("currency=CHF&kind=asset", ["1010.EUR", "1010.JPY"]),
    ],
)
def test_a_filter_picks_lines_and_leaves_the_verdict_on_the_whole(
    auditor: Client, query: str, codes: list[str]
) -> None:
    answer = auditor.get(f"{URL}?{query}")
    assert [row.code for row in answer.context["rows"]] == codes
    assert len(answer.context["sums"]) == 2


@pytest.mark.usefixtures("books")
def test_the_export_has_the_chosen_lines_with_plain_numbers(auditor: Client) -> None:
    answer = auditor.get(f"{URL}?currency=EUR&format=csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig")))) == [
        ["code", "account", "type", "currency", "debit", "credit"],
        ["1010.EUR", "House bank", "asset", "EUR", "1234567.89", "0.00"],
        ["2100.EUR", "Customer 1", "liability", "EUR", "0.00", "1234562.99"],
        ["4010.EUR", "Fee income", "income", "EUR", "0.00", "4.90"],
    ]


def test_an_account_named_like_a_formula_does_not_run_in_a_spreadsheet(auditor: Client) -> None:
    bank = open_account("1010.EUR", "asset", name='=HYPERLINK("http://x","y")')
    post(bank, open_account("3000.EUR", "equity"), Money(1, "EUR"))
    answer = auditor.get(f"{URL}?format=csv").getvalue().decode()
    assert '"\'=HYPERLINK(""http://x"",""y"")"' in answer


@pytest.mark.usefixtures("books")
def test_many_accounts_come_in_pages(auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = selectors.trial_balance().lines * 40
    monkeypatch.setattr("apps.ledger.public.trial_balance", lambda **_: lines)
    answer = auditor.get(f"{URL}?page=3")
    assert len(answer.context["rows"]) == 40
    assert "Page 3 of 3" in answer.content.decode()


@pytest.mark.usefixtures("books")
def test_the_page_needs_as_many_queries_for_many_accounts_as_for_few(
    auditor: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        bank = open_account(f"19{number:02}.EUR", "asset")
        post(bank, open_account(f"39{number:02}.EUR", "equity"), Money(1, "EUR"))
    with django_assert_max_num_queries(6):  # session, user, permissions twice, currencies, balances
        auditor.get(URL)


def test_a_stranger_is_asked_to_log_in() -> None:
    assert Client().get(URL)["Location"] == f"/admin/login/?next={URL}"


def test_staff_without_a_role_may_not_see_it(auditor: Client) -> None:
    User.objects.get().groups.clear()
    assert auditor.get(URL).status_code == 403


def test_nothing_is_done_on_other_methods(auditor: Client) -> None:
    assert auditor.post(URL).status_code == 405
