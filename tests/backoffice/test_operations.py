"""The operations page: what waits, what was given up, whether the worker lives."""

from datetime import timedelta

import pytest
from django.test import Client

from apps.identity.models import User
from apps.platform.outbox import public as outbox

pytestmark = pytest.mark.django_db
URL = "/admin/operations/"


def test_a_quiet_house_says_so(auditor: Client) -> None:
    page = auditor.get(URL).content.decode()
    assert "Every event has been delivered to every subscriber." in page
    assert "No heartbeat has arrived yet." in page


def test_it_tells_who_waits_and_what_was_given_up(
    auditor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = outbox.SubscriberBacklog("notifications.tell", 3, 1, timedelta(minutes=4))
    dead = outbox.DeadLetter(17, "ledger.transfer.posted.v1", "notifications.tell", 10, "Refused")
    monkeypatch.setattr("apps.platform.outbox.public.backlog_by_subscriber", lambda: [waiting])
    monkeypatch.setattr("apps.platform.outbox.public.dead_letters", lambda limit: [dead][:limit])
    page = auditor.get(URL).content.decode()
    assert "notifications.tell" in page
    assert "4 minutes" in page
    link = "/admin/outbox/delivery/?id__exact=17"
    assert f'href="{link}">Look<' in page
    assert auditor.get(link).status_code == 200


def test_a_stale_pulse_is_an_alarm(auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.platform.outbox.public.pulse_age", lambda: timedelta(hours=2))
    page = auditor.get(URL).content.decode()
    assert "2 hours ago" in page
    assert "No worker answers." in page


def test_every_promise_is_listed_also_the_unmeasured(auditor: Client) -> None:
    rows = auditor.get(URL).context["assurance"]
    assert len(rows) > 10
    assert {"title", "verdict", "figures", "why", "when"} <= rows[0].keys()


def test_staff_without_a_role_may_not_see_it(auditor: Client) -> None:
    User.objects.get().groups.clear()
    assert auditor.get(URL).status_code == 403
