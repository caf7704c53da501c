"""JSON shapes that the ledger alone has: rates, and what callers keep with a booking."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.platform.money import MINOR_MAX
from apps.platform.problems import Problem

from ... import rules

_NUMBER: Final = re.compile(r"[1-9][0-9]{0,17}")
_NUMBER_SCHEMA: Final = {
    "oneOf": [
        {"type": "string", "pattern": "^[1-9][0-9]{0,17}$"},
        {"type": "integer", "format": "int64", "minimum": 1, "maximum": 10**18 - 1},
    ]
}
_RATIO_SCHEMA: Final = {
    "type": "object",
    "required": ["numerator", "denominator"],
    "additionalProperties": False,
    "properties": {"numerator": _NUMBER_SCHEMA, "denominator": _NUMBER_SCHEMA},
}
_TEXT_SCHEMA: Final = {
    "type": "string",
    "pattern": r"^[0-9]{1,18}(\.[0-9]{1,18})?$",
    "example": "1.0842",
}
_METADATA_SCHEMA: Final = {
    "type": "object",
    "maxProperties": rules.METADATA_KEYS,
    "description": f"What you keep with it: names of {rules.METADATA_KEY}, plain values, 4 kB.",
    "additionalProperties": {
        "anyOf": [
            {"type": "string", "maxLength": rules.METADATA_TEXT, "nullable": True},
            {"type": "integer", "format": "int64", "minimum": -MINOR_MAX, "maximum": MINOR_MAX},
            {"type": "boolean"},
        ]
    },
    "example": {"order": "A-17", "attempt": 2},
}


@extend_schema_field({"oneOf": [_TEXT_SCHEMA, _RATIO_SCHEMA]})
class RateField(serializers.Field[Fraction, object, object, Fraction]):
    """A rate, taken exactly: a decimal text, or a ratio of two whole numbers; never a float."""

    def to_internal_value(self, data: object) -> Fraction:
        """Return the ratio."""
        try:
            match data:
                case str():
                    return rules.parse_rate(data)
                case {"numerator": numerator, "denominator": denominator, **rest} if not rest:
                    return rules.rate_of(_number(numerator), _number(denominator))
        except Problem as refusal:
            raise serializers.ValidationError(refusal.detail, code="rate") from refusal
        told = 'Expected a text such as "1.0842", or an object of numerator and denominator.'
        raise serializers.ValidationError(told, code="rate")


def _number(value: object) -> int:
    """Return a whole number above zero that was said as such or as its digits, else 0."""
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return int(value)
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return value if is_whole and 0 < value < 10**18 else 0  # type: ignore[operator,return-value]


@extend_schema_field(_METADATA_SCHEMA)
class MetadataField(serializers.Field[object, object, object, object]):
    """A small flat object."""

    def to_internal_value(self, data: object) -> Mapping[str, object]:
        """Return it as it is, or say what is wrong with it."""
        try:
            return rules.check_metadata(data)
        except Problem as refusal:
            raise serializers.ValidationError(refusal.detail, code="metadata") from refusal

    def to_representation(self, value: object) -> object:
        """Return it as it is."""
        return value
