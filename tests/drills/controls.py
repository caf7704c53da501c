"""Switches that break a guarantee on purpose: a zero counts only when its drill finds these.

Middlewares break what a request promises, `Forgetful` what the outbox does; the settings modules
beside this one switch them on. `triggers_off` and `Saboteur` do what only a superuser can.
"""

import contextlib
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from django.apps import AppConfig
from django.db import connection
from django.http import HttpRequest, HttpResponse
from psycopg import sql

from apps.platform import ids

Answer = Callable[[HttpRequest], HttpResponse]
_FORGOTTEN = 2  # one transfer in so many


class ForgetfulKeys:
    """Middleware: a retry is taken for a new request."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "HTTP_IDEMPOTENCY_KEY" in request.META:
            request.META["HTTP_IDEMPOTENCY_KEY"] = str(ids.new_id())
        return self.get_response(request)


class ForgottenCommits:
    """Middleware: every other transfer is acknowledged and rolled back."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get("Idempotency-Key", "")
        if not key or zlib.crc32(key.encode()) % _FORGOTTEN:
            return self.get_response(request)
        with _committing(connection._rollback):  # type: ignore[attr-defined]
            return self.get_response(request)


class SplitWrites:
    """Middleware: the key is claimed in a transaction of its own, before the transfer's.

    The database refuses that too (idempotency_key_has_answer), so its trigger must be off.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with connection.execute_wrapper(self._commit_the_claim):
            return self.get_response(request)

    def _commit_the_claim(
        self, execute: Callable[..., Any], statement: str, params: Any, many: bool, context: Any
    ) -> Any:
        result = execute(statement, params, many, context)
        if "idempotency_claim(" in statement:
            connection.connection.commit()
        return result


@contextlib.contextmanager
def _committing(by: Callable[[], None]) -> Iterator[None]:
    commit = connection._commit  # type: ignore[attr-defined]
    connection._commit = by  # type: ignore[attr-defined]
    try:
        yield
    finally:
        connection._commit = commit  # type: ignore[attr-defined]


class Forgetful(AppConfig):
    """App: each message is an attempt; neither delivery nor inbox knows that it was made before."""

    name, label, path = "tests.drills.controls", "forgetful", str(Path(__file__).parent)
    _ANY = """
        SELECT d.attempts, d.subscriber, e.event_id, e.name, e.payload::text, e.request_id
        FROM outbox_delivery d JOIN outbox_event e ON e.id = d.event_id
        WHERE d.id = %(delivery_id)s
    """

    def ready(self) -> None:
        """Switch it off."""
        from apps.platform.outbox.services import delivering

        delivering._BEGIN = self._ANY
        delivering._enter_inbox = lambda _attempt, **_now: True


@contextlib.contextmanager
def triggers_off(session: psycopg.Connection, *tables: str) -> Iterator[None]:
    """Switch the tables' own triggers off, as a superuser can, and on again as they were."""
    found = session.execute(_TRIGGERS, [list(tables)]).fetchall()
    for table in tables:
        session.execute(
            sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table))
        )
    try:
        yield
    finally:
        for table, name in found:
            session.execute(_ALWAYS.format(sql.Identifier(table), sql.Identifier(name)))


_TRIGGERS: LiteralString = """
    SELECT tgrelid::regclass::text, tgname FROM pg_trigger
    WHERE tgrelid::regclass::text = ANY(%s) AND NOT tgisinternal
"""
_ALWAYS = sql.SQL("ALTER TABLE {} ENABLE ALWAYS TRIGGER {}")


class Saboteur:
    """A superuser with the triggers off: alters the oldest debit and that account's balance.

    A context manager; it takes back what it did.
    """

    _LEG: LiteralString = """
        UPDATE ledger_entry SET debit = debit + %s
        WHERE id = (SELECT min(id) FROM ledger_entry WHERE debit > 0)
        RETURNING account_id
    """
    _BALANCE: LiteralString = """
        UPDATE ledger_account SET posted_minor = posted_minor + 7 * %s WHERE id = %s
        RETURNING public_id
    """

    def __init__(self, superuser_url: str) -> None:
        self._url = superuser_url
        self.account = UUID(int=0)  # whose balance is wrong

    def __enter__(self) -> "Saboteur":
        self._alter(1)
        return self

    def __exit__(self, *_exc: object) -> None:
        self._alter(-1)

    def _alter(self, change: int) -> None:
        with (
            psycopg.connect(self._url) as session,
            triggers_off(session, "ledger_entry", "ledger_account"),
        ):
            [[account]] = session.execute(self._LEG, [change])
            [[self.account]] = session.execute(self._BALANCE, [change, account])
