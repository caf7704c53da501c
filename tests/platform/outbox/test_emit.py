"""An event is true together with the change it tells of, or not at all."""

from datetime import datetime, timedelta

import psycopg
import pytest
from django.db import transaction
from psycopg.errors import InsufficientPrivilege, IntegrityConstraintViolation, UniqueViolation

from apps.platform import clock, observability
from apps.platform.outbox import public as outbox
from apps.platform.outbox.models import Delivery, Event

from .conftest import NOW, Listener, ThingHappened, emit, emit_and_roll_back, thing

EMIT = """SELECT outbox_emit(
    '01890a5d-ac96-774b-bcce-b302099a8057', 'test.raw.v1', '{}', 'r', now(), %s::text[])"""


@pytest.mark.django_db(transaction=True)
def test_emitting_outside_a_transaction_is_a_fault() -> None:
    with pytest.raises(outbox.OutsideTransaction):
        outbox.emit(event=thing(), now=NOW)
    assert not Event.objects.exists()


@pytest.mark.usefixtures("listener")
@pytest.mark.django_db(transaction=True)
def test_event_falls_with_its_transaction() -> None:
    emit_and_roll_back()
    assert not Event.objects.exists()
    assert not Delivery.objects.exists()


@pytest.mark.usefixtures("listener", "outsider")
@pytest.mark.django_db
def test_each_subscriber_is_owed_a_delivery() -> None:
    with observability.bound(request_id="req-1"):
        event_id = emit()
    stored = Event.objects.get(event_id=event_id)
    assert (stored.name, stored.request_id) == ("test.thing.happened.v1", "req-1")
    assert stored.created_at == NOW
    owed = Delivery.objects.filter(event=stored).order_by("subscriber")
    assert [one.subscriber for one in owed] == ["test.listener", "test.outsider"]
    assert {one.state for one in owed} == {"pending"}


@pytest.mark.django_db
def test_event_without_subscribers_is_stored_and_owed_to_nobody() -> None:
    emit()
    assert Event.objects.count() == 1
    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_sql_door_does_the_same(app_connection: psycopg.Connection) -> None:
    app_connection.execute(EMIT, [["a", "b"]])
    found = app_connection.execute("SELECT subscriber, state FROM outbox_delivery ORDER BY 1")
    assert found.fetchall() == [("a", "pending"), ("b", "pending")]


@pytest.mark.django_db
def test_event_id_tells_one_event(app_connection: psycopg.Connection) -> None:
    app_connection.execute(EMIT, [[]])
    with pytest.raises(UniqueViolation):
        app_connection.execute(EMIT, [[]])


def test_name_of_a_subscriber_is_taken_once(listener: Listener) -> None:
    def another(event: ThingHappened, *, now: datetime) -> None: ...

    outbox.subscribe(ThingHappened, listener, name="test.listener")
    with pytest.raises(ValueError, match="registered already"):
        outbox.subscribe(ThingHappened, another, name="test.listener")
    assert outbox.subscriber_names(ThingHappened) == ["test.listener"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["outbox_event", "outbox_inbox"])
@pytest.mark.parametrize("change", ["UPDATE {} SET event_id = event_id", "DELETE FROM {}"])
def test_history_is_append_only(
    *,
    table: str,
    change: str,
    app_connection: psycopg.Connection,
    owner_connection: psycopg.Connection,
) -> None:
    emit()
    app_connection.execute("INSERT INTO outbox_inbox SELECT 's', event_id, now() FROM outbox_event")
    app_connection.commit()
    with pytest.raises(InsufficientPrivilege):
        app_connection.execute(change.format(table))
    with pytest.raises(IntegrityConstraintViolation, match="append-only"):
        owner_connection.execute(change.format(table))
    owner_connection.rollback()
    with pytest.raises(IntegrityConstraintViolation, match="append-only"):
        owner_connection.execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["SET subscriber = 'x'", "SET event_id = 1"])
def test_app_role_cannot_redirect_a_delivery(
    change: str, app_connection: psycopg.Connection
) -> None:
    with pytest.raises(InsufficientPrivilege):
        app_connection.execute(f"UPDATE outbox_delivery {change}")
    app_connection.rollback()
    with pytest.raises(InsufficientPrivilege):
        app_connection.execute("DELETE FROM outbox_delivery")


@pytest.mark.usefixtures("listener", "outsider")
@pytest.mark.django_db
def test_what_was_told_of_a_thing_is_found_by_what_the_event_says() -> None:
    event = thing()
    before = clock.now()
    with transaction.atomic():
        outbox.emit(event=event, now=NOW)
        outbox.emit(event=thing(), now=NOW)
    within = {"since": before, "until": before + timedelta(seconds=5)}
    (found,) = outbox.told(key="thing_id", value=str(event.thing_id), **within)
    assert found.event == "test.thing.happened.v1"
    assert [(name, state) for name, state, _ in found.deliveries] == [
        ("test.listener", "pending"),
        ("test.outsider", "pending"),
    ]
    assert outbox.told(key="thing_id", value=str(event.thing_id), since=NOW, until=before) == []
