"""Who may come in: tokens, roles, and what is left of a secret."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.db import IntegrityError

from apps.identity import public as identity
from apps.identity import rules
from apps.identity.tasks import end_expired_sessions
from apps.platform.actors import Actor
from apps.platform.audit.models import Event

NOW = datetime(2026, 3, 31, tzinfo=UTC)
ACTOR = Actor(kind="system", key="test")

pytestmark = pytest.mark.django_db


def _client(**others: bool) -> tuple[identity.ApiClient, str]:
    return identity.create_client(
        actor=ACTOR, now=NOW, name="erp", scopes=["ledger:read"], **others
    )


def test_a_token_names_its_client() -> None:
    client, token = _client()
    assert identity.client_of_token(token=token) == client


def test_of_the_token_only_a_digest_is_kept() -> None:
    client, token = _client()
    secret = token.partition(".")[2]
    assert len(secret) >= 43  # 256 bits in base 64
    kept = {str(value) for value in vars(client).values()}
    assert not any(secret in value for value in kept)
    assert not any(secret in str(event.detail) for event in Event.objects.all())


@pytest.mark.parametrize("change", [str.upper, lambda t: t[:-1], lambda t: t + "x", lambda _: ""])
def test_a_token_that_differs_names_nobody(change: object) -> None:
    _, token = _client()
    assert callable(change)
    assert identity.client_of_token(token=change(token)) is None


def test_a_stopped_client_and_a_closed_log_in_are_out_at_once() -> None:
    client, token = _client()
    identity.stop_client(actor=ACTOR, now=NOW, client_id=client.pk)
    assert identity.client_of_token(token=token) is None
    told = Event.objects.filter(subject=f"client:{client.public_id}").order_by("pk")
    assert [event.action for event in told] == ["identity.client.create", "identity.client.stop"]
    other, token = _client()
    identity.User.objects.filter(pk=other.user_id).update(is_active=False)
    assert identity.client_of_token(token=token) is None


def test_an_api_client_cannot_log_in_with_a_password() -> None:
    client, _ = _client()
    assert not client.user.has_usable_password()
    assert not client.user.is_staff


def test_an_unknown_scope_is_refused() -> None:
    with pytest.raises(identity.ScopeUnknown):
        identity.create_client(actor=ACTOR, now=NOW, name="x", scopes=["all:everything"])


def test_roles_are_made_from_code_and_a_stranger_loses_everything() -> None:
    identity.sync_roles(actor=ACTOR, now=NOW)
    auditor = Group.objects.get(name="auditor")
    held = {f"{p.content_type.app_label}.{p.codename}" for p in auditor.permissions.all()}
    assert "ledger.view_transaction" in held
    assert "audit.view_event" in held
    stranger = Group.objects.create(name="stranger")
    stranger.permissions.set(auditor.permissions.all())
    identity.sync_roles(actor=ACTOR, now=NOW)
    assert not stranger.permissions.exists()


@pytest.mark.parametrize(
    ("role", "permission", "expected"),
    [
        ("auditor", "ledger.view_account", True),
        ("auditor", "accounts.view_customer", False),
        ("auditor", "payments.import_statement", False),
        ("auditor", "identity.view_user", False),
        ("operations", "payments.import_statement", True),
        ("operations", "identity.view_user", False),
        ("operations", "ledger.close_period", True),
        ("auditor", "ledger.view_report", True),
        ("auditor", "ledger.close_period", False),
        ("auditor", "ledger.reopen_period", False),
        ("administrator", "identity.view_user", True),
        ("administrator", "ledger.change_account", False),
        ("administrator", "audit.delete_event", False),
    ],
)
def test_a_role_grants_what_it_says(role: str, permission: str, *, expected: bool) -> None:
    assert rules.permitted(role, permission) is expected


def test_staff_are_named_by_the_key_of_their_actor() -> None:
    user = identity.User.objects.create_user(username="olga")
    names = identity.staff_names(keys={str(user.pk), "0", "seed", "²"})
    assert names == {str(user.pk): "olga"}


def test_a_staff_log_in_has_its_role_and_leaves_its_event() -> None:
    identity.sync_roles(actor=ACTOR, now=NOW)
    user = identity.create_staff(
        actor=ACTOR, now=NOW, username="ops", role="operations", password="a long pass phrase"
    )
    assert user.is_staff
    assert not user.is_superuser
    assert user.has_perm("payments.import_statement")
    assert user.password.startswith("argon2")
    assert Event.objects.filter(action="identity.staff.create").exists()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE identity_api_client SET all_rows = true",
        "UPDATE identity_api_client SET scopes = '{ledger:write}'",
        "UPDATE identity_api_client SET token_digest = repeat('a', 64)",
        "UPDATE auth_permission SET name = 'x'",
    ],
)
def test_raw_sql_as_the_app_role_cannot_widen_a_client(
    app_connection: psycopg.Connection, sql: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app_connection.execute(sql)


def test_nobody_has_every_right_by_a_flag() -> None:
    with pytest.raises(IntegrityError, match="user_has_roles_alone"):
        identity.User.objects.create_superuser(username="root", password="p")


def test_an_unknown_role_is_refused() -> None:
    with pytest.raises(identity.RoleUnknown):
        identity.create_staff(actor=ACTOR, now=NOW, username="x", role="king", password="p" * 20)


def test_expired_sessions_end_and_others_go_on() -> None:
    for key, expires in (("old", NOW - timedelta(days=400)), ("new", NOW + timedelta(days=4000))):
        Session.objects.create(session_key=key, session_data="", expire_date=expires)
    end_expired_sessions()
    assert [session.session_key for session in Session.objects.all()] == ["new"]
    assert Event.objects.get(action="identity.sessions.expire").detail == {"ended": 1}
