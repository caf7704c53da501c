"""What screens share: bad requests are refused before one sees them; nothing is changed there."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.test import Client

from apps.platform import clock, ids
from apps.platform.actors import Actor
from apps.platform.audit import public as audit
from apps.platform.screens import ReadOnly

pytestmark = pytest.mark.django_db
ACTOR = Actor(kind="system", key="test")


@pytest.mark.parametrize("path", ["/admin/login/", "/admin/", "/health/live", "/nowhere/"])
def test_a_nul_in_the_query_of_a_screen_is_a_400_with_a_page(client: Client, path: str) -> None:
    answer = client.get(f"{path}?next=%00")
    assert answer.status_code == 400
    assert answer["X-Request-ID"] in answer.content.decode()
    assert "default-src" in answer["Content-Security-Policy"]


def test_a_percent_that_only_looks_like_one_is_let_through(client: Client) -> None:
    assert client.get("/admin/login/?next=%2500").status_code == 200


def test_the_api_answers_for_itself(client: Client) -> None:
    assert client.get("/v1/ledger/transfers/x?limit=%00").status_code == 401


def test_every_screen_of_ours_shows_and_changes_nothing() -> None:
    ours = [one for model, one in admin.site._registry.items() if model.__module__[:5] == "apps."]
    assert len(ours) > 8
    assert [one for one in ours if not isinstance(one, ReadOnly)] == []


def test_the_first_id_of_a_moment_is_below_all_that_are_made_from_then_on() -> None:
    before = clock.now()
    made = [ids.new_id() for _ in range(100)]
    assert ids.first_id(before) <= min(made)
    assert max(made) < ids.first_id(clock.now() + timedelta(milliseconds=2))


def test_the_events_of_a_subject_come_oldest_first_with_who_did_them() -> None:
    for action in ("a.first", "a.second"):
        audit.record(actor=ACTOR, now=clock.now(), action=action, subject="thing:1")
    audit.record(actor=ACTOR, now=clock.now(), action="a.first", subject="thing:2")
    found = audit.events_of(subject="thing:1", limit=9)
    assert [(one.action, one.actor_key) for one in found] == [
        ("a.first", "test"), ("a.second", "test"),
    ]  # fmt: skip
    assert [one.action for one in audit.events_of(subject="thing:1", limit=1)] == ["a.first"]
