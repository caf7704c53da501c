"""Writes of identity."""

import secrets
from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.sessions.models import Session
from django.db import models, transaction
from guardian.shortcuts import assign_perm

from apps.platform import ids
from apps.platform.actors import Actor
from apps.platform.audit import public as audit

from . import rules
from .models import ApiClient, User


@transaction.atomic
def sync_roles(*, actor: Actor, now: datetime) -> None:
    """Make the groups say what the code says; a role no longer in the code loses everything."""
    permissions = list(Permission.objects.select_related("content_type").order_by("pk"))
    for role in rules.ROLES:
        group, _ = Group.objects.get_or_create(name=role)
        group.permissions.set(p for p in permissions if rules.permitted(role, _dotted(p)))
    for group in Group.objects.exclude(name__in=rules.ROLES).order_by("pk"):
        group.permissions.clear()
    audit.record(actor=actor, now=now, action="identity.roles.sync", subject="roles")


def _dotted(permission: Permission) -> str:
    return f"{permission.content_type.app_label}.{permission.codename}"


@transaction.atomic
def create_staff(*, actor: Actor, now: datetime, username: str, role: str, password: str) -> User:
    """Create a staff log-in with one role. Raises RoleUnknown; the password is hashed at once."""
    rules.permitted(role, "")
    user = User.objects.create_user(username=username, password=password, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    audit.record(
        actor=actor,
        now=now,
        action="identity.staff.create",
        subject=f"user:{user.pk}",
        detail={"role": role},
    )
    return user


def record_log_in(*, actor: Actor, now: datetime, username: str, refused: bool) -> None:
    """Record that somebody logged in, or was refused; what was typed is not kept.

    A name that is nobody's leaves the event of an unknown user.
    """
    key = User.objects.filter(username=username).values_list("pk", flat=True).first()
    audit.record(
        actor=actor,
        now=now,
        action="identity.log-in.refuse" if refused else "identity.log-in",
        subject=f"user:{'unknown' if key is None else key}",
    )


@transaction.atomic
def create_client(
    *,
    actor: Actor,
    now: datetime,
    name: str,
    scopes: Collection[str],
    all_rows: bool = False,
) -> tuple[ApiClient, str]:
    """Create an API client; return it with its token, which is shown this once and never stored.

    Raises ScopeUnknown.
    """
    rules.check_scopes(frozenset(scopes))
    public_id, secret = ids.new_id(), secrets.token_urlsafe(32)
    user = User(username=f"client-{public_id}")
    user.set_unusable_password()
    user.save()
    client = ApiClient.objects.create(
        public_id=public_id,
        name=name,
        user=user,
        token_digest=rules.digest(secret),
        scopes=sorted(scopes),
        all_rows=all_rows,
        created_at=now,
    )
    audit.record(
        actor=actor,
        now=now,
        action="identity.client.create",
        subject=f"client:{public_id}",
        detail={"scopes": [*sorted(scopes)], "all_rows": all_rows},
    )
    shown = ids.encode("cli", public_id, region=settings.PROBITY_REGION)
    return client, rules.write_token(shown, secret)


@transaction.atomic
def stop_client(*, actor: Actor, now: datetime, client_id: int) -> None:
    """Make a client's token worthless at once. Raises ApiClient.DoesNotExist."""
    client = ApiClient.objects.get(pk=client_id)
    ApiClient.objects.filter(pk=client_id).update(active=False)
    audit.record(
        actor=actor, now=now, action="identity.client.stop", subject=f"client:{client.public_id}"
    )


def end_expired_sessions(*, actor: Actor, now: datetime) -> int:
    """Drop the sessions that have expired; return how many."""
    ended, _ = Session.objects.filter(expire_date__lt=now).delete()
    audit.record(
        actor=actor,
        now=now,
        action="identity.sessions.expire",
        subject="sessions",
        detail={"ended": ended},
    )
    return ended


@transaction.atomic
def grant(*, actor: Actor, now: datetime, user_id: int, permission: str, on: models.Model) -> None:
    """Give one user an object permission ("ledger.post_from") on one row of the house above.

    `on` is any row: identity stores its type and key and knows nothing else of it.
    """
    assign_perm(permission, User.objects.get(pk=user_id), on)
    audit.record(
        actor=actor,
        now=now,
        action="identity.grant",
        subject=f"user:{user_id}",
        detail={"permission": permission, "on": f"{permission.partition('.')[0]}:{on.pk}"},
    )
