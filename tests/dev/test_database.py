"""The database tests run on: who logs in, what limits hold, and that no test sees another's."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from dev import database, throwaway

ROOT = Path(__file__).resolve().parents[2]


def scalar(statement: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    assert row is not None
    return row[0]


def role_settings(raw: psycopg.Connection, role: str) -> dict[str, str]:
    row = raw.execute("SELECT rolconfig FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    assert row is not None
    return dict(item.split("=", 1) for item in row[0])


@pytest.mark.django_db
def test_tests_log_in_as_the_app_role() -> None:
    assert scalar("SELECT session_user::text") == "probity_app"
    assert scalar("SELECT current_user::text") == "probity_app"


@pytest.mark.django_db(transaction=True)
def test_transactional_tests_log_in_as_the_app_role_with_its_time_outs() -> None:
    assert scalar("SELECT session_user::text") == "probity_app"
    assert scalar("SHOW lock_timeout") == "2s"
    assert scalar("SHOW statement_timeout") == "5s"
    assert scalar("SHOW idle_in_transaction_session_timeout") == "10s"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", [1, 2])
def test_each_transactional_test_has_a_database_of_its_own(
    owner_connection: psycopg.Connection,
    attempt: int,  # noqa: ARG001 - the same test twice
) -> None:
    owner_connection.execute("CREATE TABLE left_behind (id int)")  # would clash if it were kept
    owner_connection.commit()
    assert scalar("SELECT to_regclass('left_behind') IS NOT NULL") is True


@pytest.mark.django_db(transaction=True)
def test_a_program_that_a_test_starts_sees_the_same_database() -> None:
    program = "import os, psycopg; print(psycopg.connect(os.environ['DATABASE_URL']).info.dbname)"
    answer = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == connection.settings_dict["NAME"]


@pytest.mark.django_db
def test_limits_on_a_transactions_length_are_lifted_inside_an_ordinary_test() -> None:
    assert scalar("SHOW idle_in_transaction_session_timeout") == "0"


def test_roles_have_their_time_outs(superuser_connection: psycopg.Connection) -> None:
    app = role_settings(superuser_connection, "probity_app")
    assert app["lock_timeout"] == "2s"
    assert app["statement_timeout"] == "5s"
    assert app["idle_in_transaction_session_timeout"] == "10s"
    has_limit = superuser_connection.info.server_version >= 170000
    assert app.get("transaction_timeout") == ("10s" if has_limit else None)
    assert role_settings(superuser_connection, "probity_owner")["lock_timeout"] == "3s"
    report = role_settings(superuser_connection, "probity_report")
    assert report["default_transaction_read_only"] == "on"
    assert report["statement_timeout"] == "60s"


def test_roles_may_be_applied_again(superuser_connection: psycopg.Connection) -> None:
    superuser_connection.execute((ROOT / "deploy" / "roles.sql").read_bytes())


def test_a_role_with_too_much_power_is_refused(superuser_connection: psycopg.Connection) -> None:
    superuser_connection.execute("ALTER ROLE probity_app CREATEDB")
    with pytest.raises(psycopg.errors.RaiseException, match="powers"):
        superuser_connection.execute((ROOT / "deploy" / "roles.sql").read_bytes())


@pytest.mark.parametrize("role", ["probity_owner", "probity_app", "probity_report"])
def test_no_role_has_special_powers(superuser_connection: psycopg.Connection, role: str) -> None:
    row = superuser_connection.execute(
        "SELECT rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolreplication"
        " FROM pg_roles WHERE rolname = %s",
        [role],
    ).fetchone()
    assert row == (True, False, False, False, False, False)


def test_the_app_role_cannot_make_tables(app_connection: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app_connection.execute("CREATE TABLE public.smuggled (id int)")
    app_connection.rollback()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app_connection.execute("CREATE TEMPORARY TABLE smuggled (id int)")


def test_a_new_function_is_not_everybodys(owner_connection: psycopg.Connection) -> None:
    owner_connection.execute("CREATE FUNCTION public.fresh() RETURNS int LANGUAGE sql RETURN 1")
    allowed = owner_connection.execute(
        "SELECT has_function_privilege('probity_app', 'public.fresh()', 'EXECUTE')"
    ).fetchone()
    assert allowed == (False,)


@pytest.mark.usefixtures("django_db_setup")
def test_the_report_role_reads_only() -> None:
    url = throwaway.login(os.environ, database=throwaway.template(os.environ), user=database.REPORT)
    with psycopg.connect(url) as raw:
        assert raw.execute("SHOW default_transaction_read_only").fetchone() == ("on",)
