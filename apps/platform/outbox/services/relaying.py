"""Relay: hand what is due to the broker; sleep without being slept over.

The broker is trusted with nothing: it may lose every message, and the leases bring them back.
How sleeping and waking fit together is told at outbox_emit, in migrations/sql/doors.sql.
"""

from collections.abc import Callable
from enum import Enum
from time import monotonic
from typing import Final

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections, transaction
from psycopg import Connection

from apps.platform import db, observability

from .. import rules, selectors
from .operating import pulse

BATCH: Final = 100
LONGEST_SLEEP: Final = 1.0  # seconds: retries fall due in silence
NAP: Final = 0.05  # while others hold the lock, and once before each sleep
PAUSE: Final = 1.0  # after the broker or the database failed
PULSE_EVERY: Final = 10.0
_CLAIM = db.load_sql(package="apps.platform.outbox", name="claim.sql")
_RELEASE = db.load_sql(package="apps.platform.outbox", name="release.sql")
_log = observability.logger(__name__)


class Woken(Enum):
    """Why a sleep ended."""

    RUNG = "an emitter rang"
    DUE = "there was work on the last look"
    QUIET = "the time was up"
    BUSY = "the lock was taken: emitters in flight, or another relay asleep"


class Bell:
    """The relay's ear: a session of its own that LISTENs, and holds the sleep lock while asleep.

    It must be a direct session: a pooler in transaction mode keeps neither.
    """

    def __init__(self) -> None:
        """Remember where the database is; the session opens at the first wait."""
        self._ear = connections[DEFAULT_DB_ALIAS].copy()

    def wait(self, *, seconds: float) -> Woken:
        """Sleep until rung or until `seconds` are over; return why it ended."""
        session = self._session()
        if not self._ask(session, "SELECT pg_try_advisory_lock(outbox_sleep_lock())"):
            self.nap()
            return Woken.BUSY
        try:
            if selectors.is_due():
                return Woken.DUE
            return Woken.RUNG if self._listen(session, seconds) else Woken.QUIET
        finally:
            self._ask(session, "SELECT pg_advisory_unlock(outbox_sleep_lock())")

    def nap(self) -> None:
        """Rest a moment without the lock: emitters need not ring, though they may for another."""
        self._listen(self._session(), NAP)

    def close(self) -> None:
        """End the session; the lock goes with it."""
        self._ear.close()

    def _session(self) -> Connection:
        session: Connection | None = self._ear.connection
        if session is None or session.closed:
            self._ear.close()
            self._ear.connect()
            session = self._ear.connection
            session.execute("LISTEN outbox")
        return session

    def _listen(self, session: Connection, seconds: float) -> bool:
        return any(True for _ in session.notifies(timeout=seconds, stop_after=1))

    def _ask(self, session: Connection, sql: str) -> bool:
        answer = session.execute(sql).fetchone()
        return bool(answer and answer[0])


class Relay:
    """Claims what is due and publishes its ids, for ever."""

    def __init__(self, *, publish: Callable[[int], None]) -> None:
        """`publish` hands one delivery id to the broker, or raises: then it counts as not sent."""
        self._publish = publish
        self._bell = Bell()
        self._rested = False
        self._pulsed = float("-inf")

    def run(self, *, stopped: Callable[[], bool], pause: Callable[[float], object]) -> None:
        """Step until `stopped`; an outage of the database is waited out."""
        while not stopped():
            try:
                if not self.step():
                    pause(PAUSE)
            except Error as error:
                _log.warning("outbox.relay.database_down", error=type(error).__name__)
                self.close()
                connections.close_all()
                pause(PAUSE)
        self.close()

    def step(self) -> bool:
        """Publish one batch, or rest until there may be one; return whether the broker took it."""
        if monotonic() - self._pulsed > PULSE_EVERY:
            pulse(name="relay")
            self._pulsed = monotonic()
        claimed = _claim()
        if claimed:
            self._rested = False
            return self._publish_all(claimed)
        if self._rested:
            self._bell.wait(seconds=LONGEST_SLEEP)
        else:  # a burst is met awake: after work comes a nap first, and emitters need not ring
            self._bell.nap()
        self._rested = True
        return True

    def close(self) -> None:
        """Give the bell's session back."""
        self._bell.close()

    def _publish_all(self, claimed: list[int]) -> bool:
        for done, delivery_id in enumerate(claimed):
            try:
                self._publish(delivery_id)
            except Exception as error:  # noqa: BLE001 - whatever a broker's client raises
                _log.warning("outbox.relay.broker_down", error=type(error).__name__)
                _release(claimed[done:])
                return False
        return True


def _claim() -> list[int]:
    """Lease what has been due longest; the transaction is this one statement."""
    with transaction.atomic(durable=True):
        found = db.rows(
            sql=_CLAIM,
            params={
                "limit": BATCH,
                "lease_seconds": settings.OUTBOX_LEASE_SECONDS,
                "max_factor": rules.MAX_LEASE_FACTOR,
            },
        )
    return [delivery_id for (delivery_id,) in found]


def _release(delivery_ids: list[int]) -> None:
    db.execute(sql=_RELEASE, params={"delivery_ids": delivery_ids, "wait": rules.BROKER_WAIT})
