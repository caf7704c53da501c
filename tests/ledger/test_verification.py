"""A run of the invariants: what it tells, to whom, and that traffic neither stops nor fools it."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Event as Flag
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from apps.ledger import public as ledger
from apps.ledger import selectors
from apps.ledger.tasks import verify
from apps.platform import db
from apps.platform.audit.models import Event
from apps.platform.outbox.models import Event as Emitted

from .books import ACTOR, NOW, open_account, post, transfer
from .test_verify import SUMS, damage

pytestmark = pytest.mark.django_db(transaction=True)
DAMAGE = "UPDATE ledger_account SET posted_minor = 7"


@pytest.fixture
def booked() -> None:
    """Three transfers between two accounts."""
    bank, customer = open_account(kind="asset"), open_account(floor=0)
    post(*(transfer(bank, customer, minor) for minor in (100, 20, 3)))


def test_every_table_of_the_ledger_is_looked_at_by_an_invariant() -> None:
    watched = {table for finding in ledger.verify() for table in finding.tables}
    assert watched == set(selectors.tables())


def test_every_table_is_one_that_migrations_made(superuser_connection: psycopg.Connection) -> None:
    found = superuser_connection.execute(
        r"SELECT tablename FROM pg_tables WHERE tablename LIKE 'ledger\_%' ORDER BY 1"
    ).fetchall()
    assert [name for (name,) in found] == selectors.tables()


def test_no_two_invariants_have_one_name() -> None:
    names = [finding.invariant for finding in ledger.verify()]
    assert len(set(names)) == len(names)


@pytest.mark.usefixtures("booked")
def test_the_command_says_what_it_looked_at_and_fails_on_an_offender(
    superuser_connection: psycopg.Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("ledger", "verify")
    told = capsys.readouterr().out
    assert "ok     each balance is the sum of its entries: 2 rows" in told
    assert "every invariant holds" in told
    damage(superuser_connection, DAMAGE)
    with pytest.raises(SystemExit) as leaving:
        call_command("ledger", "verify")
    assert leaving.value.code == 1
    told = capsys.readouterr().out
    assert "BROKEN each balance is the sum of its entries: 2 rows" in told
    assert "2 rows offend" in told


@pytest.mark.usefixtures("booked")
def test_one_document_tells_programs_everything(
    superuser_connection: psycopg.Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("ledger", "verify", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is True
    assert {one["table"]: one["rows"] for one in told["tables"]}["ledger_entry"] == 6
    damage(superuser_connection, DAMAGE)
    with pytest.raises(SystemExit):
        call_command("ledger", "verify", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False
    (broken,) = [one for one in told["invariants"] if one["offenders"]]
    assert broken["invariant"] == SUMS
    assert broken["tables"] == ["ledger_account", "ledger_entry"]
    assert (broken["looked_at"], len(broken["offenders"])) == (2, 2)


@pytest.mark.usefixtures("booked")
def test_the_nightly_run_leaves_its_result_in_the_audit_trail_and_no_alarm() -> None:
    verify()
    found = ledger.last_verification()
    assert found is not None
    assert found.ok
    assert {one.invariant: one.looked_at for one in found.findings}[SUMS] == 2
    assert found.tables["ledger_transaction"] == 3
    assert not Emitted.objects.filter(name="ledger.invariant.broken.v1").exists()


@pytest.mark.usefixtures("booked")
def test_a_broken_invariant_sounds_the_alarm(
    superuser_connection: psycopg.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    damage(superuser_connection, DAMAGE)
    verify()
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    told = Emitted.objects.get(name="ledger.invariant.broken.v1").payload
    assert (told["invariants"], told["offenders"]) == (1, 2)
    found = ledger.last_verification()
    assert found is not None
    assert not found.ok
    assert [one.invariant for one in found.findings if one.offenders] == [SUMS]


def test_a_run_sees_one_moment_whatever_is_posted_meanwhile() -> None:
    """Posts go on between two statements of a run; each invariant still sees the same books."""
    accounts = [open_account(kind="asset") for _ in range(4)]
    stop, posted = Flag(), []

    def traffic() -> None:
        number = 0
        while not stop.is_set():
            post(transfer(accounts[number % 4], accounts[(number + 1) % 4], 1))
            number += 1
        posted.append(number)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        busy = pool.submit(traffic)
        runs = [selectors.verification(now=NOW) for _ in range(5)]
        stop.set()
        busy.result()
    assert posted[0] > 10
    assert [run.offenders for run in runs] == [0] * 5
    for run in runs:
        counted = {one.looked_at for one in run.findings if one.tables == ("ledger_entry",)}
        assert counted == {run.tables["ledger_entry"]}
        assert run.tables["ledger_entry"] == 2 * run.tables["ledger_transaction"]


def test_statements_without_one_snapshot_would_be_fooled(
    app_connection: psycopg.Connection,
) -> None:
    """The control: read committed sees two states in one transaction."""
    bank, customer = open_account(kind="asset"), open_account()
    count = "SELECT count(*) FROM ledger_entry"
    before = app_connection.execute(count).fetchone()
    post(transfer(bank, customer, 1))
    assert app_connection.execute(count).fetchone() != before


def test_the_role_s_time_outs_do_not_end_a_long_run() -> None:
    asked = "SELECT current_setting('statement_timeout'), current_setting('transaction_isolation')"
    with db.snapshot(statement_timeout=timedelta(hours=1)):
        assert db.rows(sql=asked) == [("1h", "repeatable read")]
    assert db.rows(sql=asked) == [("5s", "read committed")]


@contextmanager
def _another_run(app: psycopg.Connection) -> Iterator[None]:
    app.execute("SELECT pg_advisory_xact_lock(130218034783609)")
    yield
    app.rollback()


def test_two_runs_at_once_are_one(app_connection: psycopg.Connection) -> None:
    with _another_run(app_connection):
        verify()
        with pytest.raises(CommandError, match="verification-running"):
            call_command("ledger", "verify")
    assert not Event.objects.filter(action="ledger.verify").exists()
    verify()
    assert Event.objects.filter(action="ledger.verify").count() == 1


def test_a_verification_says_who_ran_it() -> None:
    ledger.record_verification(actor=ACTOR, now=NOW)
    event = Event.objects.get(action="ledger.verify")
    assert (event.actor_kind, event.actor_key, event.recorded_at) == ("system", "test", NOW)


def test_a_scrape_is_told_when_it_was_and_what_it_found(
    superuser_connection: psycopg.Connection, client: Client, settings: Any
) -> None:
    settings.METRICS_TOKEN = "a token"
    headers = {"Authorization": "Bearer a token"}
    assert "probity_ledger" not in client.get("/metrics", headers=headers).content.decode()
    open_account()
    damage(superuser_connection, DAMAGE)
    ledger.record_verification(actor=ACTOR, now=NOW)
    told = client.get("/metrics", headers=headers).content.decode().splitlines()
    figures = dict(line.split() for line in told if line.startswith("probity_ledger"))
    assert float(figures["probity_ledger_verified_timestamp_seconds"]) == NOW.timestamp()
    assert float(figures["probity_ledger_offending_rows"]) == 1
