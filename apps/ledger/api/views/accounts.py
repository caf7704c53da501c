"""Accounts, balances and entries: reads alone."""

from datetime import datetime
from typing import ClassVar, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.platform import clock
from apps.platform.rest import Page, ScopedView, page_of

from ... import selectors
from ...events import AccountId
from .. import serializers as shapes
from . import edge


class AccountDetail(ScopedView):
    """GET /v1/ledger/accounts/{id}."""

    required_scopes: ClassVar = {"GET": "ledger:read"}

    @extend_schema(
        operation_id="get_account",
        summary="Read an account",
        parameters=[edge.ACCOUNT],
        responses={200: shapes.AccountOut, **edge.READ_PROBLEMS},
    )
    def get(self, request: Request, account_id: str) -> Response:
        """Return the account."""
        row = edge.readable(request, account_id)
        return Response(shapes.AccountOut(selectors.view_of(row=row)).data)


_MOMENT = {"type": "string", "description": "RFC 3339, or a date: its end, UTC."}
_AS_OF = OpenApiParameter("as_of", _MOMENT, description="Counts what took effect by then.")
_KNOWN_AT = OpenApiParameter("known_at", _MOMENT, description="Counts what was known by then.")


class AccountBalance(ScopedView):
    """GET /v1/ledger/accounts/{id}/balance."""

    required_scopes: ClassVar = {"GET": "ledger:read"}

    @extend_schema(
        operation_id="get_balance",
        summary="Read a balance",
        parameters=[edge.ACCOUNT, _AS_OF, _KNOWN_AT],
        responses={200: shapes.BalanceOut, **edge.READ_PROBLEMS},
    )
    def get(self, request: Request, account_id: str) -> Response:
        """Return what is posted, held and available; with a bound, what was posted within it."""
        query = shapes.BalanceQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        asked = cast("dict[str, datetime]", query.validated_data)
        wanted = AccountId(edge.readable(request, account_id).public_id)
        now = clock.now()
        told: dict[str, object] = {"as_of": now, "known_at": now, **asked}
        if asked:
            past = selectors.balance_at(account_id=wanted, **asked)
            told |= dict.fromkeys(("held_minor", "available_minor", "version"))
            told |= {"account_id": wanted, "currency": past.currency}
            told |= {"posted_minor": past.posted_minor}
        else:
            found = selectors.balance(account_id=wanted, at=now)
            told |= {name: getattr(found, name) for name in found.__slots__}
        return Response(shapes.BalanceOut(told).data)


class AccountEntries(ScopedView):
    """GET /v1/ledger/accounts/{id}/entries."""

    required_scopes: ClassVar = {"GET": "ledger:read"}

    @extend_schema(
        operation_id="list_entries",
        summary="List an account's entries, newest first",
        parameters=[
            edge.ACCOUNT,
            OpenApiParameter("limit", edge.LIMIT),
            OpenApiParameter("cursor", str, description="`next_cursor` of the page before."),
        ],
        responses={200: shapes.EntryPage, **edge.READ_PROBLEMS},
    )
    def get(self, request: Request, account_id: str) -> Response:
        """Return a page; a later page never repeats or skips an entry, whatever is posted."""
        page = Page.of(request)
        row = edge.readable(request, account_id)
        found = selectors.entries(
            account_id=AccountId(row.public_id), after_version=page.after, limit=page.limit + 1
        )
        shown, cursor = page_of(found, page=page, key=lambda entry: entry.version)
        return Response(shapes.EntryPage({"data": shown, "next_cursor": cursor}).data)
