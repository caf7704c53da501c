"""Statements and lists of entries: they add up, they chain, and nobody makes them fall over."""

import csv
import io
import json
import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import settings as tests_like
from hypothesis import strategies as st

from apps.identity import public as identity
from apps.ledger import public as ledger
from apps.ledger import rules, selectors
from apps.ledger.models import Account
from apps.ledger.selectors import StatementPeriod, statement
from apps.platform import ids
from apps.platform.ids import new_id

from .books import ACTOR, NOW, open_account, post, transfer
from .conftest import Caller
from .test_balances import hot_account
from .test_spans import BEGIN, HOUR, Fact, batches, book, facts_of, sum_spans

pytestmark = pytest.mark.django_db
MICRO = timedelta(microseconds=1)


def url(account_id: ledger.AccountId, what: str) -> str:
    """Return the path of a read of the account."""
    return f"/v1/ledger/accounts/{ids.encode('acct', account_id, region='eu')}/{what}"


@tests_like(max_examples=10, deadline=None)
@given(batches, st.lists(st.integers(-110, 100), min_size=1, max_size=5), st.data())
def test_statements_add_up_and_those_of_consecutive_periods_chain(
    drawn: list[tuple[int, list[tuple[int, int]]]], cuts: list[int], data: st.DataObject
) -> None:
    bank, customer = open_account(kind="asset"), open_account()
    facts = facts_of(drawn)
    book(bank, customer, facts)
    if data.draw(st.booleans()):
        sum_spans()
    hour = data.draw(st.none() | st.integers(-10, 100))
    known_at = None if hour is None else BEGIN + hour * HOUR
    known = [fact for fact in facts if known_at is None or fact.recorded <= known_at]
    edges = sorted({BEGIN + cut * HOUR for cut in cuts} | {BEGIN - 200 * HOUR, BEGIN + 101 * HOUR})
    for account_id in (bank, customer):
        closing, count = 0, 0
        for since, following in pairwise(edges):
            until = following - MICRO
            found = statement(
                period=StatementPeriod(account_id, since, until, known_at), most=10_000
            )
            within = [fact for fact in known if since <= fact.effective <= until]
            moved = sum(fact.minor for fact in within)
            assert found.head.opening_minor == closing
            assert found.closing_minor == closing + moved
            sides = found.debit_minor - found.credit_minor
            assert abs(sides) == abs(moved)
            assert found.head.count == len(found.movements) == len(within)
            assert [one.effective_at for one in found.movements] == sorted(
                fact.effective for fact in within
            )
            balance = ledger.balance_at(account_id=account_id, as_of=until, known_at=known_at)
            assert found.closing_minor == balance.posted_minor
            closing, count = found.closing_minor, count + len(within)
        assert count == len(known)


@tests_like(max_examples=10, deadline=None)
@given(batches, st.sampled_from(["effective", "recorded"]), st.integers(1, 60), st.data())
def test_pages_of_entries_neither_skip_nor_repeat_and_carry_the_balance(
    drawn: list[tuple[int, list[tuple[int, int]]]],
    order: ledger.EntryOrder,
    limit: int,
    data: st.DataObject,
) -> None:
    bank, customer = open_account(kind="asset"), open_account()
    facts = facts_of(drawn)
    cut = data.draw(st.integers(0, len(facts)))
    book(bank, customer, facts[:cut])
    sum_spans()
    book(bank, customer, facts[cut:])
    bounds = st.none() | st.integers(-110, 100).map(lambda hour: BEGIN + hour * HOUR)
    since, until = data.draw(bounds), data.draw(bounds)
    seen = list(_all_pages(customer, order=order, since=since, until=until, limit=limit))
    by_time = sorted(seen, key=lambda one: one.key)
    assert seen == by_time[::-1]
    assert len({one.entry.version for one in seen}) == len(seen)
    times = [fact.effective if order == "effective" else fact.recorded for fact in facts]
    wanted = [
        at for at in times if (since is None or at >= since) and (until is None or at <= until)
    ]
    assert [one.key[0] for one in by_time] == sorted(wanted)
    if by_time:
        newest = by_time[-1]
        bound = {"as_of" if order == "effective" else "known_at": newest.key[0]}
        at_end = ledger.balance_at(account_id=customer, **bound)
        assert newest.running_minor == at_end.posted_minor
    for one, following in pairwise(by_time):
        entry = following.entry
        step = entry.credit_minor - entry.debit_minor
        assert following.running_minor == one.running_minor + step


def _all_pages(account_id: ledger.AccountId, **asked: Any) -> Iterator[ledger.ListedEntry]:
    after = None
    while page := selectors.entry_page(account_id=account_id, after=after, **asked):
        yield from page
        after = page[-1].key


