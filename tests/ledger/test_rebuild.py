"""The books made again from what is booked: they are the same, and what was damaged is named."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections

from apps.ledger import public as ledger
from apps.platform.audit.models import Event
from dev import database

from .books import ACTOR, NOW, capture, extend, hold, open_account, post, transfer, void
from .test_reversals import reversal, reverse
from .test_verify import damage

pytestmark = pytest.mark.django_db(transaction=True)
As = Callable[[str], None]
BALANCES = "balances and versions of accounts"
RUNNING = "running balances of entries"
BOUNDS = "bounds of accounts"
HOLDS = "open holds"
ROLL_UPS = "roll-ups"
HELD = "what accounts say is held"
BOOKS = "until when the books are closed"


@pytest.fixture
def log_in(superuser_connection: psycopg.Connection) -> As:
    """Return what logs Django in as another role, for the rest of the test."""
    del superuser_connection  # it made sure that there is a database

    def become(role: str) -> None:
        connections.close_all()
        connections["default"].settings_dict["USER"] = role

    return become


@pytest.fixture
def books() -> None:
    """Some of everything: transfers, a reversal, holds open and ended, roll-ups, one post more."""
    bank, customer = open_account(kind="asset"), open_account(floor=0)
    undone = transfer(bank, customer, 5)
    post(transfer(bank, customer, 1000), transfer(customer, bank, 20), undone)
    reverse(reversal(undone.transaction_id))
    still = hold(customer, 100)
    capture(still, bank, 30)
    extend(still, NOW + timedelta(days=30))
    capture(hold(customer, 50), bank, 20, final=True)
    void(hold(customer, 7))
    hold(customer, 5, expires_at=NOW + timedelta(seconds=1))
    ledger.expire_holds(actor=ACTOR, now=NOW + timedelta(seconds=1))
    ledger.roll_up(actor=ACTOR, now=NOW)
    post(transfer(bank, customer, 3))
    ledger.roll_up(actor=ACTOR, now=NOW)
    post(transfer(bank, customer, 4))


def _differing(schema: str = "again") -> dict[str, tuple[str, ...]]:
    found = ledger.rebuild(actor=ACTOR, now=NOW, schema=schema)
    return {one.made: one.differences for one in found if one.differences}


def _schemas(raw: psycopg.Connection) -> set[str]:
    return {name for (name,) in raw.execute("SELECT nspname FROM pg_namespace").fetchall()}


@pytest.mark.usefixtures("books")
def test_sound_books_are_made_again_the_same(log_in: As) -> None:
    log_in(database.OWNER)
    found = {one.made: one for one in ledger.rebuild(actor=ACTOR, now=NOW, schema="again")}
    assert [one.differences for one in found.values()] == [()] * 7
    rows = {name: found[name].rows for name in (BALANCES, RUNNING, HOLDS, ROLL_UPS)}
    assert rows == {BALANCES: 2, RUNNING: 16, HOLDS: 1, ROLL_UPS: 2}


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize(
    ("mutant", "made", "named"),
    [
        (
            "UPDATE ledger_account SET posted_minor = posted_minor + 1 WHERE id = 2",
            {BALANCES},
            "kept 938 at version 8, made 937 at version 8",
        ),
        ("UPDATE ledger_account SET version = version + 1 WHERE id = 2", {BALANCES}, "version 9"),
        (
            "UPDATE ledger_entry SET balance_after = 7 WHERE account_id = 2 AND version = 2",
            {RUNNING},
            "kept 7 at version 2, made 980 at version 2",
        ),
        ("DELETE FROM ledger_hold_open", {HOLDS}, "kept nothing until never, made 70 until"),
        ("UPDATE ledger_hold_open SET left_minor = 71", {HOLDS}, "kept 71"),
        ("UPDATE ledger_hold_open SET account_id = 1", {HOLDS}, "kept 70"),
        ("UPDATE ledger_hold_open SET expires_at = '2998-01-01'", {HOLDS}, "until 2998-01-01"),
        (
            "DELETE FROM ledger_hold_end WHERE outcome = 'voided'",
            {HOLDS, HELD},
            "kept nothing until never, made 7 until",
        ),
        ("UPDATE ledger_account SET held_minor = 71 WHERE id = 2", {HELD}, "kept 71, made 70"),
        (
            "UPDATE ledger_books SET closed_before = '2026-01-01'",
            {BOOKS},
            "kept 2026-01-01 00:00:00+00, made open",
        ),
        (
            """UPDATE ledger_roll_up SET debit_minor = debit_minor + 1
               WHERE account_id = 2 AND first_version = 1""",
            {ROLL_UPS},
            "recorded 2026-03-31: kept 7 entries",
        ),
        (
            "DELETE FROM ledger_roll_up WHERE account_id = 2 AND first_version = 1",
            {ROLL_UPS},
            "kept 1 entries",
        ),
        ("UPDATE ledger_roll_up SET effective_on = '2020-01-01'", {ROLL_UPS}, "2020-01-01"),
        (
            """INSERT INTO ledger_account_bound
                   (account_id, floor_minor, ceiling_minor, effective_at, recorded_at)
               VALUES (2, 1, 9000, '2026-03-31', '2026-03-31')""",
            {BOUNDS},
            "kept 0 to any, made 1 to 9000",
        ),
    ],
)
def test_what_was_damaged_is_named(
    superuser_connection: psycopg.Connection, log_in: As, mutant: str, made: set[str], named: str
) -> None:
    damage(superuser_connection, mutant)
    log_in(database.OWNER)
    found = _differing()
    assert found.keys() == made
    assert any(named in difference for one in found.values() for difference in one), found


@pytest.mark.usefixtures("books")
def test_a_bound_that_is_due_but_not_yet_moved_is_no_difference(
    superuser_connection: psycopg.Connection, log_in: As
) -> None:
    damage(
        superuser_connection,
        """INSERT INTO ledger_account_bound
               (account_id, floor_minor, ceiling_minor, effective_at, recorded_at)
           VALUES (2, 1, 9000, '2026-03-31', '2026-03-31');
           UPDATE ledger_account SET bounds_due_at = '2026-03-31' WHERE id = 2""",
    )
    log_in(database.OWNER)
    assert _differing() == {}


@pytest.mark.usefixtures("books")
def test_the_schema_is_gone_afterwards_unless_it_is_to_be_kept(
    superuser_connection: psycopg.Connection, log_in: As
) -> None:
    log_in(database.OWNER)
    assert _differing("gone") == {}
    ledger.rebuild(actor=ACTOR, now=NOW, schema="kept", keep=True)
    assert {"gone", "kept"} & _schemas(superuser_connection) == {"kept"}
    made = superuser_connection.execute(
        "SELECT posted_minor FROM kept.account WHERE account_id = 2"
    )
    assert made.fetchone() == (937,)


@pytest.mark.parametrize(
    "schema",
    ["public", "pg_toast", "Again", "again; DROP SCHEMA public CASCADE", '"', "", "a" * 64],
)
def test_a_schema_that_exists_or_has_no_plain_name_is_refused(log_in: As, schema: str) -> None:
    log_in(database.OWNER)
    with pytest.raises(ledger.RebuildRefused):
        ledger.rebuild(actor=ACTOR, now=NOW, schema=schema)


def test_the_app_role_may_make_no_schema_and_is_told_who_may() -> None:
    with pytest.raises(CommandError, match="run it as the owner's"):
        call_command("ledger", "rebuild", "--into", "again")
    assert not Event.objects.filter(action="ledger.rebuild").exists()


@pytest.mark.usefixtures("books")
def test_the_command_prints_what_it_made_and_fails_on_a_difference(
    superuser_connection: psycopg.Connection, log_in: As, capsys: pytest.CaptureFixture[str]
) -> None:
    log_in(database.OWNER)
    call_command("ledger", "rebuild", "--into", "again")
    assert "same    running balances of entries: 16 made again" in capsys.readouterr().out
    damage(superuser_connection, "UPDATE ledger_account SET posted_minor = 7")
    with pytest.raises(SystemExit) as leaving:
        call_command("ledger", "rebuild", "--into", "again", "--json")
    assert leaving.value.code == 1
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False
    assert [one["made"] for one in told["made"] if one["differences"]] == [BALANCES]
    assert Event.objects.filter(action="ledger.rebuild").count() == 2


def test_a_run_that_is_killed_leaves_no_schema(
    superuser_connection: psycopg.Connection, owner_connection: psycopg.Connection
) -> None:
    """It waits for a table that is locked, is killed there, and nothing is left."""
    owner_connection.execute("LOCK TABLE ledger_roll_up")
    name = settings.DATABASES["default"]["NAME"]
    program = (
        "import os, django; django.setup()\n"
        "from django.db import connections\n"
        f"connections['default'].settings_dict.update(USER={database.OWNER!r}, NAME={name!r})\n"
        "from django.core.management import call_command\n"
        "call_command('ledger', 'rebuild', '--into', 'again')\n"
    )
    with subprocess.Popen([sys.executable, "-c", program]) as running:  # noqa: S603
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        while superuser_connection.execute(waiting).fetchone() != (1,):
            superuser_connection.execute("SELECT pg_sleep(0.05)")
            superuser_connection.rollback()
        running.kill()
    owner_connection.rollback()
    gone = (
        "SELECT count(*) FROM pg_stat_activity WHERE usename = 'probity_owner' AND state = 'active'"
    )
    while superuser_connection.execute(gone).fetchone() != (0,):
        superuser_connection.rollback()
    assert "again" not in _schemas(superuser_connection)
