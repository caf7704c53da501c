"""The database as the product meets it: the role, its time-outs, and what SQL refuses."""

import psycopg
import pytest
from django.db import DatabaseError, connection

from apps.platform import db
from apps.platform.problems import Problem


class Refused(Problem):
    """A refusal for these tests."""

    slug, title, status = "test/refused", "Refused", 422


RAISE = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = %s, MESSAGE = 'no', DETAIL = 'because'; END $$"


def _raise(state: str) -> None:
    db.execute(sql=RAISE.replace("%s", f"'{state}'"))


@pytest.mark.django_db
def test_web_and_worker_log_in_as_the_app_role() -> None:
    assert db.one(sql="SELECT session_user::text, current_user::text") == ("probity_app",) * 2


@pytest.mark.django_db(transaction=True)
def test_the_time_outs_nest() -> None:
    names = ["lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"]
    found = db.one(
        sql="SELECT array_agg(extract(epoch FROM current_setting(name)::interval) ORDER BY place)"
        " FROM unnest(%(names)s::text[]) WITH ORDINALITY AS n (name, place)",
        params={"names": names},
    )
    assert found is not None
    lock, statement, idle = found[0]
    assert 0 < lock < statement < idle


@pytest.mark.django_db
def test_a_refusal_becomes_its_problem() -> None:
    with pytest.raises(Refused, match="because"), db.refusals({"no": Refused}):
        _raise("PB001")


@pytest.mark.django_db
@pytest.mark.parametrize(("state", "known"), [("PB001", {}), ("40001", {"no": Refused})])
def test_anything_else_passes_through(state: str, known: dict[str, type[Problem]]) -> None:
    with pytest.raises(DatabaseError), db.refusals(known):
        _raise(state)


@pytest.mark.django_db
def test_the_app_role_is_no_superuser(app_connection: psycopg.Connection) -> None:
    found = app_connection.execute(
        "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles"
        " WHERE rolname = current_user"
    ).fetchone()
    assert found == (False, False, False, False)
    assert connection.settings_dict["USER"] == "probity_app"
