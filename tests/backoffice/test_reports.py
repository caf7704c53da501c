"""Balance sheet, income statement and trial balance of a day: what they show and export."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from apps.identity.models import User
from apps.ledger import public as ledger
from apps.ledger.models import Account
from apps.platform import clock
from apps.platform.ids import new_id
from apps.platform.money import Money

from .conftest import open_account, post

pytestmark = pytest.mark.django_db
TRIAL, SHEET, INCOME = "/admin/trial-balance/", "/admin/balance-sheet/", "/admin/income-statement/"
REPORTS = (TRIAL, SHEET, INCOME)


def day(ago: int) -> str:
    return (clock.now() - timedelta(days=ago)).date().isoformat()


@pytest.mark.usefixtures("books")
def test_a_balance_sheet_of_each_currency_has_two_sides_of_one_sum(auditor: Client) -> None:
    answer = auditor.get(SHEET)
    euro, yen = answer.context["sheets"]
    assert (euro["currency"], euro["assets"], euro["claims"]) == (
        "EUR",
        "1,234,567.89",
        "1,234,567.89",
    )
    assert (yen["currency"], yen["assets"], yen["result"]) == ("JPY", "5,000", "490")
    assert "Post nothing more" not in answer.content.decode()


@pytest.mark.usefixtures("books")
def test_it_is_as_of_the_end_of_the_day_that_was_chosen(auditor: Client) -> None:
    then = auditor.get(f"{SHEET}?as_of={day(2)}&currency=EUR").context["sheets"]
    assert [(one["assets"], one["result"]) for one in then] == [("1,234,567.89", "0.00")]
    assert auditor.get(f"{SHEET}?as_of={day(9)}").context["sheets"] == []
    rows = {row.code: row for row in auditor.get(f"{TRIAL}?as_of={day(2)}").context["rows"]}
    assert rows["2100.EUR"].credit == "1,234,567.89"
    assert "4010.EUR" not in rows
    assert auditor.get(f"{TRIAL}?known_at={day(2)}").context["sums"] == []


@pytest.mark.usefixtures("books")
def test_an_income_statement_is_of_the_days_that_were_chosen(auditor: Client) -> None:
    found = auditor.get(f"{INCOME}?since={day(1)}").context["statements"]
    assert [(one["currency"], one["result"]) for one in found] == [("EUR", "4.90"), ("JPY", "490")]
    before = auditor.get(f"{INCOME}?since={day(9)}&until={day(2)}")
    assert "Nothing was earned or spent in these days." in before.content.decode()
    backwards = auditor.get(f"{INCOME}?since={day(2)}&until={day(3)}")
    assert "The span ends before it begins." in backwards.content.decode()


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("url", REPORTS)
def test_translation_asks_for_the_rates_that_it_needs_and_then_shows_one_currency(
    auditor: Client, url: str
) -> None:
    asks = auditor.get(f"{url}?into=EUR").content.decode()
    assert "Say what the rate is: 1 JPY in EUR." in asks
    for rate in ("0", "-1", "x", "1e400", "NaN"):
        assert "rate_JPY" in auditor.get(f"{url}?into=EUR&rate_JPY={rate}").content.decode()
    page = auditor.get(f"{url}?into=EUR&rate_JPY=0.005&since={day(9)}").content.decode()
    assert {TRIAL: "1,234,592.89", SHEET: "1,234,592.89", INCOME: "7.35"}[url] in page
    assert "JPY</h2>" not in page


@pytest.mark.usefixtures("books")
def test_what_rates_leave_is_shown_on_a_line_of_its_own(auditor: Client) -> None:
    query = "into=EUR&rate_JPY=0.005&average_JPY=0.006"
    (sheet,) = auditor.get(f"{SHEET}?{query}").context["sheets"]
    assert (sheet["result"], sheet["difference"]) == ("7.84", "-0.49")
    assert sheet["assets"] == sheet["claims"]
    assert "Translation difference" in auditor.get(f"{SHEET}?{query}").content.decode()


def test_headings_are_shown_above_what_stands_below_them(auditor: Client) -> None:
    open_account("1000.EUR", "asset", name="Banks")
    bank = open_account("1010.EUR", "asset", name="House bank")
    parent = Account.objects.get(code="1000.EUR")
    below = Account.objects.create(
        public_id=new_id(), code="1020.EUR", name="Till", kind="asset", currency="EUR",
        opened_at=clock.now(), parent=parent,
    )  # fmt: skip
    equity = open_account("3000.EUR", "equity")
    post(bank, equity, Money(100, "EUR"))
    post(ledger.AccountId(below.public_id), equity, Money(25, "EUR"))
    (sheet,) = auditor.get(SHEET).context["sheets"]
    lines = [(one["code"], one["depth"], one["amount"]) for one in sheet["sections"][0]["lines"]]
    assert lines == [("1000.EUR", 0, "0.25"), ("1020.EUR", 1, "0.25"), ("1010.EUR", 0, "1.00")]


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("url", REPORTS)
def test_each_line_leads_to_its_account(auditor: Client, url: str) -> None:
    number = Account.objects.get(code="1010.EUR" if url == SHEET else "4010.EUR").pk
    assert f'href="/admin/ledger/account/{number}/change/"' in auditor.get(url).content.decode()


@pytest.mark.usefixtures("books")
def test_the_exports_have_every_line_and_add_up(auditor: Client) -> None:
    answer = auditor.get(f"{SHEET}?currency=EUR&format=csv")
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert [(row["section"], row["code"], row["balance"]) for row in rows] == [
        ("Assets", "1010.EUR", "1234567.89"),
        ("Liabilities", "2100.EUR", "1234562.99"),
        ("Result not yet closed", "", "4.90"),
        ("Difference", "", "0.00"),
    ]
    income = auditor.get(f"{INCOME}?currency=EUR&format=xlsx").getvalue()
    sheet = openpyxl.load_workbook(io.BytesIO(income)).active
    assert sheet is not None
    values = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [(row[1], row[3], row[5]) for row in values] == [
        ("Income", "4010.EUR", 4.9),
        ("Result", None, 4.9),
    ]


@pytest.mark.parametrize("wanted", ["csv", "xlsx"])
def test_a_name_that_begins_like_a_formula_is_text_in_each_export(
    auditor: Client, wanted: str
) -> None:
    name = '=HYPERLINK("http://x","y")'
    bank = open_account("1010.EUR", "asset", name=name)
    post(bank, open_account("3000.EUR", "equity", name="@SUM(A1)"), Money(1, "EUR"))
    for url in (TRIAL, SHEET):
        told = auditor.get(f"{url}?format={wanted}").getvalue()
        if wanted == "csv":
            assert "\"'=HYPERLINK" in told.decode()
            continue
        sheet = openpyxl.load_workbook(io.BytesIO(told)).active
        assert sheet is not None
        types = {cell.value: cell.data_type for row in sheet.iter_rows() for cell in row}
        assert (types[name], types["@SUM(A1)"]) == ("s", "s")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (TRIAL, "The books are empty."),
        (SHEET, "Nothing had taken effect by then."),
        (INCOME, "Nothing was earned or spent in these days."),
        (f"{TRIAL}?as_of=2020-01-01", "Choose a later day."),
        (f"{TRIAL}?as_of=yesterday", "Enter a valid date."),
        (f"{SHEET}?as_of=2026-02-30", "Enter a valid date."),
        (f"{SHEET}?as_of=9999-12-31&known_at=9999-12-31", "Nothing had taken effect by then."),
        (f"{INCOME}?since=0001-01-01&until=9999-12-31", "Nothing was earned or spent"),
    ],
)
def test_a_page_without_a_report_says_what_to_do(auditor: Client, url: str, words: str) -> None:
    assert words in auditor.get(url).content.decode()


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("url", REPORTS)
def test_a_report_takes_as_many_queries_for_many_accounts_as_for_few(
    auditor: Client, django_assert_max_num_queries: DjangoAssertNumQueries, url: str
) -> None:
    for number in range(20):
        bank = open_account(f"19{number:02}.EUR", "asset")
        post(bank, open_account(f"49{number:02}.EUR", "income"), Money(1, "EUR"))
    with django_assert_max_num_queries(7):  # session, user, permissions twice, three of the report
        auditor.get(f"{url}?as_of={day(0)}")


@pytest.mark.parametrize("url", REPORTS)
def test_it_takes_the_permission_of_reports(auditor: Client, url: str) -> None:
    User.objects.get().groups.clear()
    assert auditor.get(url).status_code == 403
    assert Client().get(url)["Location"] == f"/admin/login/?next={url}"
    assert auditor.post(url).status_code in {403, 405}
