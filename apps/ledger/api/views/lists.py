"""Lists: accounts, holds, transfers and whatever else was booked."""

from collections.abc import Sequence
from typing import ClassVar, TypeVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from apps.platform import clock
from apps.platform.rest import Page, ScopedView, id_schema, page_of

from ... import selectors
from .. import serializers as shapes
from . import edge, queries

_K = TypeVar("_K")


class AccountCollection(ScopedView):
    """GET /v1/ledger/accounts."""

    required_scopes: ClassVar = {"GET": "ledger:read"}

    @extend_schema(
        operation_id="list_accounts",
        summary="List accounts",
        parameters=[
            OpenApiParameter("currency", {"type": "string", "pattern": "^[A-Z]{3}$"}),
            OpenApiParameter("kind", enum=["asset", "liability", "equity", "income", "expense"]),
            OpenApiParameter("status", enum=["open", "frozen_debit", "frozen", "closed"]),
            OpenApiParameter("code_prefix", {"type": "string", "minLength": 1, "maxLength": 40}),
            OpenApiParameter("parent", id_schema("acct")),
            OpenApiParameter(
                "sort",
                enum=["id", "code"],
                default="id",
                description="In the order in which they were opened, or by code.",
            ),
            *queries.PAGE,
        ],
        responses={200: queries.AccountPage, **edge.READ_PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        """Return a page of the accounts that the client may see."""
        page = Page.of(request)
        asked = queries.asked(request, queries.AccountQuery)
        found = selectors.account_page(
            wanted=selectors.AccountFilter(
                currency=asked.get("currency"),
                kind=asked.get("kind"),
                status=asked.get("status"),
                code_prefix=asked.get("code_prefix"),
                parent_id=edge.named(request, asked.get("parent")),
            ),
            sort=asked["sort"],
            after=page.after,
            limit=page.limit + 1,
            sight=edge.sight_of(request),
        )
        shown, cursor = page_of(found, page=page, key=lambda one: one[0])
        return _page(shapes.AccountOut, shown, cursor)


class HoldList:
    """GET /v1/ledger/holds."""

    @extend_schema(
        operation_id="list_holds",
        summary="List holds, newest first",
        parameters=[
            queries.OF_ACCOUNT,
            OpenApiParameter("status", enum=["open", "captured", "voided", "expired"]),
            *queries.PAGE,
        ],
        responses={200: queries.HoldPage, **edge.READ_PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        """Return a page of the holds on accounts that the client may see, as they stand now."""
        page = Page.of(request)
        asked = queries.asked(request, queries.HoldQuery)
        found = selectors.hold_page(
            account_id=edge.named(request, asked.get("account")),
            status=asked.get("status"),
            at=clock.now(),
            after=page.after,
            limit=page.limit + 1,
            sight=edge.sight_of(request),
        )
        shown, cursor = page_of(found, page=page, key=lambda one: one[0])
        return _page(shapes.HoldOut, shown, cursor)


class TransferList:
    """GET /v1/ledger/transfers."""

    @extend_schema(
        operation_id="list_transfers",
        summary="List what was booked, the last recorded first",
        parameters=[
            queries.OF_ACCOUNT,
            queries.SINCE,
            queries.UNTIL,
            OpenApiParameter(
                "kind",
                {"type": "string", "minLength": 1, "maxLength": 20},
                description="What sort of movement: transfer, journal, capture, reversal, …",
            ),
            OpenApiParameter(
                "reference",
                {"type": "string", "minLength": 1, "maxLength": 255},
                description="As whoever booked it calls it: of a transfer its Idempotency-Key.",
            ),
            *queries.PAGE,
        ],
        responses={200: queries.TransactionPage, **edge.READ_PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        """Return a page of what has a leg on an account that the client may see.

        `from` and `to` bound when it was recorded.
        """
        page = Page.of(request, keys=2)
        asked = queries.asked(request, queries.TransferQuery)
        found = selectors.transaction_page(
            wanted=selectors.TransactionFilter(
                account_id=edge.named(request, asked.get("account")),
                since=asked.get("from"),
                until=asked.get("to"),
                kind=asked.get("kind"),
                reference=asked.get("reference"),
            ),
            after=queries.key_as_moment(page.keys),
            limit=page.limit + 1,
            sight=edge.sight_of(request),
        )
        shown, cursor = page_of(
            found, page=page, key=lambda one: (queries.moment_as_key(one[0][0]), one[0][1])
        )
        return _page(shapes.TransactionOut, shown, cursor)


def _page(
    shape: type[Serializer[object]], shown: Sequence[tuple[_K, object]], cursor: str | None
) -> Response:
    return Response(
        {"data": shape([one for _, one in shown], many=True).data, "next_cursor": cursor}
    )
