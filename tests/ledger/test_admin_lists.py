"""Lists of the ledger's screens: filtered, found, exported; the same few queries; no bad input."""

import csv
import io
from collections.abc import Iterable
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse as url_of

from apps.ledger import public as ledger
from apps.ledger.models import Account, Hold, Transaction
from apps.platform.ids import new_id
from apps.platform.rest import public_id
from apps.platform.screens import lists

from .books import NOW, hold, open_account, post, transfer, void
from .desk import browser_of

pytestmark = pytest.mark.django_db
LISTS = ("account", "transaction", "hold")


@pytest.fixture
def auditor() -> Client:
    """A browser in which an auditor has logged in."""
    return browser_of("auditor")


@pytest.fixture
def books() -> tuple[ledger.AccountId, ledger.AccountId]:
    """A bank's account and a customer's, with some transactions and holds."""
    bank, customer = open_account(kind="asset"), open_account(floor=0)
    fill(bank, customer, 3)
    return bank, customer


def fill(bank: ledger.AccountId, customer: ledger.AccountId, count: int) -> None:
    for _ in range(count):
        post(transfer(bank, customer, 10_00))
        hold(customer, 5_00, expires_at=NOW.replace(year=2999))


def url(name: str, query: str = "") -> str:
    return url_of(f"admin:ledger_{name}_changelist") + query


def exported(browser: Client, name: str, query: str = "?export=csv") -> list[dict[str, str]]:
    answer = browser.get(url(name, query))
    assert answer["Content-Type"].startswith("text/csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("query", ["", "?export=csv"])
def test_a_list_costs_the_same_queries_however_long_it_is(
    auditor: Client,
    books: tuple[ledger.AccountId, ledger.AccountId],
    name: str,
    query: str,
) -> None:
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert auditor.get(url(name, query)).status_code == 200
        counts.append(len(queries))
        fill(*books, 10)
        open_account()
    assert counts[0] == counts[1] <= 13


_NULS = (
    "q=%00", "kind=%00", "kind__exact=%00", "currency=%00", "status=%00", "p=%00", "o=%00",
    "%00=1", "e=%00", "export=%00",
)  # fmt: skip
_NONSENSE = (
    "q=" + "x" * 3000, "q=%ED%A0%80", "q=%25%27%22%5C", "q=acct_eu_zzz", "kind=nonsense",
    "kind__exact=nonsense", "currency=nonsense", "status=nonsense", "p=nonsense", "p=-1",
    "p=99999999", "o=nonsense", "o=99.-98", "nothing=1", "id__exact=99999999999999999999999",
    "effective_at__year=nonsense", "effective_at__year=0", "effective_at__year=99999",
    "effective_at__year=2026&effective_at__month=13", "effective_at__gte=nonsense",
    "recorded_at__gte=nonsense", "account__code=x", "all=", "_popup=1", "_to_field=id",
    "metadata__a=1", "q=1+2+3", "q=" + "0" * 32, "kind__in=,,", "kind__isnull=nonsense",
)  # fmt: skip


def answers(browser: Client, queries: Iterable[str]) -> dict[str, int]:
    """Return the status that each list answers each query with."""
    found = [url(name, f"?{query}") for name in LISTS for query in queries]
    return {path: browser.get(path).status_code for path in found}


def test_a_nul_in_a_filter_is_a_bad_request(auditor: Client) -> None:
    assert set(answers(auditor, _NULS).values()) == {400}


@pytest.mark.usefixtures("books")
def test_nonsense_in_a_filter_is_an_empty_list_or_another_clean_answer(auditor: Client) -> None:
    found = answers(auditor, [*_NONSENSE, *(f"export=csv&{query}" for query in _NONSENSE)])
    assert {path: code for path, code in found.items() if code not in {200, 302, 400}} == {}


@pytest.mark.usefixtures("books")
def test_a_transaction_is_found_by_its_ids_and_its_reference(auditor: Client) -> None:
    row = Transaction.objects.order_by("pk")[1]
    for words in (str(row.public_id), public_id("txn", row.public_id), row.reference):
        found = exported(auditor, "transaction", f"?q={quote(words)}&export=csv")
        assert [one["id"] for one in found] == [public_id("txn", row.public_id)]
    assert exported(auditor, "transaction", "?q=nothing&export=csv") == []


def test_a_hold_is_found_by_its_account_and_its_status(
    auditor: Client, books: tuple[ledger.AccountId, ledger.AccountId]
) -> None:
    code = Account.objects.get(public_id=books[1]).code
    void(ledger.HoldId(Hold.objects.earliest("pk").public_id))
    assert len(exported(auditor, "hold", f"?q={code}&export=csv")) == 3
    assert len(exported(auditor, "hold", "?status=open&export=csv")) == 2
    assert len(exported(auditor, "hold", "?status=voided&export=csv")) == 1
    assert exported(auditor, "hold", "?status=expired&export=csv") == []


def test_an_account_is_found_by_part_of_its_name(auditor: Client) -> None:
    _named("Petty cash")
    found = exported(auditor, "account", "?q=petty&export=csv")
    assert [one["name"] for one in found] == ["Petty cash"]


def _named(name: str) -> Account:
    return Account.objects.create(
        public_id=new_id(), code=str(new_id()), name=name, kind="asset", currency="EUR",
        opened_at=NOW,
    )  # fmt: skip


def test_what_a_spreadsheet_would_run_is_neutralised(auditor: Client) -> None:
    _named("=1+1")
    assert exported(auditor, "account")[0]["name"] == "'=1+1"
    answer = auditor.get(url_of("admin:ledger_chart") + "?format=csv")
    chart = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert '"\'=1+1"' in chart


@pytest.mark.usefixtures("books")
def test_a_file_is_whole_or_there_is_none(auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "_ROWS_MAX", 2)
    answer = auditor.get(url("transaction", "?export=csv&o=1"), follow=True)
    assert answer.request["QUERY_STRING"] == "o=1"
    assert "narrow the filters" in answer.content.decode()


@pytest.mark.parametrize("name", LISTS)
def test_an_export_takes_the_permission_of_the_list(auditor: Client, name: str) -> None:
    auditor.user.groups.clear()  # type: ignore[attr-defined]
    assert auditor.get(url(name, "?export=csv")).status_code == 403


# --- the chart


def test_the_chart_is_two_queries_more_than_who_asks(auditor: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert auditor.get(url_of("admin:ledger_chart")).status_code == 200
        return len(queries)

    _named("one")
    first = cost()
    for place in range(30):
        _named(f"number {place}")
    assert cost() == first


def test_an_empty_chart_says_what_to_do_next(auditor: Client) -> None:
    assert "Import a bank statement" in auditor.get(url_of("admin:ledger_chart")).content.decode()


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?q=petty", {"Petty cash"}),
        ("?kind=asset", {"Petty cash", "Yen"}),
        ("?currency=JPY", {"Yen"}),
        ("?status=closed", set()),
        ("?kind=nonsense&currency=nonsense&status=nonsense", {"Petty cash", "Yen"}),
        ("?q=" + "x" * 500, {"Petty cash", "Yen"}),
    ],
)
def test_the_chart_is_filtered(auditor: Client, query: str, shown: set[str]) -> None:
    _named("Petty cash")
    Account.objects.create(
        public_id=new_id(), code="Y", name="Yen", kind="asset", currency="JPY", opened_at=NOW
    )
    page = auditor.get(url_of("admin:ledger_chart") + query).content.decode()
    assert {name for name in ("Petty cash", "Yen") if name in page} == shown
