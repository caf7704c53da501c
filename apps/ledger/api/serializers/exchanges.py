"""JSON shapes of exchanges."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.platform.rest import ExactSerializer, MoneyField, PublicIdField

from ...events import ConversionView
from ...rules import FEES_MAX, ROUNDINGS, rate_text
from .fields import MetadataField, RateField


class FeeIn(ExactSerializer):
    """What an exchange costs besides."""

    account_id = PublicIdField(kind="acct", help_text="The account that earns it.")
    amount = MoneyField(help_text="Of one of the two currencies: that side pays it.")


class ExchangeIn(ExactSerializer):
    """Body of POST /v1/ledger/exchanges: exactly one of `sell` and `buy`."""

    from_account_id = PublicIdField(kind="acct", help_text="The account that pays.")
    to_account_id = PublicIdField(kind="acct", help_text="The account that receives.")
    sell = MoneyField(required=False, help_text="What the one pays; the rate gives the rest.")
    buy = MoneyField(required=False, help_text="What the other receives; the rate gives the rest.")
    rate = RateField(help_text="Major units bought for one that is sold, exactly.")
    rate_source = serializers.CharField(max_length=100, help_text="Who quoted the rate.")
    quoted_at = serializers.DateTimeField(help_text="When it was quoted (RFC 3339).")
    rounding = serializers.ChoiceField(choices=ROUNDINGS, default="half_even")
    fees = serializers.ListField(child=FeeIn(), required=False, max_length=FEES_MAX)
    effective_at = serializers.DateTimeField(
        required=False, help_text="When it counts (RFC 3339); now where it is left out."
    )
    metadata = MetadataField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse both sides, and neither: one follows from the other."""
        if ("sell" in attrs) == ("buy" in attrs):
            told = "Say exactly one of sell and buy."
            raise serializers.ValidationError({"sell": told}, code="sides")
        return attrs


class RatioOut(serializers.Serializer[object]):
    """An exact ratio; its numbers are texts, for they may be larger than what JSON readers keep."""

    numerator = serializers.CharField()
    denominator = serializers.CharField()


class ConversionOut(serializers.Serializer[object]):
    """What an exchange sold and bought, and at what rate."""

    sold = MoneyField()
    bought = MoneyField()
    rate = RatioOut(help_text="Major units bought for one that is sold, in lowest terms.")
    rate_decimal = serializers.SerializerMethodField(
        help_text="The same; rounded to twelve digits where no decimal says it exactly."
    )
    fixes = serializers.ChoiceField(
        choices=["sell", "buy"], help_text="Which side was given; the other one is rounded."
    )
    rounding = serializers.ChoiceField(choices=ROUNDINGS)
    rate_source = serializers.CharField(source="source")
    quoted_at = serializers.DateTimeField()

    @extend_schema_field({"type": "string", "example": "1.0842"})
    def get_rate_decimal(self, found: ConversionView) -> str:
        """Return the rate as people read it."""
        return rate_text(found.rate)
