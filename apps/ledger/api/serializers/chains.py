"""JSON shapes of chains."""

from typing import Any

from rest_framework import serializers

from apps.platform.rest import ExactSerializer, PublicIdField

from ...rules import BATCH_MAX
from . import (
    BatchLineIn,
    HoldIn,
    HoldOut,
    JournalIn,
    TransactionOut,
    reference_field,
)

_KINDS = ("transfers", "journals", "holds")


class ChainJournalIn(JournalIn):
    """One journal of a chain."""

    reference = reference_field()


class ChainHoldIn(HoldIn):
    """One hold of a chain."""

    reference = reference_field()


class ChainIn(ExactSerializer):
    """Body of POST /v1/ledger/chains: exactly one of `transfers`, `journals` and `holds`."""

    chain_id = PublicIdField(
        kind="chain", required=False, help_text="The chain to add to; a new one if left out."
    )
    transfers = serializers.ListField(
        child=BatchLineIn(),
        required=False,
        min_length=1,
        max_length=BATCH_MAX,
        help_text="In their order: a later one may spend what an earlier one brings.",
    )
    journals = serializers.ListField(
        child=ChainJournalIn(), required=False, min_length=1, max_length=BATCH_MAX
    )
    holds = serializers.ListField(
        child=ChainHoldIn(), required=False, min_length=1, max_length=BATCH_MAX
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse none and several."""
        if sum(kind in attrs for kind in _KINDS) != 1:
            told = "Say exactly one of transfers, journals and holds."
            raise serializers.ValidationError({"transfers": told}, code="members")
        return attrs


class ReceiverIn(ExactSerializer):
    """Where the money of a hold goes."""

    hold_id = PublicIdField(kind="hold")
    to_account_id = PublicIdField(kind="acct")


class ChainCaptureIn(ExactSerializer):
    """Body of POST /v1/ledger/chains/{id}/captures."""

    captures = serializers.ListField(
        child=ReceiverIn(),
        min_length=1,
        max_length=BATCH_MAX,
        help_text="Every hold of the chain that is open; each is taken whole.",
    )
    effective_at = serializers.DateTimeField(
        required=False, help_text="When it counts (RFC 3339); now where it is left out."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a hold that is named twice."""
        if len({one["hold_id"] for one in attrs["captures"]}) < len(attrs["captures"]):
            raise serializers.ValidationError({"captures": "A hold goes once."}, code="twice")
        return attrs


class ChainReversalIn(ExactSerializer):
    """Body of POST /v1/ledger/chains/{id}/reversals."""

    reason = serializers.CharField(max_length=500, help_text="Why; it names no person.")
    effective_at = serializers.DateTimeField(
        required=False, help_text="When it counts (RFC 3339); now where it is left out."
    )


class ChainOut(serializers.Serializer[object]):
    """A chain as it stands: what it booked and what it holds, oldest first."""

    id = PublicIdField(kind="chain", source="chain_id")
    status = serializers.ChoiceField(choices=["open", "voided", "reversed"])
    recorded_at = serializers.DateTimeField()
    transactions = TransactionOut(many=True)
    holds = HoldOut(many=True)
