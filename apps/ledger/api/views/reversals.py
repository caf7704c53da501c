"""Reversals: what was booked is undone by another transaction."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from apps.platform import clock, ids
from apps.platform.rest import ScopedView, actor_of, key_of, once

from ... import selectors, services
from ...errors import TransactionNotFound
from ...events import Part, Reversal, TransactionId
from .. import serializers as shapes
from . import edge


class ReversalCollection(ScopedView):
    """POST /v1/ledger/reversals."""

    required_scopes: ClassVar = {"POST": "ledger:write"}

    @extend_schema(
        operation_id="reverse_transaction",
        summary="Reverse a transaction, whole or in part",
        request=shapes.ReversalIn,
        parameters=[edge.KEY],
        responses={201: shapes.TransactionOut, **edge.POST_PROBLEMS},
    )
    def post(self, request: Request) -> HttpResponse:
        """Book what undoes it, linked to it: 201 with the new transaction, once for each key.

        A large one takes two people, and so is refused here (403): staff do it.
        """
        wanted = edge.body_of(request, shapes.ReversalIn)
        found = selectors.transaction(transaction_id=wanted["transaction_id"])
        if not edge.seen(request, found):
            raise TransactionNotFound("no such transaction")
        for account_id in dict.fromkeys(leg.account_id for leg in found.legs):
            edge.ask(request, account_id=account_id, permission="ledger.post_from")
        return once(request, status=201, work=lambda: _reverse(request, wanted))


def _reverse(request: Request, wanted: Mapping[str, Any]) -> dict[str, Any]:
    actor, now = actor_of(request), clock.now()
    parts = wanted.get("parts")
    reversal = Reversal(
        reversed_id=wanted["transaction_id"],
        transaction_id=TransactionId(ids.new_id()),
        reason=wanted["reason"],
        effective_at=wanted.get("effective_at", now),
        source=f"api:{actor.key}",
        reference=key_of(request),
        parts=None
        if parts is None
        else tuple(Part(one["account_id"], one["version"], one["amount"]) for one in parts),
    )
    posted = services.reverse(actor=actor, now=now, reversal=reversal)
    booked = selectors.transaction(transaction_id=posted.transaction_id)
    return dict(shapes.TransactionOut(booked).data)
