"""Who may come in: tokens, roles, and what is left of a secret."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group

from apps.identity import public as identity
from apps.identity import rules
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
        ("administrator", "identity.view_user", True),
        ("administrator", "ledger.change_account", False),
        ("administrator", "audit.delete_event", False),
    ],
)
def test_a_role_grants_what_it_says(role: str, permission: str, *, expected: bool) -> None:
    assert rules.permitted(role, permission) is expected


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


def test_an_unknown_role_is_refused() -> None:
    with pytest.raises(identity.RoleUnknown):
        identity.create_staff(actor=ACTOR, now=NOW, username="x", role="king", password="p" * 20)
