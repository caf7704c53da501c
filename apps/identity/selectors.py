"""Reads of identity."""

from collections.abc import Collection
from typing import TypeVar
from uuid import UUID

from django.db.models import BigIntegerField, Model, Q, QuerySet
from django.db.models.functions import Cast
from guardian.models import GroupObjectPermission, UserObjectPermission

from apps.platform import ids

from . import rules
from .models import ApiClient, User

_M = TypeVar("_M", bound=Model)


def client_of_token(*, token: str) -> ApiClient | None:
    """Return the active client whose token this is, with its user; None for any other text."""
    parts = rules.read_token(token)
    if parts is None:
        return None
    try:
        _, public_id = ids.decode(parts[0], kind="cli")
    except ids.MalformedId:
        return None
    client = _client(public_id=public_id)
    known = client is not None and client.active and client.user.is_active
    stored = client.token_digest if client is not None else rules.digest("")
    return client if rules.matches(parts[1], stored) and known else None


def may(*, client: ApiClient, permission: str, row: Model) -> bool:
    """Return whether the client has the permission on this row ("ledger.post_from").

    The company's own systems have it on all rows; others by a grant on the row (guardian).
    """
    return client.all_rows or client.user.has_perm(permission, row)


def visible(*, client: ApiClient, permission: str, rows: QuerySet[_M]) -> QuerySet[_M]:
    """Return those of the rows on which the client has the permission: `may` for all at once.

    It adds a condition to the query, and asks nothing itself. Keys are integers.
    """
    if client.all_rows:
        return rows
    house, _, codename = permission.partition(".")
    asked = {
        "permission__codename": codename,
        "permission__content_type__app_label": house,
        "content_type__app_label": house,
        "content_type__model": rows.model._meta.model_name,  # noqa: SLF001 - Django's public name
    }
    key = Cast("object_pk", BigIntegerField())
    own = UserObjectPermission.objects.filter(user=client.user_id, **asked)
    groups = GroupObjectPermission.objects.filter(group__user=client.user_id, **asked)
    return rows.filter(
        Q(pk__in=own.annotate(key=key).values("key"))
        | Q(pk__in=groups.annotate(key=key).values("key"))
    )


def staff_names(*, keys: Collection[str]) -> dict[str, str]:
    """Return the log-in names of staff by the key of their Actor. One query."""
    numbers = {int(key) for key in keys if key.isdecimal()}
    found = User.objects.filter(pk__in=numbers).values_list("pk", "username")
    return {str(number): name for number, name in found}


def _client(*, public_id: UUID) -> ApiClient | None:
    return ApiClient.objects.select_related("user").filter(public_id=public_id).first()
