"""JSON shapes: money, public ids, and a body of bounded size."""

import json
from collections.abc import Mapping
from math import isfinite
from typing import IO, Any, ClassVar, Never
from uuid import UUID

from django.conf import settings
from django.http import Http404
from drf_spectacular.extensions import (
    OpenApiSerializerExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction, extend_schema_field
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser

from apps.platform import ids
from apps.platform.money import CURRENCIES, MINOR_MAX, Money
from apps.platform.problems import Problem


class OtherRegion(Problem):
    """The id belongs to another cell."""

    slug, title, status = "region/misdirected", "Another region's id", 421


class TooLarge(APIException):
    """The body is larger than any request of this API."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The body is too large."


class BoundedJSONParser(JSONParser):
    """JSON as RFC 8259 means it, of at most DATA_UPLOAD_MAX_MEMORY_SIZE bytes.

    UTF-8 whatever charset is named, names once in each object, finite numbers, bounded depth: what
    two readers could take for two things is refused.
    """

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Refuse by the declared length, before a byte is read; WSGI never reads past it."""
        request = (parser_context or {})["request"]
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge
        try:
            parsed: dict[str, Any] = json.loads(
                stream.read().decode("utf-8"),
                object_pairs_hook=_named_once,
                parse_float=_finite,
                parse_constant=_refuse_constant,
            )
        except (ValueError, RecursionError) as error:
            told = str(error) if isinstance(error, ValueError) else "nested too deeply"
            raise ParseError(f"The body is not JSON that we read: {told}.") from error
        return parsed


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name comes twice in one object")
    return found


def _finite(text: str) -> float:
    if not isfinite(number := float(text)):
        raise ValueError("a number is too large")
    return number


def _refuse_constant(text: str) -> Never:
    raise ValueError(f"{text} is no number")


_MONEY_SCHEMA = {
    "type": "object",
    "required": ["amount", "currency"],
    "additionalProperties": False,
    "properties": {
        "amount": {
            "type": "integer",
            "format": "int64",
            "minimum": 1,
            "maximum": MINOR_MAX,
            "description": "Minor units: 1050 is 10.50 EUR, and 1050 JPY.",
        },
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "example": "EUR"},
    },
}


@extend_schema_field(_MONEY_SCHEMA)
class MoneyField(serializers.Field[Money, object, dict[str, object], Money]):
    """{"amount": 1050, "currency": "EUR"}: a positive integer of minor units, nothing coerced."""

    default_error_messages: ClassVar = {
        "shape": "Expected an object of two: amount, a positive integer of minor units; "
        "currency, an ISO 4217 code."
    }

    def to_internal_value(self, data: object) -> Money:
        """Return the Money; strings, floats, booleans and unknown currencies are refused."""
        match data:
            case {"amount": int(minor), "currency": str(code), **rest} if not rest:
                if 0 < minor <= MINOR_MAX and not isinstance(minor, bool) and code in CURRENCIES:
                    return Money(minor, code)
        raise serializers.ValidationError(self.error_messages["shape"], code="shape")

    def to_representation(self, value: Money) -> dict[str, object]:
        """Return the JSON object."""
        return {"amount": value.minor, "currency": value.currency}


class ExactSerializer(serializers.Serializer[object]):
    """A body that holds what the contract names and nothing else.

    A misspelt option is told, and never taken for an option left out.
    """

    def to_internal_value(self, data: object) -> dict[str, Any]:
        """Return the values; a name that the contract does not know is refused."""
        if isinstance(data, Mapping) and (unknown := sorted(data.keys() - self.fields.keys())):
            told = dict.fromkeys(unknown, "The contract knows no such name.")
            raise serializers.ValidationError(told, code="unknown")
        values: dict[str, Any] = super().to_internal_value(data)
        return values


class ExactSchema(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """How the contract tells that a body is exact."""

    target_class = ExactSerializer
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        """Return the usual schema, closed."""
        usual = auto_schema._map_serializer(  # type: ignore[no-untyped-call]  # noqa: SLF001
            self.target, direction, bypass_extensions=True
        )
        return {**usual, "additionalProperties": False}


def public_id(kind: str, value: UUID) -> str:
    """Return the public id of a row of this cell."""
    return ids.encode(kind, value, region=settings.PROBITY_REGION)


def _own(text: str, *, kind: str) -> UUID:
    region, value = ids.decode(text, kind=kind)
    if region != settings.PROBITY_REGION:
        raise OtherRegion(f"this id is served in region {region}", region=region)
    return value


def id_from_path(text: str, *, kind: str) -> UUID:
    """Return the UUID of an id in a path. Raises Http404 (no such id) or OtherRegion (421)."""
    try:
        return _own(text, kind=kind)
    except ids.MalformedId as error:
        raise Http404 from error


def id_schema(kind: str) -> dict[str, str]:
    """Return the OpenAPI schema of a public id of this kind."""
    return {"type": "string", "pattern": f"^{kind}_[a-z]{{2,8}}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$"}


class PublicIdField(serializers.Field[UUID, str, str, UUID]):
    """`acct_eu_…` outside, a UUID inside."""

    default_error_messages: ClassVar = {
        "id": "Expected an id of the form {kind}_{region}_<26 characters>."
    }

    def __init__(self, *, kind: str, **kwargs: Any) -> None:
        """Name the kind of thing that the id stands for (`acct`, `txn`)."""
        self.kind = kind
        super().__init__(**kwargs)

    def to_internal_value(self, data: object) -> UUID:
        """Return the UUID. Raises OtherRegion (421) for another cell's id."""
        try:
            return _own(data if isinstance(data, str) else "", kind=self.kind)
        except ids.MalformedId:
            self.fail("id", kind=self.kind, region=settings.PROBITY_REGION)

    def to_representation(self, value: UUID) -> str:
        """Return the public id."""
        return public_id(self.kind, value)


class PublicIdSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """How the contract tells a public id: by the pattern of its kind."""

    target_class = PublicIdField

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, str]:
        """Return the pattern."""
        return id_schema(self.target.kind)