def test_what_is_booked_between_two_pages_shifts_none() -> None:
    bank, customer = open_account(kind="asset"), open_account()
    book(bank, customer, [Fact(1, BEGIN + n * HOUR, BEGIN + n * HOUR) for n in range(6)])

    def page(after: tuple[datetime, int] | None) -> list[ledger.ListedEntry]:
        return selectors.entry_page(account_id=customer, order="effective", after=after, limit=3)

    first = page(None)
    book(bank, customer, [Fact(7, BEGIN + 5 * HOUR, BEGIN + 9 * HOUR)])
    book(bank, customer, [Fact(9, BEGIN + HOUR, BEGIN + 9 * HOUR)])
    rest = page(first[-1].key)
    assert [one.entry.version for one in first + rest] == [6, 5, 4, 3, 8, 2]
    assert [one.running_minor for one in rest] == [12, 11, 2]


def test_a_statement_as_it_was_printed_then_leaves_out_what_came_later() -> None:
    bank, customer = open_account(kind="asset"), open_account()
    late = Fact(5, BEGIN + HOUR, BEGIN + 50 * HOUR)
    book(bank, customer, [Fact(100, BEGIN, BEGIN), late])
    period = StatementPeriod(customer, BEGIN, BEGIN + 24 * HOUR)
    assert statement(period=period, most=10).closing_minor == 105
    then = statement(period=period._replace(known_at=BEGIN + 24 * HOUR), most=10)
    assert then.closing_minor == 100
    assert [one.credit_minor for one in then.movements] == [100]


@pytest.mark.parametrize("mode", ["slots", "deferred"])
def test_a_statement_of_slots_is_one_statement(mode: ledger.AccountMode) -> None:
    bank, hot = open_account(kind="asset"), hot_account(mode=mode)
    post(*(transfer(bank, hot, 10 + turn) for turn in range(6)))
    ledger.fold(actor=ACTOR, now=NOW)
    found = statement(period=StatementPeriod(hot, NOW, NOW), most=100)
    assert sorted(one.credit_minor for one in found.movements) == [10, 11, 12, 13, 14, 15]
    assert (found.debit_minor, found.credit_minor, found.closing_minor) == (0, 75, 75)
    for order in ("recorded", "effective"):
        listed = selectors.entry_page(account_id=hot, order=order, limit=4)
        balances = [one.balance_minor for one in found.movements][::-1]
        assert [one.running_minor for one in listed] == balances[:4]
    other = statement(period=StatementPeriod(bank, NOW, NOW), most=10).movements
    assert {one.counterparty for one in other} == {str(hot)}  # and not the slot's code


def test_the_counterparty_is_the_one_account_on_the_other_side() -> None:
    bank, one, other = open_account(kind="asset"), open_account(), open_account()
    transaction_id = ledger.TransactionId(new_id())
    legs = (ledger.Leg(bank, debit=30), ledger.Leg(one, credit=10), ledger.Leg(other, credit=20))
    journal = ledger.Posting(
        transaction_id=transaction_id, legs=legs, currency="EUR", effective_at=NOW,
        source="test", reference="a journal", kind="journal",
    )  # fmt: skip
    post(journal)
    for account_id, counterparty in ((one, str(bank)), (bank, "")):
        found = statement(period=StatementPeriod(account_id, NOW, NOW), most=10).movements[0]
        assert (found.kind, found.reference) == ("journal", "a journal")
        assert found.counterparty == counterparty


def test_a_statement_costs_one_query_whatever_its_length() -> None:
    bank, customer = open_account(kind="asset"), open_account()
    book(bank, customer, [Fact(1, BEGIN, BEGIN)] * 300)
    with CaptureQueriesContext(connection) as queries:
        found = statement(period=StatementPeriod(customer, BEGIN, NOW), most=1000)
    assert (len(queries), len(found.movements)) == (1, 300)


def test_a_statement_that_is_too_long_is_refused_before_it_is_read() -> None:
    bank, customer = open_account(kind="asset"), open_account()
    book(bank, customer, [Fact(1, BEGIN, BEGIN)] * 3)
    statement(period=StatementPeriod(customer, BEGIN, NOW), most=3)
    with pytest.raises(ledger.StatementTooLong, match="3 movements; this form takes 2"):
        statement(period=StatementPeriod(customer, BEGIN, NOW), most=2)


