"""The database: raw SQL from files, ordered locks, and refusals that SQL functions raise.

Raw SQL lives in `sql/*.sql` beside the selector that uses it and comes in here, so that nothing
else holds the connection. Time-outs are set per role in `deploy/roles.sql` (lock < statement <
transaction < request), so that no path to the database can forget them.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Final, TypeVar

from django.db import DatabaseError, connection, models, transaction

REFUSED: Final = "PB001"  # SQLSTATE of a refusal: MESSAGE is its code, DETAIL what to tell
# transaction_timeout is unknown before PostgreSQL 17; sorts of many rows want more than 4 MB
_LIFT: Final = """
    SELECT set_config(name, CASE name WHEN 'statement_timeout' THEN %(longest)s
                                      WHEN 'work_mem' THEN '64MB' ELSE '0' END, true)
    FROM pg_settings
    WHERE name IN ('statement_timeout', 'transaction_timeout',
                   'idle_in_transaction_session_timeout', 'work_mem')
"""
_M = TypeVar("_M", bound=models.Model)
_Params = Mapping[str, Any] | None


@cache
def load_sql(*, package: str, name: str) -> str:
    """Return the text of `<package>/sql/<name>`."""
    return files(package).joinpath("sql", name).read_text(encoding="utf-8")


def rows(*, sql: str, params: _Params = None) -> list[tuple[Any, ...]]:
    """Run a query and return every row."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def one(*, sql: str, params: _Params = None) -> tuple[Any, ...] | None:
    """Run a query and return its first row, or None."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: tuple[Any, ...] | None = cursor.fetchone()
        return found


def execute(*, sql: str, params: _Params = None) -> int:
    """Run a statement and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def close() -> None:
    """Close the connection of this thread; the next query opens one."""
    connection.close()


def in_order(queryset: models.QuerySet[_M], ids: Collection[Any]) -> list[_M]:
    """Lock rows FOR NO KEY UPDATE in primary-key order, so that no two callers deadlock.

    That strength leaves foreign keys free to point at the rows. Call it inside a transaction.
    """
    locked = queryset.select_for_update(no_key=True, of=("self",))
    return list(locked.filter(pk__in=ids).order_by("pk"))


@contextmanager
def snapshot(*, statement_timeout: timedelta, read_only: bool = True) -> Iterator[None]:
    """Read all inside as of one moment, however long it takes and whatever is written meanwhile.

    The role's time-outs are lifted for this transaction alone; one statement may take
    `statement_timeout`. Inside a transaction of the caller it reads as that transaction does.
    """
    if connection.in_atomic_block:
        yield
        return
    access = "READ ONLY" if read_only else "READ WRITE"
    longest = f"{statement_timeout // timedelta(milliseconds=1)}ms"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, {access}")
        cursor.execute(_LIFT, {"longest": longest})
        yield


@contextmanager
def refusals(known: Mapping[str, Callable[[str], Exception]]) -> Iterator[None]:
    """Turn what a SQL function refuses (SQLSTATE PB001) into the exception of that code.

    Anything else passes through untouched: a serialization failure is never told as a refusal.
    """
    try:
        yield
    except DatabaseError as error:
        diagnostic = getattr(error.__cause__, "diag", None)
        if diagnostic is None or diagnostic.sqlstate != REFUSED:
            raise
        problem = known.get(diagnostic.message_primary or "")
        if problem is None:
            raise
        raise problem(diagnostic.message_detail or "") from error
