"""HTTP edge of the ledger: check shape and permission, read the clock, call a service, render."""

from dataclasses import replace
from typing import Any, ClassVar, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.identity import public as identity
from apps.platform import clock, ids
from apps.platform.rest import (
    LIMIT_MAX,
    LIMIT_USUAL,
    Page,
    ScopedView,
    actor_of,
    id_from_path,
    id_schema,
    key_of,
    once,
    page_of,
)

from .. import rules, selectors, services
from ..errors import AccountNotFound
from ..events import AccountId, EntryView, TransactionId, TransactionView
from . import serializers as shapes

_PROBLEM = OpenApiResponse(shapes.ProblemOut, description="Problem details (RFC 9457)")
_PROBLEM_TYPE = "application/problem+json"
_READ_PROBLEMS = {
    (code, _PROBLEM_TYPE): _PROBLEM for code in (400, 401, 403, 404, 405, 406, 421, 429, 503)
}
_POST_PROBLEMS = _READ_PROBLEMS | {(code, _PROBLEM_TYPE): _PROBLEM for code in (409, 413, 415, 422)}
_TRANSACTION = OpenApiParameter("transaction_id", id_schema("txn"), OpenApiParameter.PATH)
_ACCOUNT = OpenApiParameter("account_id", id_schema("acct"), OpenApiParameter.PATH)
_LIMIT = {"type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": LIMIT_USUAL}
_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[!-~]{1,255}$"},
    OpenApiParameter.HEADER,
    required=True,
    description="1 to 255 printable ASCII characters; the same key and body takes effect once.",
)


