"""What is booked: headers and their legs."""

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q

from .accounts import Account


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
    actor_kind = models.CharField(max_length=6, db_default="")  # who booked it
    actor_key = models.CharField(max_length=100, db_default="")
    chain_id = models.UUIDField(null=True)  # a group that stands or falls together
    metadata = models.JSONField(null=True)

    class Meta:
        """A source books each of its references once, for ever."""

        db_table = "ledger_transaction"
        permissions = (("reverse_transaction", "May reverse it"),)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "reference"], name="transaction_once"),
            models.CheckConstraint(
                name="transaction_not_future", condition=Q(effective_at__lte=F("recorded_at"))
            ),
        ]
        indexes: ClassVar = [
            models.Index("recorded_at", name="transaction_recorded_at"),  # lists, newest first
            BrinIndex("effective_at", name="transaction_effective_at"),  # activity by day
            models.Index(  # lists of one kind: the kinds that are rare
                "kind",
                "recorded_at",
                name="transaction_kind",
                condition=~Q(kind="transfer"),
            ),
            models.Index("chain_id", name="transaction_chain", condition=Q(chain_id__isnull=False)),
        ]

    def __str__(self) -> str:
        """Identify the transaction."""
        return f"transaction {self.public_id}"


class Entry(models.Model):
    """One leg: a debit or a credit, with the balance that it left and its place in the account.

    Append-only. `currency` is the account's (a composite foreign key holds it).
    """

    transaction = models.ForeignKey(  # the trigger `entries_apply` holds both keys: see the engine
        Transaction, models.PROTECT, related_name="entries", db_constraint=False
    )
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="entries", db_index=False, db_constraint=False
    )
    version = models.BigIntegerField()
    debit = models.BigIntegerField(default=0)
    credit = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    balance_after = models.BigIntegerField()

    class Meta:
        """The versions of an account have no twin; the rest is held by `entries_apply`."""

        db_table = "ledger_entry"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "version"], name="entry_version"),
        ]
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        """Identify the entry."""
        return f"{self.account_id}/{self.version}"
