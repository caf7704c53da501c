"""Interest of an account, and fees that are charged to it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.platform import clock, ids
from apps.platform.rest import (
    ExactSerializer,
    MoneyField,
    PublicIdField,
    ScopedView,
    actor_of,
    key_of,
    once,
)

from ... import selectors, services
from ...events import AccountId, FeeCharge, TransactionId
from . import edge


class InterestOut(serializers.Serializer[object]):
    """What has accrued on an account and is not yet capitalised, in minor units.

    Beyond the whole minor units, which are booked, an exact fraction of one is carried on.
    """

    account_id = PublicIdField(kind="acct")
    currency = serializers.CharField()
    schedule = serializers.CharField(allow_null=True, help_text="Its code; null: none.")
    through = serializers.DateField(allow_null=True, help_text="The last day that has accrued.")
    paid = serializers.IntegerField(source="paid_minor", help_text="For the holder.")
    paid_carried = serializers.CharField(help_text='A fraction below one, as "24/73".')
    charged = serializers.IntegerField(source="charged_minor", help_text="From the holder.")
    charged_carried = serializers.CharField(help_text='A fraction below one, as "24/73".')


class ChargeIn(ExactSerializer):
    """Body of POST /v1/ledger/fees."""

    schedule = serializers.CharField(max_length=40, help_text="The code of the fee schedule.")
    account_id = PublicIdField(kind="acct", help_text="The account that is charged.")
    amount = MoneyField(help_text="What the fee is on.")
    effective_at = serializers.DateTimeField(
        required=False, help_text="When it counts (RFC 3339); now where it is left out."
    )


class FeeOut(serializers.Serializer[object]):
    """A fee that was charged."""

    fee = MoneyField()
    transaction_id = PublicIdField(
        kind="txn", allow_null=True, help_text="Null: it came to nothing."
    )


class AccountInterest(ScopedView):
    """GET /v1/ledger/accounts/{id}/interest."""

    required_scopes: ClassVar = {"GET": "ledger:read"}

    @extend_schema(
        operation_id="get_interest",
        summary="Read what interest has accrued",
        parameters=[edge.ACCOUNT],
        responses={200: InterestOut, **edge.READ_PROBLEMS},
    )
    def get(self, request: Request, account_id: str) -> Response:
        """Return what has accrued and is not capitalised."""
        row = edge.readable(request, account_id)
        found = selectors.interest(account_id=AccountId(row.public_id))
        return Response(InterestOut(found).data)


class FeeCollection(ScopedView):
    """POST /v1/ledger/fees."""

    required_scopes: ClassVar = {"POST": "ledger:write"}

    @extend_schema(
        operation_id="charge_fee",
        summary="Charge a fee by its schedule",
        request=ChargeIn,
        parameters=[edge.KEY],
        responses={201: FeeOut, **edge.POST_PROBLEMS},
    )
    def post(self, request: Request) -> HttpResponse:
        """Charge the fee on an amount: 201 with it, once for each key."""
        wanted = edge.body_of(request, ChargeIn)
        edge.ask(request, account_id=wanted["account_id"], permission="ledger.post_from")
        return once(request, status=201, work=lambda: _charge(request, wanted))


def _charge(request: Request, wanted: Mapping[str, Any]) -> dict[str, Any]:
    actor, now = actor_of(request), clock.now()
    charge = FeeCharge(
        schedule=wanted["schedule"],
        account_id=wanted["account_id"],
        amount=wanted["amount"],
        transaction_id=TransactionId(ids.new_id()),
        effective_at=wanted.get("effective_at", now),
        source=f"api:{actor.key}",
        reference=key_of(request),
    )
    return dict(FeeOut(services.charge_fee(actor=actor, now=now, charge=charge)).data)
