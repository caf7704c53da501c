"""Whoever is on call is told that the ledger's proof failed; the mail names no row."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail

from apps.ledger.public import InvariantBroken
from apps.notifications import tasks
from apps.platform.audit.models import Event
from apps.platform.outbox import public as outbox

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 31, 2, 17, tzinfo=UTC)
BROKEN = InvariantBroken(verified_at=AT, invariants=1, offenders=7)


def test_the_alert_is_subscribed() -> None:
    assert outbox.subscriber_names(InvariantBroken) == ["notifications.alert"]


def test_everybody_on_call_is_told_once(settings: Any) -> None:
    settings.ALERT_EMAILS = ["a@probity.example", "b@probity.example"]
    tasks.alert(BROKEN, now=AT)
    tasks.alert(BROKEN, now=AT)  # after a crash: the same Message-IDs, so that it is shown once
    assert [message.to for message in mail.outbox] == [[to] for to in settings.ALERT_EMAILS] * 2
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 2
    told = mail.outbox[0]
    assert told.subject == "The books of Probity do not prove themselves"
    assert "31 March 2026, 02:17 UTC found 7 rows against 1 invariant of the ledger" in told.body
    assert "http://testserver/admin/verification/" in told.body


def test_where_nobody_is_on_call_nothing_is_sent() -> None:
    tasks.alert(BROKEN, now=AT)
    assert mail.outbox == []
    assert Event.objects.get(action="notifications.alert").detail == {"told": 0}
