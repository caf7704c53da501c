"""JSON shapes of the ledger API: plain Serializers, amounts as integer minor units."""

import re
from datetime import UTC, date, datetime, time
from typing import Final

from rest_framework import serializers

from apps.platform.money import MINOR_MAX
from apps.platform.rest import ExactSerializer, MoneyField, PublicIdField

from ...rules import BATCH_MAX, LEGS_MAX
from .exchanges import ConversionOut
from .fields import MetadataField

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class MomentField(serializers.DateTimeField):
    """A moment (RFC 3339), or a date, which stands for its end (UTC)."""

    def to_internal_value(self, value: object) -> datetime:
        """Return the moment."""
        if isinstance(value, str) and _DATE.fullmatch(value):
            try:
                day = date.fromisoformat(value)
            except ValueError:
                self.fail("invalid", format="YYYY-MM-DD")
            return datetime.combine(day, time.max, tzinfo=UTC)
        return super().to_internal_value(value)  # type: ignore[arg-type]


class TransferIn(ExactSerializer):
    """Body of POST /v1/ledger/transfers."""

    debit_account_id = PublicIdField(kind="acct", help_text="The account that is debited.")
    credit_account_id = PublicIdField(kind="acct", help_text="The account that is credited.")
    amount = MoneyField()
    effective_at = serializers.DateTimeField(
        required=False, help_text="When it counts (RFC 3339); now where it is left out."
    )
    metadata = MetadataField(required=False)


class TransferOut(serializers.Serializer[object]):
    """A transfer."""

    id = PublicIdField(kind="txn", source="transaction_id")
    debit_account_id = PublicIdField(kind="acct")
    credit_account_id = PublicIdField(kind="acct")
    amount = MoneyField()
    effective_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    metadata = MetadataField(default=dict)


class LegOut(serializers.Serializer[object]):
    """One leg: exactly one of debit and credit is above zero, in minor units."""

    account_id = PublicIdField(kind="acct")
    version = serializers.IntegerField(
        help_text="Its place among the account's entries: with the account, it names the leg."
    )
    debit = serializers.IntegerField(source="debit_minor")
    credit = serializers.IntegerField(source="credit_minor")
    currency = serializers.CharField()


class ReversalOut(serializers.Serializer[object]):
    """A link between a transaction and the one that reverses it."""

    reversed_id = PublicIdField(kind="txn")
    transaction_id = PublicIdField(kind="txn", help_text="The transaction that reverses.")
    whole = serializers.BooleanField()
    reason = serializers.CharField()
    recorded_at = serializers.DateTimeField()


class TransactionOut(serializers.Serializer[object]):
    """A booked transaction with its legs."""

    id = PublicIdField(kind="txn", source="transaction_id")
    kind = serializers.CharField()
    effective_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    legs = LegOut(many=True)
    reverses = ReversalOut(allow_null=True)
    reversed_by = ReversalOut(many=True)
    metadata = MetadataField()
    chain_id = PublicIdField(
        kind="chain", allow_null=True, help_text="The chain that it stands or falls with."
    )
    conversion = ConversionOut(allow_null=True, help_text="The rate of an exchange.")


class AccountOut(serializers.Serializer[object]):
    """A ledger account; who its holder is, the ledger does not know."""

    id = PublicIdField(kind="acct", source="account_id")
    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=["asset", "liability", "equity", "income", "expense"])
    currency = serializers.CharField()
    status = serializers.ChoiceField(choices=["open", "frozen_debit", "frozen", "closed"])
    floor = serializers.IntegerField(
        source="floor_minor", allow_null=True, help_text="Minor units; null: no floor."
    )


class BalanceQuery(serializers.Serializer[object]):
    """What GET /v1/ledger/accounts/{id}/balance may be asked."""

    as_of = MomentField(required=False)
    known_at = MomentField(required=False)


