"""Bulk loads: whole or not at all, once, in order, and carried on where they were."""

import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from apps.ledger import public as ledger
from apps.ledger import selectors, services
from apps.ledger.models import Import, Transaction
from apps.ledger.services import imports as service
from apps.platform import ids
from apps.platform.audit.models import Event
from apps.platform.outbox.models import Event as Emitted

from .books import ACTOR, NOW, hold, post, transfer
from .loads import AT, HEADER, Loader, booked, open_coded, pair
from .test_verify import damage

pytestmark = pytest.mark.django_db(transaction=True)
BALANCES = "account,currency,balance_minor,as_of,counter_account"


@pytest.fixture(autouse=True)
def chart() -> None:
    """A bank and a customer whose account may not fall below zero."""
    open_coded("bank", kind="asset")
    open_coded("customer", floor=0)


def test_history_is_booked_in_the_file_s_order(loader: Loader) -> None:
    path = loader.lines(*pair("in", "bank", "customer"), *pair("out", "customer", "bank", 40))
    said = loader.run(path)
    assert said.code == 0
    assert said.out.startswith("imported: 2 postings, 4 entries; ")
    assert "entries/s" in said.out
    assert booked() == [("bank", 60), ("customer", 60)]
    found = Transaction.objects.order_by("pk").values_list("reference", "kind", "source")
    assert list(found) == [("in", "history", "import"), ("out", "history", "import")]
    assert {row.effective_at for row in Transaction.objects.all()} == {
        datetime(2026, 3, 31, 10, tzinfo=UTC)
    }
    assert [finding for finding in ledger.verify() if finding.offenders] == []


def test_a_file_that_was_loaded_changes_nothing(loader: Loader) -> None:
    path = loader.lines(*pair("in", "bank", "customer"))
    loader.run(path)
    again = loader.run(path)
    assert (again.code, again.out[:15]) == (0, "imported before")
    assert booked() == [("bank", 100), ("customer", 100)]


def test_a_check_books_nothing(loader: Loader) -> None:
    path = loader.lines(*pair("in", "bank", "customer"))
    said = loader.run(path, "--check")
    assert said.out == "2 rows, 1 postings, 2 entries: sound\n"
    assert not Transaction.objects.exists()
    assert not Import.objects.exists()


def test_nothing_is_booked_of_a_file_with_one_flaw_at_its_end(loader: Loader) -> None:
    lines = [line for number in range(50) for line in pair(f"r{number}", "bank", "customer")]
    said = loader.run(loader.lines(*lines, *pair("last", "bank", "nobody")))
    assert said.code == 1
    assert "line 102: account-not-found: no account has the code or id 'nobody'" in said.out
    assert "1 flaws: nothing is booked" in said.out
    assert not Transaction.objects.exists()
    assert loader.run(None, "--status").out == "nothing was loaded\n"


def test_opening_balances_stand_at_the_end_of_their_day(loader: Loader) -> None:
    open_coded("equity", kind="equity")
    open_coded("overdrawn")
    path = loader.lines(
        "bank,EUR,1000,2026-03-30,equity",
        "customer,EUR,700,2026-03-30,equity",
        "overdrawn,EUR,-50,2026-03-30,equity",
        "equity,EUR,0,2026-03-30,bank",
        header=BALANCES,
    )
    assert loader.run(path).out.startswith("imported: 3 postings, 6 entries")
    expected = [("bank", 1000), ("customer", 700), ("equity", 350), ("overdrawn", -50)]
    assert booked() == expected
    bank = ledger.account_by_code(code="bank").account_id
    day = [datetime(2026, 3, day, 23, 59, 59, 999999, tzinfo=UTC) for day in (29, 30)]
    known = datetime(2999, 1, 1, tzinfo=UTC)
    found = [ledger.balance_at(account_id=bank, as_of=at, known_at=known) for at in day]
    assert [one.posted_minor for one in found] == [0, 1000]
    assert {row.kind for row in Transaction.objects.all()} == {"opening"}
    assert Transaction.objects.filter(reference="opening:bank:2026-03-30").exists()


def test_amounts_may_be_exact_decimals(loader: Loader) -> None:
    path = loader.lines(
        f"r,{AT},bank,EUR,10.5,", f"r,{AT},customer,EUR,,10.50",
        header="reference,effective_at,account,currency,debit,credit",
    )  # fmt: skip
    assert loader.run(path).code == 0
    assert booked() == [("bank", 1050), ("customer", 1050)]


def test_accounts_may_be_named_by_id(loader: Loader) -> None:
    bank = ledger.account_by_code(code="bank").account_id
    named = ids.encode("acct", bank, region="eu")
    assert loader.run(loader.lines(*pair("r", named, "customer"))).code == 0
    assert booked() == [("bank", 100), ("customer", 100)]


