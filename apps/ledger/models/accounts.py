"""Accounts: one balance in one currency each."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

_KINDS = ("asset", "liability", "equity", "income", "expense")
_STATUSES = ("open", "frozen_debit", "frozen", "closed")
_MODES = ("plain", "slots", "deferred")


class Account(models.Model):
    """One account of money in one currency. `holder_id` is opaque: the house above knows whose.

    `posted_minor` is on the account's normal side (asset, expense: debit; else credit); it and
    `version`, the gap-free count of its entries, are moved by the database alone, and so is
    `held_minor`.
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
    held_minor = models.BigIntegerField(default=0, db_default=0)  # by open holds, lapsed ones too
    opened_at = models.DateTimeField()
    over_capture = models.BooleanField(db_default=False)  # a capture may take more than its hold
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    ceiling_minor = models.BigIntegerField(null=True)  # null: as high as it likes
    bounds_due_at = models.DateTimeField(null=True)  # when floor and ceiling change next
    limited = models.BooleanField(db_default=False)  # spending limits stand on it: see Limit
    mode = models.CharField(
        max_length=8, choices=[(mode, mode) for mode in _MODES], db_default="plain"
    )
    slot_of = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="slots", db_index=False
    )
    slot = models.SmallIntegerField(null=True)  # from 0, of an account that many write to
    metadata = models.JSONField(db_default={})

    class Meta:
        """What an account may be is held by `account_guard`; permissions are row by row."""

        db_table = "ledger_account"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "currency"], name="account_id_currency"),
            models.UniqueConstraint(fields=["slot_of", "slot"], name="account_slot_once"),
        ]
        permissions = (
            ("post_from", "May debit it"),
            ("view_balance", "May see its balance"),
            ("freeze_account", "May freeze and thaw it"),
            ("close_account", "May close it"),
        )

    def __str__(self) -> str:
        """Identify the account without personal data."""
        return self.code


class AccountBound(models.Model):
    """How low and how high an account may go from `effective_at` on. Append-only.

    The account's own `floor_minor` and `ceiling_minor` are the bound in force; the engine moves
    them on when `bounds_due_at` has come, at the latest with the next booking.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="bounds", db_index=False)
    floor_minor = models.BigIntegerField(null=True)
    ceiling_minor = models.BigIntegerField(null=True)
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        """The newest row of a moment counts."""

        db_table = "ledger_account_bound"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="account_bound_order",
                condition=Q(floor_minor__isnull=True)
                | Q(ceiling_minor__isnull=True)
                | Q(floor_minor__lte=F("ceiling_minor")),
            ),
            models.CheckConstraint(
                name="account_bound_not_past", condition=Q(effective_at__gte=F("recorded_at"))
            ),
        ]
        indexes: ClassVar = [
            models.Index("account", "effective_at", "id", name="account_bound_in_force"),
        ]

    def __str__(self) -> str:
        """Identify the bound."""
        return f"bound {self.pk} of account {self.account_id}"
