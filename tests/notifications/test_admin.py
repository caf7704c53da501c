"""Staff see what was sent to whom, by id and state, and change nothing."""

import pytest
from django.urls import reverse

from apps.notifications.models import Message
from apps.platform.ids import new_id
from tests.accounts.factories import NOW
from tests.accounts.test_admin import logged_in, page

pytestmark = pytest.mark.django_db
MESSAGES = reverse("admin:notifications_message_changelist")


def a_message(*, state: str) -> Message:
    return Message.objects.create(
        public_id=new_id(),
        transaction_id=new_id(),
        customer_id=new_id(),
        account_id=new_id(),
        template="transfer-posted",
        message_id=f"<{new_id()}@example.com>",
        created_at=NOW,
        state=state,
        sent_at=NOW if state == "sent" else None,
    )


def test_messages_are_filtered_by_state() -> None:
    client, _ = logged_in("operations")
    sent, failed = a_message(state="sent"), a_message(state="failed")
    text = page(client, f"{MESSAGES}?state__exact=failed")
    assert str(failed) in text
    assert str(sent) not in text


def test_a_message_is_found_by_the_message_id_of_the_mail() -> None:
    client, _ = logged_in("operations")
    wanted, other = a_message(state="sent"), a_message(state="sent")
    text = page(client, f"{MESSAGES}?q={wanted.message_id}")
    assert str(wanted) in text
    assert str(other) not in text


def test_nobody_adds_changes_or_deletes_here() -> None:
    client, _ = logged_in("administrator")
    message = a_message(state="queued")
    for url in (
        reverse("admin:notifications_message_add"),
        reverse("admin:notifications_message_change", args=[message.pk]),
        reverse("admin:notifications_message_delete", args=[message.pk]),
    ):
        assert client.post(url, {"post": "yes", "state": "sent"}).status_code == 403
    message.refresh_from_db()
    assert message.state == "queued"
