"""Reads of identity."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Model

from apps.platform import ids

from . import rules
from .models import ApiClient, User


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


def staff_names(*, keys: Collection[str]) -> dict[str, str]:
    """Return the log-in names of staff by the key of their Actor. One query."""
    numbers = {int(key) for key in keys if key.isdecimal()}
    found = User.objects.filter(pk__in=numbers).values_list("pk", "username")
    return {str(number): name for number, name in found}


def _client(*, public_id: UUID) -> ApiClient | None:
    return ApiClient.objects.select_related("user").filter(public_id=public_id).first()
