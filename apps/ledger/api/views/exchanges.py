"""Exchanges of one currency against another."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from apps.platform import ids
from apps.platform.rest import ScopedView, once

from ... import selectors, services
from ...events import Fee, NewExchange, Quote, TransactionId
from .. import serializers as shapes
from ..serializers.exchanges import ExchangeIn
from . import edge


class ExchangeCollection(ScopedView):
    """POST /v1/ledger/exchanges."""

    required_scopes: ClassVar = {"POST": "ledger:write"}

    @extend_schema(
        operation_id="post_exchange",
        summary="Exchange one currency against another",
        request=ExchangeIn,
        parameters=[edge.KEY],
        responses={201: shapes.TransactionOut, **edge.POST_PROBLEMS},
    )
    def post(self, request: Request) -> HttpResponse:
        """Book both sides at an exact rate, which is kept: 201 once for each key."""
        wanted = edge.body_of(request, ExchangeIn)
        for account_id in (wanted["from_account_id"], wanted["to_account_id"]):
            edge.ask(request, account_id=account_id, permission="ledger.post_from")
        return once(request, status=201, work=lambda: _exchange(request, wanted))


def _exchange(request: Request, wanted: Mapping[str, Any]) -> dict[str, Any]:
    by = edge.acting(request)
    exchange = NewExchange(
        transaction_id=TransactionId(ids.new_id()),
        from_account_id=wanted["from_account_id"],
        to_account_id=wanted["to_account_id"],
        fixes="sell" if "sell" in wanted else "buy",
        fixed=wanted["sell"] if "sell" in wanted else wanted["buy"],
        quote=Quote(
            rate=wanted["rate"],
            source=wanted["rate_source"],
            quoted_at=wanted["quoted_at"],
            rounding=wanted["rounding"],
        ),
        effective_at=wanted.get("effective_at", by["now"]),
        source=by["source"],
        reference=by["reference"],
        fees=tuple(Fee(fee["account_id"], fee["amount"]) for fee in wanted.get("fees", ())),
        metadata=wanted.get("metadata"),
    )
    posted = services.exchange(actor=by["actor"], now=by["now"], exchange=exchange)
    booked = selectors.transaction(transaction_id=posted.transaction_id)
    return dict(shapes.TransactionOut(booked).data)
