"""Holds: placed, captured, voided, extended, and read."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, TypeAlias

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.identity import public as identity
from apps.platform import clock, ids
from apps.platform.actors import Actor
from apps.platform.rest import ScopedView, actor_of, id_from_path, key_of, once

from ... import selectors, services
from ...errors import HoldNotFound
from ...events import Capture, HoldId, HoldView, NewHold, TransactionId
from .. import serializers as shapes
from . import edge
from .lists import HoldList

Act: TypeAlias = Callable[[Actor, datetime], HoldId]


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

        def place(actor: Actor, now: datetime) -> HoldId:
            hold = NewHold(
                hold_id=HoldId(ids.new_id()),
                source=f"api:{actor.key}",
                reference=key_of(request),
                **wanted,
            )
            return services.place_hold(actor=actor, now=now, hold=hold).hold_id

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
        found = _found(request, hold_id, permission="ledger.post_from")

        def capture(actor: Actor, now: datetime) -> HoldId:
            services.capture_hold(
                actor=actor,
                now=now,
                capture=Capture(
                    hold_id=found.hold_id,
                    to_account_id=wanted["to_account_id"],
                    transaction_id=TransactionId(ids.new_id()),
                    amount_minor=wanted.get("amount"),
                    final=wanted["final"],
                    effective_at=wanted.get("effective_at", now),
                    source=f"api:{actor.key}:capture",
                    reference=key_of(request),
                ),
            )
            return found.hold_id

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
        found = _found(request, hold_id, permission="ledger.post_from")

        def void(actor: Actor, now: datetime) -> HoldId:
            return services.void_hold(
                actor=actor,
                now=now,
                hold_id=found.hold_id,
                source=f"api:{actor.key}",
                reference=key_of(request),
            ).hold_id

        return _once(request, void)


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
        found = _found(request, hold_id, permission="ledger.post_from")

        def extend(actor: Actor, now: datetime) -> HoldId:
            return services.extend_hold(
                actor=actor,
                now=now,
                hold_id=found.hold_id,
                expires_at=wanted["expires_at"],
                source=f"api:{actor.key}",
                reference=key_of(request),
            ).hold_id

        return _once(request, extend)


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
        actor, now = actor_of(request), clock.now()
        return dict(shapes.HoldOut(selectors.hold(hold_id=act(actor, now), at=now)).data)

    return once(request, status=201, work=work)
