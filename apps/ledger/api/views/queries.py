"""What lists and statements may be asked, and the shapes that they answer in."""

from datetime import UTC, datetime, time, timedelta
from typing import Any, Final, TypeVar, cast

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from apps.platform.rest import ExactSerializer, PublicIdField, id_schema

from .. import serializers as shapes
from . import edge

_S = TypeVar("_S", bound=serializers.Serializer[object])
_BEGINNING: Final = datetime(1, 1, 1, tzinfo=UTC)
MOMENT: Final = {"type": "string", "description": "RFC 3339, or a date, UTC."}
CURSOR: Final = OpenApiParameter("cursor", str, description="`next_cursor` of the page before.")
PAGE: Final = [OpenApiParameter("limit", edge.LIMIT), CURSOR]
SINCE: Final = OpenApiParameter("from", MOMENT, description="A date: from its start on.")
UNTIL: Final = OpenApiParameter("to", MOMENT, description="Included; a date: to its end.")
OF_ACCOUNT: Final = OpenApiParameter("account", id_schema("acct"))


class StartField(shapes.MomentField):
    """A moment (RFC 3339), or a date, which stands for its start (UTC)."""

    def to_internal_value(self, value: object) -> datetime:
        """Return the moment."""
        found = super().to_internal_value(value)
        is_date = isinstance(value, str) and len(value) == len("YYYY-MM-DD")
        return datetime.combine(found.date(), time.min, tzinfo=UTC) if is_date else found


class _Query(ExactSerializer):
    """A query that holds what the contract names and nothing else: no filter is lost by a slip."""

    limit = serializers.CharField(required=False)
    cursor = serializers.CharField(required=False)


class _Between(_Query):
    """A query of a time from `from` to `to`."""

    def get_fields(self) -> dict[str, Any]:
        """Return the fields; `from` is a word of Python."""
        return {
            **super().get_fields(),
            "from": StartField(required=False),
            "to": shapes.MomentField(required=False),
        }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a time that ends before it begins."""
        if "from" in attrs and "to" in attrs and attrs["from"] > attrs["to"]:
            raise serializers.ValidationError({"to": "It lies before `from`."})
        return attrs


class EntryQuery(_Between):
    """What GET /v1/ledger/accounts/{id}/entries may be asked."""

    order = serializers.ChoiceField(choices=["recorded", "effective"], default="recorded")


class StatementQuery(_Between):
    """What GET /v1/ledger/accounts/{id}/statements may be asked."""

    limit = cursor = None  # type: ignore[assignment]
    known_at = shapes.MomentField(required=False)
    format = serializers.ChoiceField(choices=["json", "csv", "pdf"], required=False)

    def get_fields(self) -> dict[str, Any]:
        """Return the fields; both ends are asked for."""
        found = super().get_fields()
        for name in ("from", "to"):
            found[name].required = True
        return found


class AccountQuery(_Query):
    """What GET /v1/ledger/accounts may be asked."""

    currency = serializers.RegexField(r"^[A-Z]{3}\Z", required=False, trim_whitespace=False)
    kind = serializers.ChoiceField(
        choices=["asset", "liability", "equity", "income", "expense"], required=False
    )
    status = serializers.ChoiceField(
        choices=["open", "frozen_debit", "frozen", "closed"], required=False
    )
    code_prefix = serializers.CharField(max_length=40, required=False, trim_whitespace=False)
    sort = serializers.ChoiceField(choices=["id", "code"], default="id")

    def get_fields(self) -> dict[str, Any]:
        """Return the fields; `parent` is a word of the framework."""
        return {**super().get_fields(), "parent": PublicIdField(kind="acct", required=False)}


class HoldQuery(_Query):
    """What GET /v1/ledger/holds may be asked."""

    account = PublicIdField(kind="acct", required=False)
    status = serializers.ChoiceField(
        choices=["open", "captured", "voided", "expired"], required=False
    )


class TransferQuery(_Between):
    """What GET /v1/ledger/transfers may be asked."""

    account = PublicIdField(kind="acct", required=False)
    kind = serializers.CharField(max_length=20, required=False, trim_whitespace=False)
    reference = serializers.CharField(max_length=255, required=False, trim_whitespace=False)


class ListedEntryOut(shapes.EntryOut):
    """An entry in a list."""

    running_balance = serializers.IntegerField(
        source="running_minor", help_text="The balance after it, in the order of the list."
    )


class ListedEntryPage(serializers.Serializer[object]):
    """A page of entries, newest first."""

    data = ListedEntryOut(many=True)  # type: ignore[assignment]
    next_cursor = serializers.CharField(allow_null=True)


class AccountPage(serializers.Serializer[object]):
    """A page of accounts."""

    data = shapes.AccountOut(many=True)  # type: ignore[assignment]
    next_cursor = serializers.CharField(allow_null=True)


class HoldPage(serializers.Serializer[object]):
    """A page of holds, newest first."""

    data = shapes.HoldOut(many=True)  # type: ignore[assignment]
    next_cursor = serializers.CharField(allow_null=True)


class TransactionPage(serializers.Serializer[object]):
    """A page of transactions, the last recorded first."""

    data = shapes.TransactionOut(many=True)  # type: ignore[assignment]
    next_cursor = serializers.CharField(allow_null=True)


class MovementOut(serializers.Serializer[object]):
    """A movement on a statement, in minor units."""

    transaction_id = PublicIdField(kind="txn")
    effective_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    kind = serializers.CharField()
    reference = serializers.CharField(help_text="Of whoever booked it; empty: not for this reader.")
    counterparty = serializers.CharField(
        help_text="Code of the one account on the other side; empty: several, or not for this "
        "reader."
    )
    debit = serializers.IntegerField()
    credit = serializers.IntegerField()
    balance = serializers.IntegerField(help_text="What it leaves, on the account's normal side.")


class StatementOut(serializers.Serializer[object]):
    """A statement, in minor units on the account's normal side: opening + movements = closing."""

    account_id = PublicIdField(kind="acct")
    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    currency = serializers.CharField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    known_at = serializers.DateTimeField(allow_null=True, help_text="Null: as it is known now.")
    opening = serializers.IntegerField()
    closing = serializers.IntegerField()
    debit = serializers.IntegerField(help_text="Sum of the debits.")
    credit = serializers.IntegerField(help_text="Sum of the credits.")
    movements = MovementOut(many=True)


def asked(request: Request, shape: type[_S]) -> dict[str, Any]:
    """Return what a query asks. Raises ValidationError with the name of what is wrong."""
    query = shape(data=request.query_params.dict())
    query.is_valid(raise_exception=True)
    return cast("dict[str, Any]", query.validated_data)


def moment_as_key(at: datetime) -> int:
    """Return the microseconds since the year 1: a time as part of a cursor."""
    return (at - _BEGINNING) // timedelta(microseconds=1)


def key_as_moment(keys: tuple[int, ...] | None) -> tuple[datetime, int] | None:
    """Return the time and the number of a cursor. Raises ValidationError."""
    if keys is None:
        return None
    try:
        return _BEGINNING + timedelta(microseconds=keys[0]), keys[1]
    except OverflowError:
        raise serializers.ValidationError({"cursor": "This cursor did not come from us."}) from None
