# ruff: noqa: ARG001 - a fixture names what must have run before it
"""What every test stands on: a throw-away cluster, a template, the app role's log-in.

- Each pytest-xdist worker has a copy of the template, migrated once as `probity_owner`; tests log
  in as `probity_app`, as web and worker do.
- An ordinary `django_db` test runs in a transaction that is rolled back. The role's limits on the
  length of a transaction do not hold in it: the test, not the product, keeps it open.
- `django_db(transaction=True)` gets a fresh copy of the template of its own, and every time-out of
  its role. There is no flush: append-only tables refuse TRUNCATE from everybody.
"""

import os
from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.test import TestCase, TransactionTestCase
from pytest_django import DjangoDbBlocker

from dev import database, throwaway
from tests.settings import servers

_ENVIRON = os.environ
_copies = iter(range(1, 1_000_000))


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers unless they run; programs that tests start get ordinary settings."""
    hands_out_work = getattr(config.option, "numprocesses", None) and not hasattr(
        config, "workerinput"
    )
    if not hands_out_work:
        _ENVIRON["DJANGO_SETTINGS_MODULE"] = "config.settings"
    if servers is not None and not config.option.collectonly:
        servers.start()


def pytest_unconfigure() -> None:
    """Stop the servers this process started."""
    if servers is not None:
        servers.stop()


def _disconnect() -> None:
    connections.close_all()
    wrapper = connections["default"]
    if isinstance(wrapper, DatabaseWrapper):  # always: it narrows the type
        wrapper.close_pool()


def _point_at(name: str, *, user: str = database.APP) -> None:
    """Send every later connection of this process, and of its children, to database `name`."""
    _disconnect()
    connection.settings_dict.update(NAME=name, USER=user)
    _ENVIRON["DATABASE_URL"] = throwaway.login(_ENVIRON, database=name, user=user)


def _base() -> str:
    return f"{_ENVIRON[throwaway.RUN]}_{_ENVIRON[throwaway.WORKER]}"


def _copy_template(name: str) -> None:
    template = throwaway.template(_ENVIRON)
    database.clone(_ENVIRON[throwaway.PG], template=template, database=name)


def _migrate_template() -> None:
    """Make the template, migrated as the owner, unless another worker has."""
    from django.core.management import call_command

    with throwaway.one_at_a_time(_ENVIRON):
        name = throwaway.prepare_template(_ENVIRON)
        if name is not None:
            _point_at(name, user=database.OWNER)
            try:
                call_command("migrate", verbosity=0, interactive=False)
            except BaseException:
                database.drop(_ENVIRON[throwaway.PG], database=name)
                raise
            finally:
                connections.close_all()  # nobody may be in a template that is copied


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Give this worker its own copy of the migrated template."""
    with django_db_blocker.unblock():
        _migrate_template()
        _copy_template(_base())
        _point_at(_base())
    patched = pytest.MonkeyPatch()
    patched.setattr(TransactionTestCase, "_fixture_setup", classmethod(_enter_copy))
    patched.setattr(TransactionTestCase, "_fixture_teardown", _leave_copy)
    enter_atomics = TestCase._enter_atomics.__func__  # type: ignore[attr-defined]

    def enter_unhurried(cls: type[TestCase]) -> object:
        _lift_limits()
        return enter_atomics(cls)

    patched.setattr(TestCase, "_enter_atomics", classmethod(enter_unhurried))
    yield
    patched.undo()
    with django_db_blocker.unblock():
        _disconnect()
    database.drop(_ENVIRON[throwaway.PG], database=_base())


def _enter_copy(cls: type[TransactionTestCase]) -> None:
    """Give the transactional test about to run a database of its own."""
    name = f"{_base()}_{next(_copies)}"
    _copy_template(name)
    _point_at(name)


def _leave_copy(case: TransactionTestCase) -> None:
    """Throw the test's database away, whatever still holds on to it."""
    name = str(connection.settings_dict["NAME"])
    _point_at(_base())
    database.drop(_ENVIRON[throwaway.PG], database=name)


def _lift_limits() -> None:
    """Let this session keep a transaction open as long as the test takes."""
    limits = ["transaction_timeout", "idle_in_transaction_session_timeout"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config(name, '0', false) FROM pg_settings WHERE name = ANY(%s)", [limits]
        )


def _connect(url: str) -> Iterator[psycopg.Connection]:
    raw = psycopg.connect(url)
    try:
        yield raw
    finally:
        raw.close()


@pytest.fixture
def owner_connection(django_db_setup: None) -> Iterator[psycopg.Connection]:
    """Raw connection as probity_owner to the test's database; rolled back unless committed."""
    name = str(settings.DATABASES["default"]["NAME"])
    yield from _connect(throwaway.login(_ENVIRON, database=name, user=database.OWNER))


@pytest.fixture
def superuser_connection(django_db_setup: None) -> Iterator[psycopg.Connection]:
    """Raw connection as the superuser to the test's database; rolled back unless committed."""
    name = str(settings.DATABASES["default"]["NAME"])
    yield from _connect(database.with_database(_ENVIRON[throwaway.PG], name))


@pytest.fixture
def app_connection(django_db_setup: None) -> Iterator[psycopg.Connection]:
    """Raw connection as probity_app, outside Django's transaction, to the current test database."""
    name = str(settings.DATABASES["default"]["NAME"])
    yield from _connect(throwaway.login(_ENVIRON, database=name))


@pytest.fixture
def database_url(django_db_setup: None) -> str:
    """URL by which probity_app logs in to the current test database."""
    return _ENVIRON["DATABASE_URL"]
