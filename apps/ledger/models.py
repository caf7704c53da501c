"""Tables of the ledger. Shape and constraints here; the engine itself is in migrations/sql.

Balances move by a trigger on any insert of an entry, so that no path around the function exists.
"""

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

_KINDS = ("asset", "liability", "equity", "income", "expense")
_STATUSES = ("open", "frozen_debit", "frozen", "closed")
_OUTCOMES = ("captured", "voided", "expired")


class Account(models.Model):
    """One account of money in one currency. `holder_id` is opaque: the house above knows whose.

    `posted_minor` is on the account's normal side (asset, expense: debit; else credit); it and
    `version`, the gap-free count of its entries, are moved by the database alone.
    """

    public_id = models.UUIDField(unique=True)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=9, choices=[(kind, kind) for kind in _KINDS])
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=12, choices=[(s, s) for s in _STATUSES], default="open")
    holder_id = models.UUIDField(null=True, db_index=True)
    floor_minor = models.BigIntegerField(null=True)  # null: it may go as low as it likes
    posted_minor = models.BigIntegerField(default=0)
    version = models.BigIntegerField(default=0)
    opened_at = models.DateTimeField()
    over_capture = models.BooleanField(db_default=False)  # a capture may take more than its hold

    class Meta:
        """A balance keeps to its floor, and to zero once closed; permissions are row by row."""

        db_table = "ledger_account"
        constraints: ClassVar = [
            models.CheckConstraint(name="account_iso", condition=Q(currency__regex="^[A-Z]{3}$")),
            models.CheckConstraint(name="account_kind", condition=Q(kind__in=_KINDS)),
            models.CheckConstraint(name="account_status", condition=Q(status__in=_STATUSES)),
            models.CheckConstraint(
                name="account_floor",
                condition=Q(floor_minor__isnull=True) | Q(posted_minor__gte=F("floor_minor")),
            ),
            models.CheckConstraint(
                name="account_closed_empty", condition=~Q(status="closed") | Q(posted_minor=0)
            ),
            models.UniqueConstraint(fields=["id", "currency"], name="account_id_currency"),
        ]
        permissions = (("post_from", "May debit it"), ("view_balance", "May see its balance"))

    def __str__(self) -> str:
        """Identify the account without personal data."""
        return self.code


class Transaction(models.Model):
    """The header of a booked transaction. Append-only.

    The column `written_by` (xid8, of the database transaction that wrote it) is the database's: it
    refuses legs that come later, and orders sealing.
    """

    public_id = models.UUIDField(unique=True)
    kind = models.CharField(max_length=20)
    source = models.CharField(max_length=100)
    reference = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    effective_at = models.DateTimeField()  # when it counts
    recorded_at = models.DateTimeField()  # when we learned of it

    class Meta:
        """A source books each of its references once, for ever."""

        db_table = "ledger_transaction"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "reference"], name="transaction_once"),
            models.CheckConstraint(
                name="transaction_not_future", condition=Q(effective_at__lte=F("recorded_at"))
            ),
        ]
        indexes: ClassVar = [
            models.Index("recorded_at", name="transaction_recorded_at"),  # lists, newest first
            BrinIndex("effective_at", name="transaction_effective_at"),  # activity by day
        ]

    def __str__(self) -> str:
        """Identify the transaction."""
        return f"transaction {self.public_id}"


class Entry(models.Model):
    """One leg: a debit or a credit, with the balance that it left and its place in the account.

    Append-only. `currency` is the account's (a composite foreign key holds it).
    """

    transaction = models.ForeignKey(Transaction, models.PROTECT, related_name="entries")
    account = models.ForeignKey(  # its key in the database is (account, currency): the engine's
        Account, models.PROTECT, related_name="entries", db_index=False, db_constraint=False
    )
    version = models.BigIntegerField()
    debit = models.BigIntegerField(default=0)
    credit = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    balance_after = models.BigIntegerField()

    class Meta:
        """Exactly one side above zero; the versions of an account have no twin."""

        db_table = "ledger_entry"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="entry_one_side",
                condition=Q(debit__gt=0, credit=0) | Q(debit=0, credit__gt=0),
            ),
            models.UniqueConstraint(fields=["account", "version"], name="entry_version"),
        ]
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        """Identify the entry."""
        return f"{self.account_id}/{self.version}"


class Hold(models.Model):
    """Money of an account that is promised until `expires_at`, which extensions move. Append-only.

    It takes an end that comes by itself: what shall last for ever is a freeze, not a hold.
    """

    public_id = models.UUIDField(unique=True)
    account = models.ForeignKey(Account, models.PROTECT, related_name="holds")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    source = models.CharField(max_length=100)
    reference = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        """A source holds once under each of its references."""

        db_table = "ledger_hold"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "reference"], name="hold_once"),
            models.CheckConstraint(name="hold_positive", condition=Q(amount_minor__gt=0)),
            models.CheckConstraint(
                name="hold_ends_later", condition=Q(expires_at__gt=F("recorded_at"))
            ),
        ]

    def __str__(self) -> str:
        """Identify the hold."""
        return f"hold {self.public_id}"


class HoldExtension(models.Model):
    """A later end of a hold. Append-only."""

    hold = models.ForeignKey(Hold, models.PROTECT, related_name="extensions")
    expires_at = models.DateTimeField()
    source = models.CharField(max_length=100)
    reference = models.CharField(max_length=255)
    recorded_at = models.DateTimeField()

    class Meta:
        """A source extends once under each of its references."""

        db_table = "ledger_hold_extension"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "reference"], name="hold_extension_once"),
        ]

    def __str__(self) -> str:
        """Identify the extension."""
        return f"extension {self.pk} of hold {self.hold_id}"


