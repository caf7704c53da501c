"""Staff give a dead letter another life: with a right, with a reason, on the record."""

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from apps.platform.actors import Actor
from apps.platform.audit.models import Event as AuditEvent
from apps.platform.outbox import public as outbox
from apps.platform.outbox.admin import DeliveryAdmin
from apps.platform.outbox.models import Delivery

from .conftest import NOW, Listener, deliver, owed, sql

STAFF = Actor(kind="staff", key="7")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("listener")]


class Holder(AnonymousUser):
    """Somebody with one permission."""

    def __init__(self, held: str) -> None:
        self.held = held

    def has_perm(self, perm: str, obj: object = None) -> bool:  # noqa: ARG002
        return perm == self.held


@pytest.fixture
def dead() -> int:
    delivery_id = owed()
    sql("UPDATE outbox_delivery SET state = 'dead', attempts = 12, last_error = 'Smtp 550'")
    return delivery_id


def replay(delivery_id: int, reason: str = "the mail server is back") -> None:
    outbox.replay(actor=STAFF, now=NOW, delivery_id=delivery_id, reason=reason)


def test_dead_letter_is_delivered_after_a_replay(dead: int, listener: Listener) -> None:
    replay(dead)
    assert deliver(dead) is outbox.Outcome.DELIVERED
    assert len(listener.heard) == 1


def test_replay_forgives_the_attempts(dead: int, listener: Listener) -> None:
    replay(dead)
    listener.failure = ValueError()
    assert deliver(dead) is outbox.Outcome.FAILED


def test_replay_is_on_the_record(dead: int) -> None:
    replay(dead, "  the mail server is back ")
    event = AuditEvent.objects.get(action="outbox.delivery.replay")
    assert (event.actor_kind, event.actor_key, event.recorded_at) == ("staff", "7", NOW)
    assert event.subject == str(Delivery.objects.get().event.event_id)
    assert event.detail == {
        "delivery": dead,
        "subscriber": "test.listener",
        "last_error": "Smtp 550",
        "reason": "the mail server is back",
    }


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201])
def test_replay_without_a_reason_is_refused(dead: int, reason: str) -> None:
    with pytest.raises(outbox.ReasonMissing):
        replay(dead, reason)
    assert Delivery.objects.get().state == "dead"


def test_only_the_dead_are_replayed() -> None:
    delivery_id = owed()
    with pytest.raises(outbox.DeliveryNotDead):
        replay(delivery_id)
    with pytest.raises(outbox.DeliveryNotFound):
        replay(0)
    assert not AuditEvent.objects.exists()


def test_right_to_replay_is_a_right_of_its_own(rf: RequestFactory) -> None:
    admin, request = DeliveryAdmin(Delivery, site), rf.get("/")
    for held, may in [("outbox.view_delivery", False), ("outbox.replay_delivery", True)]:
        request.user = Holder(held)
        assert admin.has_replay_permission(request) is may
    assert not admin.has_add_permission(request)
    assert not admin.has_change_permission(request)
    assert not admin.has_delete_permission(request)
