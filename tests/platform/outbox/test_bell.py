"""A sleeping relay is always woken; a busy one costs no NOTIFY. See outbox_emit in doors.sql.

Nothing here measures time: each case says why the sleep ended.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import psycopg
import pytest
from django.db import connection, transaction

from apps.platform.outbox import public as outbox
from apps.platform.outbox import selectors

from .conftest import NOW, deliver, emit, emit_and_roll_back, owed, thing

pytestmark = [
    pytest.mark.concurrency,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("listener"),
]
LONG = 30.0  # seconds no test waits for: whoever is not rung fails


@pytest.fixture
def bell() -> Iterator[outbox.Bell]:
    found = outbox.Bell()
    yield found
    found.close()


@pytest.fixture
def sleeping(monkeypatch: pytest.MonkeyPatch) -> Iterator[Future[outbox.Woken]]:
    """A relay that has gone to sleep: it has the lock and has looked a last time."""
    looked, look = Event(), selectors.is_due

    def look_and_tell() -> bool:
        found = look()
        looked.set()
        return found

    def sleep() -> outbox.Woken:
        bell = outbox.Bell()
        try:
            return bell.wait(seconds=LONG)
        finally:
            bell.close()
            connection.close()

    monkeypatch.setattr(selectors, "is_due", look_and_tell)
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(sleep)
        assert looked.wait(LONG)
        yield future


def test_emitter_wakes_the_sleeper(sleeping: Future[outbox.Woken]) -> None:
    emit()
    assert sleeping.result() is outbox.Woken.RUNG


def test_emitter_wakes_the_sleeper_at_commit_and_not_before(sleeping: Future[outbox.Woken]) -> None:
    with transaction.atomic():
        outbox.emit(event=thing(), now=NOW)
        assert not sleeping.done()
    assert sleeping.result() is outbox.Woken.RUNG


def test_emitter_that_rolls_back_wakes_nobody(sleeping: Future[outbox.Woken]) -> None:
    emit_and_roll_back()
    with transaction.atomic():
        _notify_marker()
    assert sleeping.result() is outbox.Woken.RUNG
    assert outbox.backlog().pending == 0, "it was the marker that rang"


def test_last_look_finds_what_was_emitted_before_the_lock(bell: outbox.Bell) -> None:
    emit()
    assert bell.wait(seconds=LONG) is outbox.Woken.DUE


def test_relay_does_not_sleep_while_an_emitter_is_in_flight(bell: outbox.Bell) -> None:
    with transaction.atomic():
        outbox.emit(event=thing(), now=NOW)
        assert bell.wait(seconds=LONG) is outbox.Woken.BUSY
    assert bell.wait(seconds=LONG) is outbox.Woken.DUE


def test_savepoint_that_is_rolled_back_takes_its_lock_along(bell: outbox.Bell) -> None:
    with transaction.atomic():
        emit_and_roll_back()
        assert bell.wait(seconds=0.0) is outbox.Woken.QUIET


def test_second_relay_does_not_sleep_but_polls(sleeping: Future[outbox.Woken]) -> None:
    second = outbox.Bell()
    try:
        assert second.wait(seconds=LONG) is outbox.Woken.BUSY
    finally:
        second.close()
    emit()
    assert sleeping.result() is outbox.Woken.RUNG


def test_busy_relay_costs_no_notification(app_connection: psycopg.Connection) -> None:
    app_connection.autocommit = True
    app_connection.execute("LISTEN outbox")
    for _ in range(10):
        emit()
    with transaction.atomic():
        _notify_marker()
    (first,) = app_connection.notifies(timeout=LONG, stop_after=1)
    assert first.payload == "marker", "what came first would have come before it"


def test_sleeper_that_dies_leaves_no_lock(
    bell: outbox.Bell, sleeping: Future[outbox.Woken], superuser_connection: psycopg.Connection
) -> None:
    superuser_connection.execute(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks JOIN pg_database ON oid = database "
        "WHERE datname = current_database() AND locktype = 'advisory' AND granted"
    )
    with pytest.raises(psycopg.OperationalError):
        sleeping.result()
    assert bell.wait(seconds=0.0) is outbox.Woken.QUIET, "the bell opens a new session"


def test_time_ends_a_quiet_sleep(bell: outbox.Bell) -> None:
    assert bell.wait(seconds=0.0) is outbox.Woken.QUIET
    assert bell.wait(seconds=0.0) is outbox.Woken.QUIET, "and the lock was let go"


def test_relay_that_is_woken_publishes() -> None:
    taken: list[int] = []
    relay = outbox.Relay(publish=taken.append)
    relay.step()  # a nap
    delivery_id = owed()
    relay.step()
    relay.close()
    assert taken == [delivery_id]
    assert deliver(delivery_id) is outbox.Outcome.DELIVERED


def _notify_marker() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('outbox', 'marker')")
