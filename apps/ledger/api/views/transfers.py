"""Transfers: posted, and read again."""

from dataclasses import replace
from typing import Any, ClassVar, cast

from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.platform import clock, ids
from apps.platform.rest import ScopedView, actor_of, id_from_path, key_of, once

from ... import rules, selectors, services
from ...events import TransactionId
from .. import serializers as shapes
from . import edge
from .lists import TransferList


class TransferCollection(TransferList, ScopedView):
    """GET and POST /v1/ledger/transfers."""

    required_scopes: ClassVar = {"GET": "ledger:read", "POST": "ledger:write"}

    @extend_schema(
        operation_id="post_transfer",
        summary="Post a transfer",
        request=shapes.TransferIn,
        parameters=[edge.KEY],
        responses={201: shapes.TransferOut, **edge.POST_PROBLEMS},
    )
    def post(self, request: Request) -> HttpResponse:
        """Move money from one account to another: 201 with the transfer, once for each key."""
        key_of(request)
        body = shapes.TransferIn(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = cast("dict[str, Any]", body.validated_data)
        edge.ask(request, account_id=wanted["debit_account_id"], permission="ledger.post_from")
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
        metadata=wanted.get("metadata"),
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
        parameters=[edge.TRANSACTION],
        responses={200: shapes.TransactionOut, **edge.READ_PROBLEMS},
    )
    def get(self, request: Request, transaction_id: str) -> Response:
        """Return it with the legs of accounts that the client may see; 404 where it sees none."""
        wanted = TransactionId(id_from_path(transaction_id, kind="txn"))
        found = selectors.transaction(transaction_id=wanted)
        if not (legs := edge.seen(request, found)):
            raise Http404
        return Response(shapes.TransactionOut(replace(found, legs=legs)).data)
