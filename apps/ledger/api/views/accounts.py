"""Accounts, balances and entries: reads alone."""

from typing import ClassVar

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


class AccountBalance(ScopedView):
    """GET /v1/ledger/accounts/{id}/balance."""

    required_scopes: ClassVar = {"GET": "ledger:read"}

    @extend_schema(
        operation_id="get_balance",
        summary="Read a balance",
        parameters=[edge.ACCOUNT],
        responses={200: shapes.BalanceOut, **edge.READ_PROBLEMS},
    )
    def get(self, request: Request, account_id: str) -> Response:
        """Return what is posted, what is held, and what is available, as of now."""
        row, now = edge.readable(request, account_id), clock.now()
        found = selectors.balance(account_id=AccountId(row.public_id), at=now)
        told = {name: getattr(found, name) for name in found.__slots__} | {"as_of": now}
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
