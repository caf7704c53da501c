"""What the views of the ledger share: who may see and use an account, and parts of the contract."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypedDict, cast
from uuid import UUID

from django.core.exceptions import PermissionDenied
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from apps.identity import public as identity
from apps.platform import clock
from apps.platform.actors import Actor
from apps.platform.rest import LIMIT_MAX, LIMIT_USUAL, actor_of, id_from_path, id_schema, key_of

from ... import selectors
from ...errors import AccountNotFound
from ...events import AccountId, EntryView, TransactionView
from .. import serializers as shapes

PROBLEM = OpenApiResponse(shapes.ProblemOut, description="Problem details (RFC 9457)")
PROBLEM_TYPE = "application/problem+json"
READ_PROBLEMS = {
    (code, PROBLEM_TYPE): PROBLEM for code in (400, 401, 403, 404, 405, 406, 421, 429, 503)
}
POST_PROBLEMS = READ_PROBLEMS | {(code, PROBLEM_TYPE): PROBLEM for code in (409, 413, 415, 422)}
TRANSACTION = OpenApiParameter("transaction_id", id_schema("txn"), OpenApiParameter.PATH)
ACCOUNT = OpenApiParameter("account_id", id_schema("acct"), OpenApiParameter.PATH)
LIMIT = {"type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": LIMIT_USUAL}
KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[!-~]{1,255}$"},
    OpenApiParameter.HEADER,
    required=True,
    description="1 to 255 printable ASCII characters; the same key and body takes effect once.",
)


HOLD = OpenApiParameter("hold_id", id_schema("hold"), OpenApiParameter.PATH)


def body_of(request: Request, shape: type[Serializer[object]]) -> dict[str, Any]:
    """Return what the body says. Raises KeyMissing, or ValidationError with pointers."""
    key_of(request)
    body = shape(data=request.data)
    body.is_valid(raise_exception=True)
    return cast("dict[str, Any]", body.validated_data)


def ask(request: Request, *, account_id: AccountId, permission: str) -> None:
    """Return when the client has the permission on the account.

    Raises AccountNotFound where it may not even know of the account, else PermissionDenied.
    """
    client = client_of(request)
    if client.all_rows:
        return
    row = selectors.row(account_id=account_id)
    if identity.may(client=client, permission=permission, row=row):
        return
    if identity.may(client=client, permission="ledger.view_balance", row=row):
        raise PermissionDenied
    raise AccountNotFound("no such account")


def readable(request: Request, account_id: str) -> selectors.Row:
    """Return the row of an account that the client may see; 404 otherwise."""
    row = selectors.row(account_id=AccountId(id_from_path(account_id, kind="acct")))
    if not identity.may(client=client_of(request), permission="ledger.view_balance", row=row):
        raise AccountNotFound("no such account")
    return row


def seen(request: Request, found: TransactionView) -> tuple[EntryView, ...]:
    """Return the legs that the client may see: of a pay-roll, its own and not the others'."""
    shown = visible(request, [leg.account_id for leg in found.legs])
    return tuple(leg for leg in found.legs if leg.account_id in shown)


def visible(request: Request, account_ids: Sequence[AccountId]) -> set[AccountId]:
    """Return those of the accounts that the client may see."""
    client = client_of(request)
    if client.all_rows:
        return set(account_ids)
    return {
        AccountId(row.public_id)
        for row in selectors.rows(account_ids=account_ids)
        if identity.may(client=client, permission="ledger.view_balance", row=row)
    }


class By(TypedDict):
    """Who acts, when, and how they call it: the client's key is the ledger's reference."""

    actor: Actor
    now: datetime
    source: str
    reference: str


def acting(request: Request) -> By:
    """Return who acts in this request, now."""
    actor = actor_of(request)
    return By(actor=actor, now=clock.now(), source=f"api:{actor.key}", reference=key_of(request))


def sight_of(request: Request) -> selectors.Sight:
    """Return what the client may see: in lists, the rows that `readable` would let it read."""
    client = client_of(request)
    if client.all_rows:
        return selectors.EVERYTHING
    may_see = partial(identity.visible, client=client, permission="ledger.view_balance")
    return selectors.Sight(accounts=lambda rows: may_see(rows=rows), source=f"api:{client.key}")


def named(request: Request, account_id: UUID | None) -> AccountId | None:
    """Return the account that a filter names, when the client may see it; 404 otherwise."""
    if account_id is None:
        return None
    row = selectors.row(account_id=AccountId(account_id))
    if not identity.may(client=client_of(request), permission="ledger.view_balance", row=row):
        raise AccountNotFound("no such account")
    return AccountId(row.public_id)


def client_of(request: Request) -> identity.ApiClient:
    """Return the client that calls."""
    return cast("identity.ApiClient", request.auth)