def test_a_journal_of_several_currencies_is_one_posting(loader: Loader) -> None:
    open_coded("bank.usd", kind="asset", currency="USD")
    open_coded("customer.usd", currency="USD")
    path = loader.lines(
        *pair("r", "bank", "customer"),
        f"r,{AT},bank.usd,USD,7,",
        f"r,{AT},customer.usd,USD,,7",
    )
    assert loader.run(path).out.startswith("imported: 1 postings, 4 entries")
    assert dict(booked())["customer.usd"] == 7


def test_nobody_is_told_of_history(loader: Loader) -> None:
    loader.run(loader.lines(*pair("r", "bank", "customer")))
    assert not Emitted.objects.exists()


def test_a_load_leaves_its_begin_and_its_end_in_the_audit_trail(loader: Loader) -> None:
    loader.run(loader.lines(*pair("r", "bank", "customer")))
    found = Event.objects.filter(action__startswith="ledger.import").order_by("pk")
    assert [event.action for event in found] == ["ledger.import.begin", "ledger.import.finish"]
    digest = Import.objects.get().digest
    assert {event.subject for event in found} == {f"import:{digest}"}


def test_metadata_is_kept(loader: Loader) -> None:
    path = loader.lines(
        f'r,{AT},bank,EUR,1,,"{{""batch"": 7}}"', f"r,{AT},customer,EUR,,1,",
        header=HEADER + ",metadata",
    )  # fmt: skip
    assert loader.run(path).code == 0
    assert Transaction.objects.get().metadata == {"batch": 7}


# --- what the ledger knows already


def test_postings_of_another_file_are_booked_once(loader: Loader) -> None:
    loader.run(loader.lines(*pair("one", "bank", "customer")))
    more = loader.lines(*pair("one", "bank", "customer"), *pair("two", "bank", "customer", 5))
    checked = loader.run(more, "--check")
    assert "2 postings, 4 entries, 1 booked already: sound" in checked.out
    assert "of which 1 postings were booked before" in loader.run(more).out
    assert booked() == [("bank", 105), ("customer", 105)]
    assert [finding for finding in ledger.verify() if finding.offenders] == []


def test_a_reference_with_other_legs_is_a_flaw(loader: Loader) -> None:
    loader.run(loader.lines(*pair("one", "bank", "customer")))
    assert loader.flaws(loader.lines(*pair("one", "bank", "customer", 101))) == [
        (2, "reference-reused")
    ]


def test_another_source_has_references_of_its_own(loader: Loader) -> None:
    loader.run(loader.lines(*pair("one", "bank", "customer")))
    other = loader.lines(*pair("one", "bank", "customer", 101))
    assert loader.flaws(other, "--source", "legacy") == []


def test_one_file_under_two_sources_is_refused(loader: Loader) -> None:
    path = loader.lines(*pair("one", "bank", "customer"))
    loader.run(path)
    said = loader.run(path, "--source", "legacy")
    assert said.code == 2
    assert "loaded under the source import" in said.out
    assert booked() == [("bank", 100), ("customer", 100)]


# --- what the engine would refuse is found before anything is booked


def test_an_order_in_which_an_account_falls_below_its_floor_is_a_flaw(loader: Loader) -> None:
    path = loader.lines(*pair("out", "customer", "bank", 40), *pair("in", "bank", "customer"))
    assert loader.flaws(path) == [(2, "insufficient-funds")]


def test_what_is_held_does_not_count_as_there(loader: Loader) -> None:
    bank, customer = (ledger.account_by_code(code=code).account_id for code in ("bank", "customer"))
    post(transfer(bank, customer, 100))
    hold(customer, 70, expires_at=datetime(2999, 1, 1, tzinfo=UTC))
    assert loader.flaws(loader.lines(*pair("out", "customer", "bank", 30))) == []
    assert loader.flaws(loader.lines(*pair("out", "customer", "bank", 31))) == [
        (2, "insufficient-funds")
    ]


def test_the_same_account_by_code_and_by_id_is_one_account(loader: Loader) -> None:
    customer = ids.encode("acct", ledger.account_by_code(code="customer").account_id, region="eu")
    path = loader.lines(*pair("in", "bank", "customer"), *pair("out", customer, "bank", 101))
    assert loader.flaws(path) == [(4, "insufficient-funds")]


