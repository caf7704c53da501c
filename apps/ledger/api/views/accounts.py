"""Accounts, balances and entries: reads alone."""

from datetime import datetime
from typing import Any, ClassVar, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.platform import clock
from apps.platform.rest import Page, ScopedView, page_of

from ... import selectors
from ...events import AccountId, BalanceView, ListedEntry
from .. import serializers as shapes
from . import edge, queries


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
        """Return what is posted, held, pending and available: now, or within the bounds asked."""
        query = shapes.BalanceQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        asked = cast("dict[str, datetime]", query.validated_data)
        wanted = AccountId(edge.readable(request, account_id).public_id)
        now = clock.now()
        found = (
            selectors.balance_at(account_id=wanted, **asked)
            if asked
            else selectors.balance(account_id=wanted, at=now)
        )
        told = {name: getattr(found, name) for name in BalanceView.__slots__}
        return Response(shapes.BalanceOut(told | {"as_of": now, "known_at": now} | asked).data)


class AccountEntries(ScopedView):
    """GET /v1/ledger/accounts/{id}/entries."""

    required_scopes: ClassVar = {"GET": "ledger:read"}

    @extend_schema(
        operation_id="list_entries",
        summary="List an account's entries, newest first",
        parameters=[
            edge.ACCOUNT,
            OpenApiParameter(
                "order",
                enum=["recorded", "effective"],
                default="recorded",
                description="By when the ledger learned of them, or by when they count.",
            ),
            queries.SINCE,
            queries.UNTIL,
            *queries.PAGE,
        ],
        responses={200: queries.ListedEntryPage, **edge.READ_PROBLEMS},
    )
    def get(self, request: Request, account_id: str) -> Response:
        """Return a page; a later page never repeats or skips an entry, whatever is posted.

        `from` and `to` bound the time by which they are ordered. An account that many write to
        lists the entries of all its slots.
        """
        page = Page.of(request, keys=2)
        asked = queries.asked(request, queries.EntryQuery)
        found = selectors.entry_page(
            account_id=AccountId(edge.readable(request, account_id).public_id),
            order=asked["order"],
            since=asked.get("from"),
            until=asked.get("to"),
            after=queries.key_as_moment(page.keys),
            limit=page.limit + 1,
        )
        shown, cursor = page_of(
            found, page=page, key=lambda one: (queries.moment_as_key(one.key[0]), one.key[1])
        )
        return Response({"data": [_told(one) for one in shown], "next_cursor": cursor})


def _told(listed: ListedEntry) -> dict[str, Any]:
    told = dict(shapes.EntryOut(listed.entry).data)
    return told | {"running_balance": listed.running_minor}
