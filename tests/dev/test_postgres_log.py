"""PostgreSQL's own log says that a statement was refused, and none of its values."""

from pathlib import Path

import psycopg
import pytest

from apps.platform import ids

REPEAT = "INSERT INTO idempotency_key (scope, key, fingerprint) VALUES (%s, %s, NULL)"


@pytest.fixture
def log(superuser_connection: psycopg.Connection) -> Path:
    """The log of the throw-away cluster; a cluster that was brought along keeps its own."""
    row = superuser_connection.execute("SHOW data_directory").fetchone()
    assert row is not None
    path = Path(row[0]).parent / "postgres.log"
    if not path.exists():
        pytest.skip("the cluster is not ours: its log is elsewhere")
    return path


def refuse(session: psycopg.Connection, canary: str) -> None:
    """Have a statement that names the canary refused, and a row that holds it."""
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        session.execute(f"DELETE FROM audit_event WHERE subject = '{canary}'".encode())  # noqa: S608
    session.rollback()
    with pytest.raises(psycopg.errors.NotNullViolation, match=canary):  # as its DETAIL
        session.execute(REPEAT, [canary, canary])
    session.rollback()


def test_what_a_role_of_ours_is_refused_leaves_no_value(
    log: Path, app_connection: psycopg.Connection
) -> None:
    canary, before = str(ids.new_id()), log.stat().st_size
    refuse(app_connection, canary)
    written = log.read_bytes()[before:].decode(errors="replace")
    assert "permission denied for table audit_event" in written
    assert canary not in written


def test_without_the_roles_settings_the_values_are_there(
    log: Path, superuser_connection: psycopg.Connection
) -> None:
    canary, before = str(ids.new_id()), log.stat().st_size
    for reset in (
        "RESET log_min_error_statement",
        "RESET log_error_verbosity",
        "SET SESSION AUTHORIZATION probity_app",  # its rights, without its log-in's settings
    ):
        superuser_connection.execute(reset)
    superuser_connection.commit()
    refuse(superuser_connection, canary)
    written = log.read_bytes()[before:].decode(errors="replace")
    assert written.count(canary) >= 3, "in the statement, in DETAIL, and in its parameters' place"


@pytest.mark.parametrize("role", ["probity_owner", "probity_app", "probity_report"])
def test_every_role_of_ours_keeps_values_out_of_the_log(
    superuser_connection: psycopg.Connection, role: str
) -> None:
    row = superuser_connection.execute(
        "SELECT rolconfig FROM pg_roles WHERE rolname = %s", [role]
    ).fetchone()
    assert row is not None
    assert {"log_min_error_statement=panic", "log_error_verbosity=terse"} <= set(row[0])