class BalanceOut(serializers.Serializer[object]):
    """What stands on the account, in minor units on its normal side.

    Asked of another time, held and available are of `as_of`, or where it is left out of `known_at`.
    """

    account_id = PublicIdField(kind="acct")
    currency = serializers.CharField()
    posted = serializers.IntegerField(source="posted_minor")
    held = serializers.IntegerField(source="held_minor", help_text="What open holds keep.")
    pending = serializers.IntegerField(
        source="pending_minor", help_text="Posted, less what is held: when all holds are captured."
    )
    available = serializers.IntegerField(
        source="available_minor",
        allow_null=True,
        help_text="What may be taken out: posted, less held, less the floor; null: no floor.",
    )
    version = serializers.IntegerField(help_text="How many entries the balance counts.")
    as_of = serializers.DateTimeField(help_text="It counts what took effect by then.")
    known_at = serializers.DateTimeField(help_text="It counts what was known by then.")


class EntryOut(LegOut):
    """An entry of the account, with the balance that it left."""

    transaction_id = PublicIdField(kind="txn")
    balance_after = serializers.IntegerField(
        source="balance_after_minor", help_text="What it left when it was booked."
    )
    effective_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()


class JournalLegIn(ExactSerializer):
    """One leg of a journal."""

    account_id = PublicIdField(kind="acct")
    side = serializers.ChoiceField(choices=["debit", "credit"])
    amount = MoneyField()


class JournalIn(ExactSerializer):
    """Body of POST /v1/ledger/journals."""

    legs = serializers.ListField(
        child=JournalLegIn(),
        min_length=2,
        max_length=LEGS_MAX,
        help_text="Debits equal credits in each currency.",
    )
    effective_at = serializers.DateTimeField(
        required=False, help_text="When it counts (RFC 3339); now where it is left out."
    )
    metadata = MetadataField(required=False)


def reference_field() -> serializers.RegexField:
    """Return the field by which a line of a batch or chain is called."""
    return serializers.RegexField(
        r"^[!-~]{1,255}$",
        help_text="How you call it: what was posted under it is never posted again.",
    )


class BatchLineIn(TransferIn):
    """One transfer of a batch."""

    reference = reference_field()


class BatchIn(ExactSerializer):
    """Body of POST /v1/ledger/batches."""

    mode = serializers.ChoiceField(
        choices=["all", "each"],
        help_text="all: every transfer or none; each: every transfer on its own.",
    )
    transfers = serializers.ListField(
        child=BatchLineIn(), min_length=1, max_length=BATCH_MAX, help_text="In their order."
    )


class BatchLineOut(serializers.Serializer[object]):
    """What became of one transfer of a batch."""

    reference = serializers.CharField()
    status = serializers.ChoiceField(choices=["posted", "replayed", "refused"])
    id = PublicIdField(kind="txn", allow_null=True, help_text="Null: it was refused.")
    code = serializers.CharField(allow_null=True, help_text="Why it was refused.")
    detail = serializers.CharField(allow_null=True)
    reason = serializers.CharField(
        allow_null=True, help_text="A guard's own code, of a line that a guard refused."
    )


class BatchOut(serializers.Serializer[object]):
    """What became of each transfer, in their order."""

    results = BatchLineOut(many=True)


class PartIn(ExactSerializer):
    """How much of a leg is reversed."""

    account_id = PublicIdField(kind="acct")
    version = serializers.IntegerField(min_value=1, max_value=MINOR_MAX)
    amount = serializers.IntegerField(min_value=1, max_value=MINOR_MAX, help_text="Minor units.")


class ReversalIn(ExactSerializer):
    """Body of POST /v1/ledger/reversals."""

    transaction_id = PublicIdField(kind="txn", help_text="What is reversed.")
    reason = serializers.CharField(max_length=500, help_text="Why; it names no person.")
    parts = serializers.ListField(
        child=PartIn(),
        required=False,
        min_length=2,
        max_length=LEGS_MAX,
        help_text="Which legs, and how much of each; the whole transaction where it is left out.",
    )
    effective_at = serializers.DateTimeField(
        required=False, help_text="When it counts (RFC 3339); now where it is left out."
    )