class HoldCapture(models.Model):
    """Held money that a transaction moved, whole or in part. Append-only.

    It is written before its transaction, so that the money is free when the transaction asks for
    it; the foreign key is checked at COMMIT.
    """

    hold = models.ForeignKey(Hold, models.PROTECT, related_name="captures")
    transaction = models.OneToOneField(
        Transaction, models.PROTECT, to_field="public_id", related_name="capture"
    )
    amount_minor = models.BigIntegerField()
    final = models.BooleanField()  # what it leaves is free again
    recorded_at = models.DateTimeField()

    class Meta:
        """A capture takes something."""

        db_table = "ledger_hold_capture"
        constraints: ClassVar = [
            models.CheckConstraint(name="hold_capture_positive", condition=Q(amount_minor__gt=0)),
        ]

    def __str__(self) -> str:
        """Identify the capture."""
        return f"capture {self.pk} of hold {self.hold_id}"


class HoldEnd(models.Model):
    """How a hold ended, once. Append-only. `released_minor` is what became free without moving."""

    hold = models.OneToOneField(Hold, models.PROTECT, primary_key=True, related_name="end")
    outcome = models.CharField(max_length=8, choices=[(one, one) for one in _OUTCOMES])
    released_minor = models.BigIntegerField()
    source = models.CharField(max_length=100, blank=True)  # of who voided it
    reference = models.CharField(max_length=255, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        """The primary key is the hold: there is no second end."""

        db_table = "ledger_hold_end"
        constraints: ClassVar = [
            models.CheckConstraint(name="hold_end_outcome", condition=Q(outcome__in=_OUTCOMES)),
            models.CheckConstraint(name="hold_end_released", condition=Q(released_minor__gte=0)),
        ]

    def __str__(self) -> str:
        """Identify the end."""
        return f"end of hold {self.hold_id}"


class HoldOpen(models.Model):
    """What an open hold still keeps, and until when: moved by the database alone, like a balance.

    The rows above are the truth; this is their sum, so that a post need not read their history.
    """

    hold = models.OneToOneField(Hold, models.PROTECT, primary_key=True, related_name="open")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    left_minor = models.BigIntegerField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        """An open hold keeps something."""

        db_table = "ledger_hold_open"
        constraints: ClassVar = [
            models.CheckConstraint(name="hold_open_positive", condition=Q(left_minor__gt=0)),
        ]

    def __str__(self) -> str:
        """Identify the hold."""
        return f"hold {self.hold_id}, open"


class Reversal(models.Model):
    """A transaction (`transaction`) that undoes another (`reversed`), and why. Append-only."""

    transaction = models.OneToOneField(Transaction, models.PROTECT, related_name="reversal_of")
    reversed = models.ForeignKey(Transaction, models.PROTECT, related_name="reversals")
    whole = models.BooleanField()
    reason = models.CharField(max_length=500)
    recorded_at = models.DateTimeField()

    class Meta:
        """A transaction is reversed whole once, and never by itself."""

        db_table = "ledger_reversal"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["reversed"], condition=Q(whole=True), name="reversal_whole_once"
            ),
            models.CheckConstraint(name="reversal_reason", condition=~Q(reason__regex=r"^\s*$")),
            models.CheckConstraint(
                name="reversal_of_another", condition=~Q(transaction=F("reversed"))
            ),
        ]

    def __str__(self) -> str:
        """Identify the reversal."""
        return f"reversal {self.pk}"


class ReversalPart(models.Model):
    """How much of a leg a reversal undoes. Append-only; the engine holds the sum to the leg."""

    reversal = models.ForeignKey(Reversal, models.PROTECT, related_name="parts", db_index=False)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="reversed_by")
    amount_minor = models.BigIntegerField()

    class Meta:
        """A reversal has one part of a leg."""

        db_table = "ledger_reversal_part"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reversal", "entry"], name="reversal_part_once"),
            models.CheckConstraint(name="reversal_part_positive", condition=Q(amount_minor__gt=0)),
        ]

    def __str__(self) -> str:
        """Identify the part."""
        return f"part {self.pk} of reversal {self.reversal_id}"


class RollUp(models.Model):
    """What an account's entries of one effective and one recorded day (UTC) sum to. Append-only.

    A run adds up the entries since the run before; each entry is in exactly one row, whose versions
    lie between `first_version` and `last_version`.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    effective_on = models.DateField()
    recorded_on = models.DateField()
    first_version = models.BigIntegerField()
    last_version = models.BigIntegerField()
    entries = models.BigIntegerField()
    debit_minor = models.DecimalField(max_digits=30, decimal_places=0)  # a day's turnover may
    credit_minor = models.DecimalField(max_digits=30, decimal_places=0)  # pass what 64 bits hold

    class Meta:
        """An entry is added up once."""

        db_table = "ledger_roll_up"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "first_version"], name="roll_up_once"),
            models.CheckConstraint(
                name="roll_up_range", condition=Q(last_version__gte=F("first_version"))
            ),
        ]
        indexes: ClassVar = [
            models.Index("account", "last_version", name="roll_up_through"),
            models.Index("account", "effective_on", name="roll_up_effective"),
        ]

    def __str__(self) -> str:
        """Identify the roll-up."""
        return f"{self.account_id}/{self.effective_on}"