def test_a_stream_goes_on_through_many_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    bank, customer = open_account(kind="asset"), open_account()
    facts = [Fact(n + 1, BEGIN + n % 7 * HOUR, BEGIN + 10 * HOUR) for n in range(150)]
    book(bank, customer, facts)
    sum_spans()
    monkeypatch.setattr("apps.ledger.selectors.statements._CHUNK", 8)
    period = StatementPeriod(customer, BEGIN + HOUR, NOW)
    head, movements = selectors.statement_stream(period=period)
    streamed = list(movements)
    assert tuple(streamed) == statement(period=period, most=1000).movements
    assert (head.count, len(streamed)) == (128, 128)


# --- files


@pytest.fixture
def moved() -> ledger.AccountId:
    """An account with an opening balance and two movements of a day, the second out."""
    bank, customer = open_account(kind="asset"), open_account()
    book(bank, customer, [Fact(1_234_50, BEGIN, BEGIN)])
    book(bank, customer, [Fact(n, BEGIN + 30 * HOUR, BEGIN + 31 * HOUR) for n in (10_00, -5_05)])
    return customer


JANUARY_2 = "from=2026-01-02&to=2026-01-02"


@pytest.mark.django_db(transaction=True)
def test_a_statement_as_json(caller: Caller, moved: ledger.AccountId) -> None:
    answer = caller("ledger:read").get(url(moved, f"statements?{JANUARY_2}"))
    told = answer.json()
    assert answer["Content-Type"] == "application/json"
    assert [told[name] for name in ("opening", "debit", "credit", "closing")] == [
        1_234_50, 5_05, 10_00, 1_239_45,
    ]  # fmt: skip
    assert (told["since"], told["until"]) == (
        "2026-01-02T00:00:00Z", "2026-01-02T23:59:59.999999Z",
    )  # fmt: skip
    first = told["movements"][0]
    assert first["effective_at"] == "2026-01-02T06:00:00Z"
    assert [first[name] for name in ("debit", "credit", "balance")] == [0, 10_00, 1_244_50]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("by", ["format", "accept"])
