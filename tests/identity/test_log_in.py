"""Staff log in: what is told, what is recorded, and what is not."""

from typing import Any

import pytest
from django.contrib.auth import hashers
from django.http import HttpResponse
from django.test import Client

from apps.identity import public as identity
from apps.platform.audit.models import Event

from .test_identity import ACTOR, NOW

pytestmark = pytest.mark.django_db
PASSWORD, CANARY = "a long pass phrase", "canary-7f3a"


@pytest.fixture(autouse=True)
def staff() -> identity.User:
    """One log-in of staff."""
    identity.sync_roles(actor=ACTOR, now=NOW)
    return identity.create_staff(
        actor=ACTOR, now=NOW, username="staff", role="auditor", password=PASSWORD
    )


def _log_in(username: str, password: str) -> HttpResponse:
    form = {"username": username, "password": password, "next": "/admin/"}
    return Client().post("/admin/login/", form)  # type: ignore[return-value]


def _events() -> list[tuple[str, str]]:
    found = Event.objects.filter(action__startswith="identity.log-in").order_by("pk")
    return [(event.action, event.subject) for event in found]


def test_a_log_in_and_a_refusal_leave_their_events(staff: identity.User) -> None:
    assert _log_in("staff", PASSWORD).status_code == 302
    assert _log_in("staff", "wrong").status_code == 200
    assert _log_in(CANARY, CANARY).status_code == 200
    assert _events() == [
        ("identity.log-in", f"user:{staff.pk}"),
        ("identity.log-in.refuse", f"user:{staff.pk}"),
        ("identity.log-in.refuse", "user:unknown"),
    ]


def test_what_was_typed_is_not_kept() -> None:
    _log_in(CANARY, CANARY)
    _log_in("", CANARY)
    assert not any(CANARY in str(vars(event)) for event in Event.objects.all())


def test_a_stranger_learns_nothing_from_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unknown, wrong, closed and no staff: the same page, and one password hashed for each."""
    hashed: list[str] = []
    encode = hashers.Argon2PasswordHasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    verify = hashers.Argon2PasswordHasher.verify

    def verified(self: Any, password: str, encoded: str) -> bool:
        hashed.append(password)
        return verify(self, password, encoded)

    identity.User.objects.create_user(username="no-staff", password=PASSWORD)
    closed = identity.User.objects.create_user(username="closed", password=PASSWORD, is_staff=True)
    identity.User.objects.filter(pk=closed.pk).update(is_active=False)
    monkeypatch.setattr(hashers.Argon2PasswordHasher, "encode", counted)
    monkeypatch.setattr(hashers.Argon2PasswordHasher, "verify", verified)
    told = set()
    for username in ("nobody", "staff", "closed", "no-staff"):
        hashed.clear()
        page = _log_in(username, "wrong" if username == "staff" else PASSWORD)
        told.add((page.status_code, page.content.decode().count("enter the correct"), len(hashed)))
    assert told == {(200, 1, 1)}
