"""The audit trail says what happened, in the transaction in which it happened, and for good."""

from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connection, transaction
from django.test import RequestFactory
from psycopg.errors import (
    CheckViolation,
    InsufficientPrivilege,
    IntegrityConstraintViolation,
)

from apps.platform import observability
from apps.platform.actors import Actor
from apps.platform.audit import public as audit
from apps.platform.audit.admin import EventAdmin
from apps.platform.audit.models import Event

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
ACTOR = Actor(kind="staff", key="7")
CHANGES = [
    "UPDATE audit_event SET action = 'nothing.happened'",
    "DELETE FROM audit_event",
    "TRUNCATE audit_event",
]
RECORD = "SELECT audit_record(now(), 'system', 'test', 'test.act', 'subject', NULL, NULL)"


def record(subject: str = "acct_eu_1") -> None:
    audit.record(actor=ACTOR, now=NOW, action="test.act", subject=subject, detail={"legs": 2})


@pytest.mark.django_db
def test_event_tells_who_did_what_to_what_and_in_which_request() -> None:
    with observability.bound(request_id="req-1"):
        record()
    event = Event.objects.get()
    assert (event.actor_kind, event.actor_key) == ("staff", "7")
    assert (event.action, event.subject, event.detail) == ("test.act", "acct_eu_1", {"legs": 2})
    assert (event.recorded_at, event.request_id) == (NOW, "req-1")


@pytest.mark.django_db
def test_event_carries_the_number_of_the_transaction_that_wrote_it() -> None:
    record()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        (current,) = cursor.fetchone()
    assert Event.objects.get().xid == int(current)
    assert Event.objects.filter(xid=int(current)).count() == 1


@pytest.mark.django_db(transaction=True)
def test_event_falls_with_the_act() -> None:
    with transaction.atomic():
        record()
        transaction.set_rollback(True)
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", CHANGES)
def test_app_role_has_no_right_to_change_it(
    change: str, app_connection: psycopg.Connection
) -> None:
    record()
    with pytest.raises(InsufficientPrivilege):
        app_connection.execute(change)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", CHANGES)
def test_owner_is_refused_by_triggers(change: str, owner_connection: psycopg.Connection) -> None:
    record()
    with pytest.raises(IntegrityConstraintViolation, match="append-only"):
        owner_connection.execute(change)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", CHANGES)
def test_superuser_in_replica_mode_is_refused_too(
    change: str, superuser_connection: psycopg.Connection
) -> None:
    record()
    superuser_connection.execute("SET session_replication_role = replica")
    with pytest.raises(IntegrityConstraintViolation, match="append-only"):
        superuser_connection.execute(change)


@pytest.mark.django_db
@pytest.mark.parametrize(("column", "value"), [("xid", "'1'::xid8"), ("id", "1")])
def test_app_role_cannot_claim_another_transaction_or_place(
    column: str, value: str, app_connection: psycopg.Connection
) -> None:
    columns = "recorded_at, actor_kind, actor_key, action, subject, detail, request_id"
    with pytest.raises(InsufficientPrivilege):
        app_connection.execute(
            f"INSERT INTO audit_event ({columns}, {column}) "  # noqa: S608 - the test's own words
            f"VALUES (now(), 'system', 'k', 'a', 's', '{{}}', '', {value})"
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "forged",
    [
        RECORD.replace("'system'", "'nobody'"),
        RECORD.replace("'test.act'", "''"),
        RECORD.replace("'subject'", "''"),
        RECORD.replace("'subject', NULL", "'subject', '[1]'"),
    ],
)
def test_table_refuses_what_says_too_little(
    forged: str, app_connection: psycopg.Connection
) -> None:
    app_connection.execute(RECORD)
    with pytest.raises(CheckViolation):
        app_connection.execute(forged)


@pytest.mark.django_db
def test_staff_can_look_and_nothing_else(rf: RequestFactory) -> None:
    from django.contrib.admin import site

    admin, request = EventAdmin(Event, site), rf.get("/")
    assert not admin.has_add_permission(request)
    assert not admin.has_change_permission(request)
    assert not admin.has_delete_permission(request)
