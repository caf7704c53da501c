"""An event of the tests' own, and subscribers that remember."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, NewType
from uuid import UUID

import pytest
from django.db import connection, transaction

from apps.platform import ids
from apps.platform.outbox import public as outbox
from apps.platform.outbox.models import Delivery

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
ThingId = NewType("ThingId", UUID)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingHappened:
    """A fact without consequence."""

    event_name: ClassVar[str] = "test.thing.happened.v1"
    thing_id: ThingId
    happened_at: datetime
    amount_minor: int
    note: str | None = None


@dataclass
class Listener:
    """A subscriber that remembers what it was told, and fails on request."""

    heard: list[ThingHappened] = field(default_factory=list)
    failure: BaseException | None = None
    meanwhile: Callable[[], object] | None = None

    def __call__(self, event: ThingHappened, *, now: datetime) -> None:  # noqa: ARG002
        """Remember the event."""
        self.heard.append(event)
        if self.meanwhile is not None:
            self.meanwhile()
        if self.failure is not None:
            raise self.failure


@pytest.fixture
def listener() -> Iterator[Listener]:
    """One subscriber, named test.listener."""
    found = Listener()
    outbox.subscribe(ThingHappened, found, name="test.listener")
    yield found
    outbox.unsubscribe("test.listener")


@pytest.fixture
def outsider() -> Iterator[Listener]:
    """One subscriber whose effect is outside the database, named test.outsider."""
    found = Listener()
    outbox.subscribe(ThingHappened, found, name="test.outsider", outside=True)
    yield found
    outbox.unsubscribe("test.outsider")


def thing() -> ThingHappened:
    """Return a new event."""
    return ThingHappened(thing_id=ThingId(ids.new_id()), happened_at=NOW, amount_minor=1050)


def emit() -> UUID:
    """Emit a new event in a transaction of its own."""
    with transaction.atomic():
        return outbox.emit(event=thing(), now=NOW)


def emit_and_roll_back() -> None:
    """Emit a new event in a transaction, or a savepoint, that comes to nothing."""
    with transaction.atomic():
        outbox.emit(event=thing(), now=NOW)
        transaction.set_rollback(True)


def owed() -> int:
    """Emit a new event; return the id of its only delivery."""
    event_id = emit()
    return Delivery.objects.get(event__event_id=event_id).pk


def deliver(delivery_id: int) -> outbox.Outcome:
    """Make one attempt."""
    return outbox.deliver(now=NOW, delivery_id=delivery_id, jitter=0.0)


def sql(statement: str, *params: Any) -> None:
    """Do to the database what time would have done."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def end_leases() -> None:
    """Let every lease end and every wait be over."""
    sql("UPDATE outbox_delivery SET claimed_until = now() WHERE claimed_until IS NOT NULL")
    sql("UPDATE outbox_delivery SET available_at = now()")
