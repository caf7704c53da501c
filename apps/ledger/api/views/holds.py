"""Holds: placed, captured, voided, extended, and read."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeAlias

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.identity import public as identity
from apps.platform import clock, ids
from apps.platform.rest import ScopedView, id_from_path, key_of, once

from ... import selectors, services
from ...errors import HoldNotFound
from ...events import Capture, HoldId, HoldView, NewHold, TransactionId
from .. import serializers as shapes
from . import edge
from .lists import HoldList

Act: TypeAlias = Callable[[edge.By], HoldId]


class HoldCollection(HoldList, ScopedView):
    """GET and POST /v1/ledger/holds."""

    required_scopes: ClassVar = {"GET": "ledger:read", "POST": "ledger:write"}

    @extend_schema(
        operation_id="place_hold",
        summary="Place a hold",
        request=shapes.HoldIn,
        parameters=[edge.KEY],
        responses={201: shapes.HoldOut, **edge.POST_PROBLEMS},
    )
    def post(self, request: Request) -> HttpResponse:
        """Promise money of an account: it stays posted, and is available no more."""
        wanted = edge.body_of(request, shapes.HoldIn)
        edge.ask(request, account_id=wanted["account_id"], permission="ledger.post_from")

        def place(by: edge.By) -> HoldId:
            hold = NewHold(
                hold_id=HoldId(ids.new_id()),
                source=by["source"],
                reference=by["reference"],
                **wanted,
            )
            return services.place_hold(actor=by["actor"], now=by["now"], hold=hold).hold_id

        return _once(request, place)


class HoldDetail(ScopedView):
    """GET /v1/ledger/holds/{id}."""

    required_scopes: ClassVar = {"GET": "ledger:read"}

    @extend_schema(
        operation_id="get_hold",
        summary="Read a hold with its captures",
        parameters=[edge.HOLD],
        responses={200: shapes.HoldOut, **edge.READ_PROBLEMS},
    )
    def get(self, request: Request, hold_id: str) -> Response:
        """Return the hold as it stands now; 404 unless the client may see its account."""
        found = _found(request, hold_id, permission="ledger.view_balance")
        return Response(shapes.HoldOut(found).data)


class HoldCaptureCollection(ScopedView):
    """POST /v1/ledger/holds/{id}/captures."""

    required_scopes: ClassVar = {"POST": "ledger:write"}

    @extend_schema(
        operation_id="capture_hold",
        summary="Capture a hold, whole or in part",
        request=shapes.CaptureIn,
        parameters=[edge.HOLD, edge.KEY],
        responses={201: shapes.HoldOut, **edge.POST_PROBLEMS},
    )
    def post(self, request: Request, hold_id: str) -> HttpResponse:
        """Move held money to another account: 201 with the hold as it then stands."""
        wanted = edge.body_of(request, shapes.CaptureIn)
        found = _found(request, hold_id, permission="ledger.post_from").hold_id

        def capture(by: edge.By) -> HoldId:
            part = Capture(
                hold_id=found,
                to_account_id=wanted["to_account_id"],
                transaction_id=TransactionId(ids.new_id()),
                amount_minor=wanted.get("amount"),
                final=wanted["final"],
                effective_at=wanted.get("effective_at", by["now"]),
                source=f"{by['source']}:capture",
                reference=by["reference"],
            )
            services.capture_hold(actor=by["actor"], now=by["now"], capture=part)
            return found

        return _once(request, capture)


class HoldVoid(ScopedView):
    """POST /v1/ledger/holds/{id}/void."""

    required_scopes: ClassVar = {"POST": "ledger:write"}

    @extend_schema(
        operation_id="void_hold",
        summary="Void a hold",
        request=None,
        parameters=[edge.HOLD, edge.KEY],
        responses={201: shapes.HoldOut, **edge.POST_PROBLEMS},
    )
    def post(self, request: Request, hold_id: str) -> HttpResponse:
        """Give the hold up; what is left of it is available again."""
        key_of(request)
        found = _found(request, hold_id, permission="ledger.post_from").hold_id
        return _once(request, lambda by: services.void_hold(hold_id=found, **by).hold_id)


class HoldExtensionCollection(ScopedView):
    """POST /v1/ledger/holds/{id}/extensions."""

    required_scopes: ClassVar = {"POST": "ledger:write"}

    @extend_schema(
        operation_id="extend_hold",
        summary="Extend a hold",
        request=shapes.ExtensionIn,
        parameters=[edge.HOLD, edge.KEY],
        responses={201: shapes.HoldOut, **edge.POST_PROBLEMS},
    )
    def post(self, request: Request, hold_id: str) -> HttpResponse:
        """Move the end of the hold to a later time."""
        wanted = edge.body_of(request, shapes.ExtensionIn)
        found = _found(request, hold_id, permission="ledger.post_from").hold_id
        return _once(
            request, lambda by: services.extend_hold(hold_id=found, **wanted, **by).hold_id
        )


def _found(request: Request, hold_id: str, *, permission: str) -> HoldView:
    """Return a hold whose account the client has the permission on; 404 where it may not see it."""
    wanted = HoldId(id_from_path(hold_id, kind="hold"))
    found = selectors.hold(hold_id=wanted, at=clock.now())
    client, row = edge.client_of(request), selectors.row(account_id=found.account_id)
    if not identity.may(client=client, permission="ledger.view_balance", row=row):
        raise HoldNotFound("no such hold")
    edge.ask(request, account_id=found.account_id, permission=permission)
    return found


def _once(request: Request, act: Act) -> HttpResponse:
    """Do it once for each key, and answer with the hold as it then stands."""

    def work() -> dict[str, Any]:
        by = edge.acting(request)
        return dict(shapes.HoldOut(selectors.hold(hold_id=act(by), at=by["now"])).data)

    return once(request, status=201, work=work)