@pytest.mark.parametrize(
    ("status", "code"), [("frozen", "account-frozen"), ("closed", "account-closed")]
)
def test_an_account_that_takes_no_postings_is_a_flaw(
    loader: Loader, status: ledger.AccountStatus, code: str
) -> None:
    customer = ledger.account_by_code(code="customer").account_id
    ledger.set_status(actor=ACTOR, now=NOW, account_id=customer, status=status)
    assert loader.flaws(loader.lines(*pair("r", "bank", "customer"))) == [(2, code)]


def test_an_account_frozen_for_debits_still_takes_money(loader: Loader) -> None:
    customer = ledger.account_by_code(code="customer").account_id
    ledger.set_status(actor=ACTOR, now=NOW, account_id=customer, status="frozen_debit")
    path = loader.lines(*pair("in", "bank", "customer"), *pair("out", "customer", "bank", 1))
    assert loader.flaws(path) == [(4, "account-frozen")]


def test_what_counts_in_closed_books_is_a_flaw(
    loader: Loader, superuser_connection: psycopg.Connection
) -> None:
    damage(
        superuser_connection,
        """ALTER TABLE ledger_books DISABLE TRIGGER books_guard;
           UPDATE ledger_books SET closed_before = '2026-03-31T10:00:01Z'""",
    )
    path = loader.lines(
        *pair("before", "bank", "customer"),
        *pair("after", "bank", "customer", at="2026-03-31T10:00:01Z"),
    )
    assert loader.flaws(path) == [(2, "period-closed")]


def test_a_ceiling_counts(loader: Loader, superuser_connection: psycopg.Connection) -> None:
    damage(superuser_connection, "UPDATE ledger_account SET ceiling_minor = 100 WHERE id = 2")
    path = loader.lines(*pair("r", "bank", "customer"), *pair("more", "bank", "customer", 1))
    assert loader.flaws(path) == [(4, "above-ceiling")]


# --- carried on


def _booking_stops_after(monkeypatch: pytest.MonkeyPatch, batches: int) -> None:
    """Freeze the customer's account once so many batches are booked, as staff might."""
    left = [batches]
    book = service.book_import

    def book_then_freeze(**told: Any) -> Any:
        done = book(**told)
        left[0] -= 1
        if not left[0]:
            customer = ledger.account_by_code(code="customer").account_id
            ledger.set_status(actor=ACTOR, now=NOW, account_id=customer, status="frozen")
        return done

    monkeypatch.setattr(services, "book_import", book_then_freeze)