class HoldIn(ExactSerializer):
    """Body of POST /v1/ledger/holds."""

    account_id = PublicIdField(kind="acct", help_text="The account whose money is held.")
    amount = MoneyField()
    expires_at = serializers.DateTimeField(help_text="When the hold ends by itself (RFC 3339).")


class CaptureIn(ExactSerializer):
    """Body of POST /v1/ledger/holds/{id}/captures."""

    to_account_id = PublicIdField(kind="acct", help_text="Where the money goes.")
    amount = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=MINOR_MAX,
        help_text="Minor units of the hold's currency; all that is left where it is left out.",
    )
    final = serializers.BooleanField(
        default=False, help_text="Whether what is left afterwards is available again."
    )
    effective_at = serializers.DateTimeField(
        required=False, help_text="When it counts (RFC 3339); now where it is left out."
    )


class ExtensionIn(ExactSerializer):
    """Body of POST /v1/ledger/holds/{id}/extensions."""

    expires_at = serializers.DateTimeField(help_text="A later end than the hold has.")


class CaptureOut(serializers.Serializer[object]):
    """A capture of a hold, in minor units."""

    transaction_id = PublicIdField(kind="txn")
    amount = serializers.IntegerField(source="amount_minor")
    recorded_at = serializers.DateTimeField()


class HoldOut(serializers.Serializer[object]):
    """A hold as it stands, in minor units."""

    id = PublicIdField(kind="hold", source="hold_id")
    account_id = PublicIdField(kind="acct")
    currency = serializers.CharField()
    amount = serializers.IntegerField(source="amount_minor")
    left = serializers.IntegerField(
        source="left_minor", help_text="What it still keeps from being spent."
    )
    status = serializers.ChoiceField(choices=["open", "captured", "voided", "expired"])
    expires_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    captures = CaptureOut(many=True)
    chain_id = PublicIdField(
        kind="chain", allow_null=True, help_text="The chain that it stands or falls with."
    )


class LimitOut(serializers.Serializer[object]):
    """A limit of an account: what may leave it, or come in."""

    id = serializers.UUIDField(source="limit_id")
    direction = serializers.ChoiceField(choices=["out", "in"])
    period = serializers.ChoiceField(
        choices=["transaction", "days", "month"],
        help_text="In one transaction, in the last `days` (UTC, today is one), in a month.",
    )
    days = serializers.IntegerField()
    scope = serializers.ChoiceField(
        choices=["all", "each", "one"],
        help_text="All counterparties together, each on its own, or `counterparty_id` alone.",
    )
    counterparty_id = PublicIdField(
        kind="acct", allow_null=True, help_text="Null too where the client may not see it."
    )
    measure = serializers.ChoiceField(
        choices=["amount", "count"], help_text="Minor units, or how many transactions."
    )
    maximum = serializers.IntegerField(allow_null=True, help_text="Null: no limit for that time.")
    effective_from = serializers.DateTimeField()
    effective_until = serializers.DateTimeField(allow_null=True)
    in_force = serializers.BooleanField(help_text="False: it is to come.")
    used = serializers.IntegerField(
        allow_null=True, help_text="Of `each`, what the one has used that has used most."
    )
    left = serializers.IntegerField(allow_null=True)


class LimitList(serializers.Serializer[object]):
    """The limits of an account that are in force, and those to come."""

    data = LimitOut(many=True)  # type: ignore[assignment]


class ProblemOut(serializers.Serializer[object]):
    """RFC 9457 problem details."""

    type = serializers.CharField()
    code = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    request_id = serializers.CharField()
    errors = serializers.ListField(  # type: ignore[assignment]
        child=serializers.DictField(), required=False
    )