def test_a_statement_as_csv(caller: Caller, moved: ledger.AccountId, by: str) -> None:
    client = caller("ledger:read")
    if by == "format":
        answer = client.get(url(moved, f"statements?{JANUARY_2}&format=csv"))
    else:
        answer = client.get(url(moved, f"statements?{JANUARY_2}"), headers={"Accept": "text/csv"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    body = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert body.count("\r\n") == 5
    rows = list(csv.DictReader(io.StringIO(body, newline="")))
    assert [(row["kind"], row["debit"], row["credit"], row["balance"]) for row in rows] == [
        ("opening balance", "", "", "1234.50"),
        ("transfer", "", "10.00", "1244.50"),
        ("transfer", "5.05", "", "1239.45"),
        ("closing balance", "5.05", "10.00", "1239.45"),
    ]


def test_a_reference_with_commas_quotes_and_line_breaks_stays_one_cell() -> None:
    bank, customer = open_account(kind="asset"), open_account()
    nasty = "=cmd|' /C calc'!A0,\"\r\nsecond; line"
    post(transfer(bank, customer, 5, reference=nasty))
    head, movements = selectors.statement_stream(period=StatementPeriod(customer, NOW, NOW))
    text = "".join(selectors.statement_csv(head=head, movements=movements))
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[2][3] == f"'{nasty}"
    assert {len(row) for row in rows} == {10}


def _view(**head: Any) -> ledger.StatementView:
    told: dict[str, Any] = {
        "account_id": ledger.AccountId(new_id()), "code": "2100-1", "name": "an account",
        "kind": "liability", "currency": "EUR", "since": BEGIN, "until": NOW, "known_at": None,
        "opening_minor": 0, "count": 0,
    } | head  # fmt: skip
    return ledger.StatementView(
        head=ledger.StatementHead(**told), movements=(), debit_minor=0, credit_minor=0,
        closing_minor=0,
    )  # fmt: skip


def _pages(made: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", made))


def test_a_pdf_has_as_many_pages_as_it_says_and_is_the_same_each_time() -> None:
    bank, customer = open_account(kind="asset"), open_account()
    book(bank, customer, [Fact(2**61, BEGIN, BEGIN)] + [Fact(1, BEGIN, BEGIN)] * 160)
    found = statement(period=StatementPeriod(customer, BEGIN, NOW), most=1000)
    made = selectors.statement_pdf(statement=found)
    assert made == selectors.statement_pdf(statement=found)
    assert made.startswith(b"%PDF-")
    assert _pages(made) == 4  # 161 movements and two balances, 54 a page
    assert b"Bitstream" in made or b"Vera" in made  # the font is in the file


@pytest.mark.parametrize(
    "name",
    ["Ærø & Søn <b>", "株式会社", "e\u0301", "\u202eevil", "a\x00b\n", "\U0001d54f", "x" * 100],
)
def test_a_pdf_takes_any_name(name: str) -> None:
    made = selectors.statement_pdf(statement=_view(name=name, code=name[:40], currency="JPY"))
    assert _pages(made) == 1


def test_what_the_font_lacks_is_shown_and_not_left_out() -> None:
    glyphs = {ord("a"), ord("é"), 0x25CA}
    assert rules.printable("aé\x00株", glyphs=glyphs, instead="\u25ca") == "aé\u25ca\u25ca"


@pytest.mark.django_db(transaction=True)
def test_a_statement_as_pdf(caller: Caller, moved: ledger.AccountId) -> None:
    answer = caller("ledger:read").get(url(moved, f"statements?{JANUARY_2}&format=pdf"))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert _pages(answer.content) == 1


# --- who may


@pytest.fixture
def restricted(caller: Caller, moved: ledger.AccountId) -> Client:
    """A client that may see one account alone."""
    client = caller("ledger:read", all_rows=False)
    made: identity.ApiClient = client.made  # type: ignore[attr-defined]
    row = ledger.row(account_id=moved)
    identity.grant(
        actor=ACTOR, now=NOW, user_id=made.user_id, permission="ledger.view_balance", on=row
    )
    return client


@pytest.mark.django_db(transaction=True)
def test_one_who_may_not_see_the_others_is_told_neither_their_codes_nor_their_references(
    restricted: Client, moved: ledger.AccountId
) -> None:
    answer = restricted.get(url(moved, f"statements?{JANUARY_2}"))
    assert answer.status_code == 200
    found = {(one["counterparty"], one["reference"]) for one in answer.json()["movements"]}
    assert found == {("", "")}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", [f"statements?{JANUARY_2}", "entries?order=effective"])
def test_an_account_that_one_may_not_see_is_not_found(restricted: Client, what: str) -> None:
    other = open_account()
    for account_id in (other, ledger.AccountId(new_id())):
        answer = restricted.get(url(account_id, what))
        assert (answer.status_code, answer.json()["code"]) == (404, "ledger/account-not-found")


# --- what hostile people ask


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("", "/from"),
        ("from=2026-01-01", "/to"),
        ("from=&to=2026-01-01", "/from"),
        ("from=2026-02-01&to=2026-01-01", "/to"),
        ("from=2026-01-01T00:00:00&to=yesterday", "/to"),
        ("from=2026-02-30&to=2026-03-01", "/from"),
        ("from=10000-01-01&to=2026-03-01", "/from"),
        ("from=-0001-01-01&to=2026-03-01", "/from"),
        ("from=0001-01-01T00:00:00%2B14:00&to=2026-03-01", "/from"),
        ("from=2026-01-01%00&to=2026-03-01", "/from"),
        ("from=2026-01-01&to=2026-03-01&known_at=%FF", "/known_at"),
        ("from=2026-01-01&to=2026-03-01&format=xlsx", "/format"),
        ("from=2026-01-01&to=2026-03-01&format=%00", "/format"),
        ("from=2026-01-01&to=2026-03-01&fro=1", "/fro"),
        ("from=2026-01-01&to=2026-03-01&limit=5", "/limit"),
    ],
)
def test_a_statement_that_cannot_be_is_malformed(
    caller: Caller, moved: ledger.AccountId, query: str, pointer: str
) -> None:
    answer = caller("ledger:read").get(url(moved, f"statements?{query}"))
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert pointer in [fault["pointer"] for fault in answer.json()["errors"]]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", ["json", "csv", "pdf"])
def test_the_ends_of_time_are_times(caller: Caller, moved: ledger.AccountId, form: str) -> None:
    query = f"statements?from=0001-01-01&to=9999-12-31&known_at=9999-12-31&format={form}"
    answer = caller("ledger:read").get(url(moved, query))
    assert answer.status_code == 200
    if form == "json":
        assert (answer.json()["opening"], len(answer.json()["movements"])) == (0, 3)


@pytest.mark.django_db(transaction=True)
def test_a_problem_is_a_problem_whatever_form_was_asked_for(
    caller: Caller, moved: ledger.AccountId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "PDF_MAX", 1)
    client = caller("ledger:read")
    answer = client.get(url(moved, f"statements?{JANUARY_2}&format=pdf"))
    assert (answer.status_code, answer.json()["code"]) == (422, "ledger/statement-too-long")
    assert answer["Content-Type"] == "application/problem+json"
    csv_of = client.get(url(moved, f"statements?{JANUARY_2}&format=csv"))
    assert csv_of.status_code == 200
    image = client.get(url(moved, f"statements?{JANUARY_2}"), headers={"Accept": "image/png"})
    assert (image.status_code, image.json()["code"]) == (406, "request/not-acceptable")
    bad = client.get(url(moved, "statements?from=x&to=y&format=csv"))
    assert (bad.status_code, bad["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("order=sideways", "/order"),
        ("from=2026-02-01&to=2026-01-01", "/to"),
        ("cursor=djE6MQ", "/cursor"),
        ("cursor=djE6OTk5OTk5OTk5OTk5OTk5OTk5OjE", "/cursor"),
        ("cursor=%00", "/cursor"),
        ("limit=0", "/limit"),
        ("limit=101", "/limit"),
        ("odrer=effective", "/odrer"),
    ],
)
def test_a_list_of_entries_that_cannot_be_is_malformed(
    caller: Caller, moved: ledger.AccountId, query: str, pointer: str
) -> None:
    answer = caller("ledger:read").get(url(moved, f"entries?{query}"))
    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


@pytest.mark.django_db(transaction=True)
def test_entries_by_effective_date_run_with_their_balance(
    caller: Caller, moved: ledger.AccountId
) -> None:
    client = caller("ledger:read")
    page = client.get(url(moved, "entries?order=effective&from=2026-01-02&limit=1")).json()
    assert [one["running_balance"] for one in page["data"]] == [1_239_45]
    rest = url(moved, f"entries?order=effective&from=2026-01-02&cursor={page['next_cursor']}")
    found = client.get(rest).json()
    assert [one["running_balance"] for one in found["data"]] == [1_244_50]
    assert found["next_cursor"] is None


# --- staff


@pytest.fixture
def auditor() -> Client:
    """A browser in which an auditor has logged in."""
    identity.sync_roles(actor=ACTOR, now=NOW)
    user = identity.create_staff(
        actor=ACTOR, now=NOW, username="auditor", role="auditor", password="a long passphrase"
    )
    browser = Client()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def _page_of(account_id: ledger.AccountId) -> str:
    key = Account.objects.get(public_id=account_id).pk
    return f"/admin/ledger/account/{key}"


@pytest.mark.parametrize(("form", "start"), [("csv", "\ufeffeffective_at,"), ("pdf", "%PDF-")])
def test_staff_download_a_statement(
    auditor: Client, moved: ledger.AccountId, form: str, start: str
) -> None:
    answer = auditor.get(f"{_page_of(moved)}/statement/?{JANUARY_2}&format={form}")
    assert answer.status_code == 200
    body = b"".join(answer) if answer.streaming else answer.content
    assert body.startswith(start.encode())
    assert answer["Content-Disposition"].endswith(f'2026-01-02-2026-01-02.{form}"')


@pytest.mark.parametrize(
    "query", ["", "from=2026-02-01&to=2026-01-01&format=pdf", f"{JANUARY_2}&format=exe"]
)
def test_staff_who_ask_wrongly_are_sent_back_and_told(
    auditor: Client, moved: ledger.AccountId, query: str
) -> None:
    answer = auditor.get(f"{_page_of(moved)}/statement/?{query}", follow=True)
    assert answer.redirect_chain == [(f"{_page_of(moved)}/change/", 302)]
    assert "No statement: " in answer.content.decode()


def test_who_has_no_role_gets_no_statement(moved: ledger.AccountId) -> None:
    user = identity.User.objects.create_user(username="temp", password="a", is_staff=True)
    browser = Client()
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    answer = browser.get(f"{_page_of(moved)}/statement/?{JANUARY_2}&format=csv")
    assert answer.status_code == 403


def test_a_statement_of_no_account_is_not_found(auditor: Client) -> None:
    assert auditor.get("/admin/ledger/account/999999/statement/").status_code == 404


# --- speed


@pytest.mark.django_db(transaction=True)
def test_a_statement_of_ten_thousand_entries_is_quick(caller: Caller) -> None:
    """The target is 300 ms with the database's part, about a half; other work may disturb it."""
    bank, customer = open_account(kind="asset"), open_account()
    for step in range(10):
        moment = BEGIN + step * HOUR
        book(bank, customer, [Fact(1, moment, moment)] * 1000)
    sum_spans()
    client, took = caller("ledger:read"), []
    for _ in range(5):
        began = time.process_time()
        answer = client.get(url(customer, "statements?from=2026-01-01&to=2026-01-01"))
        took.append(time.process_time() - began)
        assert len(json.loads(answer.content)["movements"]) == 10_000
    assert min(took) < 0.5