class TransferCollection(ScopedView):
    """POST /v1/ledger/transfers."""

    required_scopes: ClassVar = {"POST": "ledger:write"}

    @extend_schema(
        operation_id="post_transfer",
        summary="Post a transfer",
        request=shapes.TransferIn,
        parameters=[_KEY],
        responses={201: shapes.TransferOut, **_POST_PROBLEMS},
    )
    def post(self, request: Request) -> HttpResponse:
        """Move money from one account to another: 201 with the transfer, once for each key."""
        key_of(request)
        body = shapes.TransferIn(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = cast("dict[str, Any]", body.validated_data)
        _ask(request, account_id=wanted["debit_account_id"], permission="ledger.post_from")
        return once(request, status=201, work=lambda: _post(request, wanted))


def _post(request: Request, wanted: dict[str, Any]) -> dict[str, Any]:
    """Post what the body wants; the client's key is also the ledger's reference, for ever."""
    actor, now = actor_of(request), clock.now()
    posting = rules.transfer(
        transaction_id=TransactionId(ids.new_id()),
        debit_account_id=wanted["debit_account_id"],
        credit_account_id=wanted["credit_account_id"],
        amount=wanted["amount"],
        effective_at=wanted.get("effective_at", now),
        source=f"api:{actor.key}",
        reference=key_of(request),
    )
    posted = services.post(actor=actor, now=now, posting=posting)
    told = wanted | {"transaction_id": posted.transaction_id, "recorded_at": now}
    told["effective_at"] = posting.effective_at
    if posted.replayed:  # the answer was pruned, the posting stands: tell it as it was booked
        booked = selectors.transaction(transaction_id=posted.transaction_id)
        told |= {"effective_at": booked.effective_at, "recorded_at": booked.recorded_at}
    return dict(shapes.TransferOut(told).data)


class TransactionDetail(ScopedView):
    """GET /v1/ledger/transfers/{id}."""

    required_scopes: ClassVar = {"GET": "ledger:read"}

    @extend_schema(
        operation_id="get_transfer",
        summary="Read a transfer with its legs",
        parameters=[_TRANSACTION],
        responses={200: shapes.TransactionOut, **_READ_PROBLEMS},
    )
    def get(self, request: Request, transaction_id: str) -> Response:
        """Return it with the legs of accounts that the client may see; 404 where it sees none."""
        wanted = TransactionId(id_from_path(transaction_id, kind="txn"))
        found = selectors.transaction(transaction_id=wanted)
        if not (legs := _seen(request, found)):
            raise Http404
        return Response(shapes.TransactionOut(replace(found, legs=legs)).data)


class AccountDetail(ScopedView):
    """GET /v1/ledger/accounts/{id}."""

    required_scopes: ClassVar = {"GET": "ledger:read"}

    @extend_schema(
        operation_id="get_account",
        summary="Read an account",
        parameters=[_ACCOUNT],
        responses={200: shapes.AccountOut, **_READ_PROBLEMS},
    )
    def get(self, request: Request, account_id: str) -> Response:
        """Return the account."""
        row = _readable(request, account_id)
        return Response(shapes.AccountOut(selectors.view_of(row=row)).data)


class AccountBalance(ScopedView):
    """GET /v1/ledger/accounts/{id}/balance."""

    required_scopes: ClassVar = {"GET": "ledger:read"}

    @extend_schema(
        operation_id="get_balance",
        summary="Read a balance",
        parameters=[_ACCOUNT],
        responses={200: shapes.BalanceOut, **_READ_PROBLEMS},
    )
    def get(self, request: Request, account_id: str) -> Response:
        """Return what is posted and what is available, as of now."""
        found = selectors.view_of(row=_readable(request, account_id))
        floor = found.floor_minor
        told = {
            "account_id": found.account_id,
            "currency": found.currency,
            "posted_minor": found.posted_minor,
            "available": None if floor is None else found.posted_minor - floor,
            "version": found.version,
            "as_of": clock.now(),
        }
        return Response(shapes.BalanceOut(told).data)


class AccountEntries(ScopedView):
    """GET /v1/ledger/accounts/{id}/entries."""

    required_scopes: ClassVar = {"GET": "ledger:read"}

    @extend_schema(
        operation_id="list_entries",
        summary="List an account's entries, newest first",
        parameters=[
            _ACCOUNT,
            OpenApiParameter("limit", _LIMIT),
            OpenApiParameter("cursor", str, description="`next_cursor` of the page before."),
        ],
        responses={200: shapes.EntryPage, **_READ_PROBLEMS},
    )
    def get(self, request: Request, account_id: str) -> Response:
        """Return a page; a later page never repeats or skips an entry, whatever is posted."""
        page = Page.of(request)
        row = _readable(request, account_id)
        found = selectors.entries(
            account_id=AccountId(row.public_id), after_version=page.after, limit=page.limit + 1
        )
        shown, cursor = page_of(found, page=page, key=lambda entry: entry.version)
        return Response(shapes.EntryPage({"data": shown, "next_cursor": cursor}).data)


def _ask(request: Request, *, account_id: AccountId, permission: str) -> None:
    """Return when the client has the permission on the account.

    Raises AccountNotFound where it may not even know of the account, else PermissionDenied.
    """
    client = _client(request)
    if client.all_rows:
        return
    row = selectors.row(account_id=account_id)
    if identity.may(client=client, permission=permission, row=row):
        return
    if identity.may(client=client, permission="ledger.view_balance", row=row):
        raise PermissionDenied
    raise AccountNotFound("no such account")


def _readable(request: Request, account_id: str) -> selectors.Row:
    """Return the row of an account that the client may see; 404 otherwise."""
    row = selectors.row(account_id=AccountId(id_from_path(account_id, kind="acct")))
    if not identity.may(client=_client(request), permission="ledger.view_balance", row=row):
        raise AccountNotFound("no such account")
    return row


def _seen(request: Request, found: TransactionView) -> tuple[EntryView, ...]:
    """Return the legs that the client may see: of a pay-roll, its own and not the others'."""
    client = _client(request)
    if client.all_rows:
        return found.legs
    rows = selectors.rows(account_ids=[leg.account_id for leg in found.legs])
    seen = {
        row.public_id
        for row in rows
        if identity.may(client=client, permission="ledger.view_balance", row=row)
    }
    return tuple(leg for leg in found.legs if leg.account_id in seen)


def _client(request: Request) -> identity.ApiClient:
    return cast("identity.ApiClient", request.auth)