def test_an_account_frozen_meanwhile_stops_the_load_and_thawed_lets_it_go_on(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [line for number in range(10) for line in pair(f"r{number}", "bank", "customer", 1)]
    path = loader.lines(*lines)
    with monkeypatch.context() as patched:
        _booking_stops_after(patched, 2)
        stopped = loader.run(path, "--batch", "3")
    assert (stopped.code, stopped.out.split(":")[0]) == (2, "ledger/account-frozen")
    assert booked() == [("bank", 6), ("customer", 6)]
    status = loader.run(None, "--status").out
    assert "unfinished" in status
    assert "6 of 10 postings" in status
    assert "stopped: ledger/account-frozen" in status
    assert Event.objects.filter(action="ledger.import.stop").count() == 1

    customer = ledger.account_by_code(code="customer").account_id
    ledger.set_status(actor=ACTOR, now=NOW, account_id=customer, status="open")
    assert "went on after 6" in loader.run(path).out
    assert booked() == [("bank", 10), ("customer", 10)]
    status = loader.run(None, "--status").out
    assert "finished" in status
    assert "stopped" not in status
    assert Transaction.objects.count() == 10


def test_a_load_that_is_killed_goes_on_where_it_was(loader: Loader, database_url: str) -> None:
    """kill -9, again and again, in the middle of a load: each posting is there once."""
    del database_url  # the child's DATABASE_URL
    lines = [line for number in range(300) for line in pair(f"r{number}", "bank", "customer", 1)]
    path = loader.lines(*lines)
    command = [sys.executable, "manage.py", "ledger", "import", str(path), "--batch", "5"]
    kills = 0
    for mark in (20, 100, 200):
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as load:  # noqa: S603
            while load.poll() is None and Transaction.objects.count() < mark:
                pass
            load.send_signal(signal.SIGKILL)
        kills += load.returncode == -signal.SIGKILL
        done = Import.objects.get()
        assert done.done_postings % 5 == 0
        assert Transaction.objects.count() >= done.done_postings
    assert kills == 3
    said = loader.run(path)
    assert "300 postings" in said.out
    assert "booked before" not in said.out
    assert Transaction.objects.count() == 300
    assert booked() == [("bank", 300), ("customer", 300)]
    assert [finding for finding in ledger.verify() if finding.offenders] == []


def test_a_file_that_somebody_changes_meanwhile_is_refused(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = loader.lines(*pair("a", "bank", "customer"), *pair("b", "bank", "customer"))
    book = service.book_import

    def book_then_write(**told: Any) -> Any:
        with path.open("a") as file:
            file.write("\n".join(pair("c", "bank", "customer")))
        return book(**told)

    monkeypatch.setattr(services, "book_import", book_then_write)
    said = loader.run(path, "--batch", "1")
    assert (said.code, said.out.split(":")[0]) == (2, "ledger/import-file-changed")
    assert Transaction.objects.count() == 1


def test_two_runs_of_one_file_book_it_once(loader: Loader) -> None:
    """The slower of two finds that the other was there, and leaves."""
    path = loader.lines(*pair("a", "bank", "customer"), *pair("b", "bank", "customer"))
    checked = _checked(path)
    view = services.begin_import(actor=ACTOR, now=NOW, source="import", checked=checked)
    with pytest.raises(ledger.ImportElsewhere):
        services.begin_import(actor=ACTOR, now=NOW, source="import", checked=checked)
    first, _ = selectors.import_postings(
        file=_opened(path), source="import", now=NOW, after=0, batch=1
    )
    services.book_import(actor=ACTOR, now=NOW, view=view, postings=first)
    with pytest.raises(ledger.ImportElsewhere):
        services.book_import(actor=ACTOR, now=NOW, view=view, postings=first)
    assert booked() == [("bank", 100), ("customer", 100)]
    assert Import.objects.get().done_postings == 1


def _opened(path: Path) -> Any:
    from apps.ledger.clients.files import open_file

    return open_file(path=path, said=None)


def _checked(path: Path) -> Any:
    progress: Callable[[int], None] = lambda _: None  # noqa: E731
    return selectors.check_import(
        file=_opened(path), source="import", now=NOW, limit=10, progress=progress
    )


# --- the table


REWRITES = (
    "UPDATE ledger_import SET done_postings = done_postings - 1",
    "UPDATE ledger_import SET booked_postings = booked_postings - 1",
    "UPDATE ledger_import SET postings = postings + 1",
    "UPDATE ledger_import SET digest = 'x'",
    "UPDATE ledger_import SET finished_at = now()",
    "UPDATE ledger_import SET done_postings = postings",
    "UPDATE ledger_import SET booked_postings = done_postings + 1",
    "DELETE FROM ledger_import",
    "TRUNCATE ledger_import",
    """INSERT INTO ledger_import (digest, source, rows, postings, entries, done_postings,
           booked_postings, began_at, stopped_for)
       VALUES ('y', 'x', 2, 2, 4, 1, 1, now(), '')""",
)


@pytest.mark.parametrize("role", ["app", "owner", "superuser"])
def test_how_far_a_load_has_come_cannot_be_rewritten(
    request: pytest.FixtureRequest, loader: Loader, role: str
) -> None:
    path = loader.lines(*pair("a", "bank", "customer"), *pair("b", "bank", "customer"))
    view = services.begin_import(actor=ACTOR, now=NOW, source="import", checked=_checked(path))
    first, _ = selectors.import_postings(
        file=_opened(path), source="import", now=NOW, after=0, batch=1
    )
    services.book_import(actor=ACTOR, now=NOW, view=view, postings=first)
    raw: psycopg.Connection = request.getfixturevalue(f"{role}_connection")
    for statement in REWRITES:
        with (
            pytest.raises((psycopg.errors.IntegrityError, psycopg.errors.InsufficientPrivilege)),
            raw.transaction(),
        ):
            raw.execute(statement)


def test_a_finished_load_stays_as_it_is(
    loader: Loader, superuser_connection: psycopg.Connection
) -> None:
    loader.run(loader.lines(*pair("a", "bank", "customer")))
    with pytest.raises(psycopg.errors.CheckViolation):
        superuser_connection.execute("UPDATE ledger_import SET stopped_for = stopped_for")


@pytest.mark.parametrize(
    "mutant",
    [
        "UPDATE ledger_import SET postings = 9, done_postings = 9, booked_postings = 9",
        """ALTER TABLE ledger_import DROP CONSTRAINT import_finished;
           UPDATE ledger_import SET finished_at = NULL""",
    ],
)
def test_a_load_that_lies_is_caught(
    loader: Loader, superuser_connection: psycopg.Connection, mutant: str
) -> None:
    loader.run(loader.lines(*pair("a", "bank", "customer")))
    damage(superuser_connection, "ALTER TABLE ledger_import DISABLE TRIGGER USER; " + mutant)
    broken = {finding.invariant for finding in ledger.verify() if finding.offenders}
    assert broken == {"what an import says it booked is there"}
