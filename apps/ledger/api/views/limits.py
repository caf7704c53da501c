"""Limits of an account: a read alone. Staff set them."""

from dataclasses import replace
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.identity import public as identity
from apps.platform import clock
from apps.platform.rest import ScopedView

from ... import selectors
from ...events import AccountId
from .. import serializers as shapes
from . import edge


class AccountLimits(ScopedView):
    """GET /v1/ledger/accounts/{id}/limits."""

    required_scopes: ClassVar = {"GET": "ledger:read"}

    @extend_schema(
        operation_id="list_limits",
        summary="List an account's limits, with what is used of them",
        parameters=[edge.ACCOUNT],
        responses={200: shapes.LimitList, **edge.READ_PROBLEMS},
    )
    def get(self, request: Request, account_id: str) -> Response:
        """Return what is in force now, and what is to come."""
        wanted = AccountId(edge.readable(request, account_id).public_id)
        found = selectors.limits_of(account_id=wanted, at=clock.now())
        client = edge.client_of(request)
        named = [one.counterparty_id for one in found if one.counterparty_id is not None]
        seen = {
            row.public_id
            for row in selectors.rows(account_ids=named)
            if identity.may(client=client, permission="ledger.view_balance", row=row)
        }
        shown = [
            one if one.counterparty_id in seen else replace(one, counterparty_id=None)
            for one in found
        ]
        return Response(shapes.LimitList({"data": shown}).data)
