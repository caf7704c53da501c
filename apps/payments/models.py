"""Tables of payments: bank accounts of ours and the statements that prove them. All append-only.

Shape and constraints here; the triggers that hold sums and chains, and the grants, are in
migrations/sql. No table holds a counterparty's name or remittance information.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

_ISO = Q(currency__regex="^[A-Z]{3}$")


class BankAccount(models.Model):
    """An account of ours at a bank, in one currency; its money is a ledger account (an asset)."""

    public_id = models.UUIDField(unique=True)
    identification = models.CharField(max_length=64)  # IBAN or what the bank calls it
    currency = models.CharField(max_length=3)
    ledger_account_id = models.UUIDField(unique=True)
    opened_at = models.DateTimeField()

    class Meta:
        """One for each identification and currency."""

        db_table = "payments_bank_account"
        default_permissions = ("view",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["identification", "currency"], name="payments_bank_account_once"
            ),
            models.CheckConstraint(name="payments_bank_account_iso", condition=_ISO),
            models.CheckConstraint(
                name="payments_bank_account_named", condition=~Q(identification="")
            ),
        ]

    def __str__(self) -> str:
        """Show the end of the identification."""
        return f"…{self.identification[-4:]} {self.currency}"


class StatementFile(models.Model):
    """A file that was imported, whole. Its hash is what makes a second import do nothing."""

    public_id = models.UUIDField(unique=True)
    sha256 = models.CharField(max_length=64, unique=True)
    format = models.CharField(max_length=20)
    size = models.BigIntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        """A file comes once."""

        db_table = "payments_statement_file"
        default_permissions = ("view",)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="payments_statement_file_hash", condition=Q(sha256__regex="^[0-9a-f]{64}$")
            ),
        ]

    def __str__(self) -> str:
        """Show the beginning of the hash."""
        return self.sha256[:12]


class Statement(models.Model):
    """One statement that adds up; `previous` is the statement of the account it follows.

    Minor units; credits to us are positive. `booked_minor` is the sum of the `entry_count` entries.
    """

    public_id = models.UUIDField(unique=True)
    file = models.ForeignKey(StatementFile, models.PROTECT, related_name="statements")
    bank_account = models.ForeignKey(BankAccount, models.PROTECT, related_name="statements")
    previous = models.OneToOneField("self", models.PROTECT, null=True, related_name="+")
    identification = models.CharField(max_length=64, blank=True)
    number = models.BigIntegerField(default=0)
    page = models.BigIntegerField(default=0)
    identity = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    opening_day = models.DateField()
    closing_day = models.DateField()
    opening_minor = models.BigIntegerField()
    booked_minor = models.BigIntegerField()
    closing_minor = models.BigIntegerField()
    entry_count = models.IntegerField()
    pending_count = models.IntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        """It adds up; it comes once; an account has one first statement and no forks after it."""

        db_table = "payments_statement"
        default_permissions = ("view",)
        permissions = (("import_statement", "May import bank statements"),)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="payments_statement_adds_up",
                condition=Q(closing_minor=F("opening_minor") + F("booked_minor")),
            ),
            models.CheckConstraint(
                name="payments_statement_counts",
                condition=Q(entry_count__gte=0) & Q(pending_count__gte=0),
            ),
            models.UniqueConstraint(
                fields=["bank_account", "identity"], name="payments_statement_once"
            ),
            models.UniqueConstraint(
                fields=["bank_account"],
                condition=Q(previous__isnull=True),
                name="payments_statement_one_first",
            ),
        ]

    def __str__(self) -> str:
        """Show the bank's name for it."""
        return self.identification or str(self.public_id)


class StatementEntry(models.Model):
    """One booked line of a statement; credits to us are positive.

    `transaction_id` names the ledger's transaction; a line of nothing (some banks send information
    that way) has none.
    """

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="entries")
    position = models.IntegerField()
    booking_day = models.DateField()
    value_day = models.DateField()
    amount_minor = models.BigIntegerField()
    bank_reference = models.CharField(max_length=35, blank=True)
    transaction_id = models.UUIDField(null=True, unique=True)

    class Meta:
        """Numbered from 1; what has an amount has a transaction."""

        db_table = "payments_statement_entry"
        default_permissions = ("view",)
        verbose_name_plural = "statement entries"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["statement", "position"], name="payments_statement_entry_position"
            ),
            models.CheckConstraint(
                name="payments_statement_entry_counts_from_one", condition=Q(position__gte=1)
            ),
            models.CheckConstraint(
                name="payments_statement_entry_booked",
                condition=Q(amount_minor=0, transaction_id__isnull=True)
                | (~Q(amount_minor=0) & Q(transaction_id__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        """Identify the entry."""
        return f"{self.statement_id}/{self.position}"
