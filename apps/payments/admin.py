"""Staff screens of payments: read-only tables that show whether bank and ledger agree."""

from typing import ClassVar

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin

from apps.platform.money import Money, grouped
from apps.platform.screens import ReadOnly

from . import rules, selectors
from .models import BankAccount, Statement, StatementEntry


def _amount(minor: int, currency: str) -> str:
    """Return the amount with grouped thousands and its currency: `-1,234.50 EUR`."""
    return f"{grouped(Money(minor, currency))} {currency}"


class _ReadOnly(ReadOnly, ModelAdmin):
    """Nobody adds, changes or deletes here: the import does, and the tables are append-only."""

    actions = None
    show_full_result_count = False


@admin.register(BankAccount)
class BankAccountAdmin(_ReadOnly):
    """Our accounts at banks: what the ledger says, what the bank's last statement says."""

    list_display = ("account", "currency", "ledger_balance", "closing_balance", "agrees")
    list_filter = ("currency",)
    search_fields: ClassVar = ["identification__exact", "identification__endswith"]
    search_help_text = "The account's identification, or its end"
    ordering = ("pk",)
    fields = ("account", "currency", "ledger_balance", "closing_balance", "agrees", "opened_at")

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Fetch the balances of the whole page at once."""
        page: ChangeList = super().get_changelist_instance(request)
        rows = list(page.result_list)
        found = selectors.positions(accounts=rows)
        for row in rows:
            row.position = found[row.pk]
        return page

    @admin.display(description="Account")
    def account(self, row: BankAccount) -> str:
        """Show the end of the identification."""
        return rules.mask(row.identification)

    @admin.display(description="Ledger balance")
    def ledger_balance(self, row: BankAccount) -> str:
        """Show what our books say."""
        return _amount(_position(row).ledger.minor, row.currency)

    @admin.display(description="Last statement closes at")
    def closing_balance(self, row: BankAccount) -> str:
        """Show what the bank says."""
        closing = _position(row).closing
        return "" if closing is None else _amount(closing.minor, row.currency)

    @admin.display(description="They agree", boolean=True)
    def agrees(self, row: BankAccount) -> bool:
        """Show whether the two are one figure."""
        return _position(row).agrees


def _position(row: BankAccount) -> selectors.Position:
    """Return what the list has fetched for the row, or fetch it for one shown alone."""
    found: selectors.Position | None = getattr(row, "position", None)
    return found or selectors.positions(accounts=[row])[row.pk]


@admin.register(Statement)
class StatementAdmin(_ReadOnly):
    """Imported statements, newest first; each adds up, and continues the one before."""

    list_display = (
        "__str__",
        "bank_account",
        "closing_day",
        "opening",
        "booked",
        "closing",
        "entry_count",
    )
    list_filter = (("bank_account", admin.RelatedOnlyFieldListFilter), "file__format")
    list_select_related = ("bank_account", "file")
    search_fields: ClassVar = ["identification", "bank_account__identification"]
    search_help_text = "The statement's or the account's identification"
    date_hierarchy = "closing_day"
    ordering = ("-pk",)
    fields = (
        "bank_account",
        "identification",
        "opening_day",
        "closing_day",
        "opening",
        "booked",
        "closing",
        "entries",
        "pending_count",
        "follows",
        "file",
        "recorded_at",
    )
    readonly_fields = ("opening", "booked", "closing", "entries", "follows")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Statement]:
        """Bring the account along: its currency shows the amounts."""
        found: QuerySet[Statement] = super().get_queryset(request)
        return found.select_related("bank_account", "previous")

    @admin.display(description="Opening balance")
    def opening(self, row: Statement) -> str:
        """Show the balance before the entries."""
        return _amount(row.opening_minor, row.bank_account.currency)

    @admin.display(description="Entries booked")
    def booked(self, row: Statement) -> str:
        """Show the sum of the entries."""
        return _amount(row.booked_minor, row.bank_account.currency)

    @admin.display(description="Closing balance", ordering="closing_minor")
    def closing(self, row: Statement) -> str:
        """Show the balance after the entries."""
        return _amount(row.closing_minor, row.bank_account.currency)

    @admin.display(description="Entries")
    def entries(self, row: Statement) -> str:
        """Lead to the list of the entries."""
        link = reverse("admin:payments_statemententry_changelist")
        return format_html(
            '{} · <a class="underline" href="{}?statement__id__exact={}">show them</a>',
            f"{row.entry_count:,}",
            link,
            row.pk,
        )

    @admin.display(description="Follows")
    def follows(self, row: Statement) -> str:
        """Name the statement before."""
        return "the opening of the account" if row.previous is None else str(row.previous)


@admin.register(StatementEntry)
class StatementEntryAdmin(_ReadOnly):
    """Entries as the bank booked them; names and remittance information are not kept."""

    list_display = (
        "statement",
        "position",
        "booking_day",
        "value_day",
        "amount",
        "bank_reference",
        "transaction",
    )
    list_filter = (("statement__bank_account", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("statement__bank_account",)
    search_fields: ClassVar = ["bank_reference", "transaction_id__exact"]
    search_help_text = "The bank's reference, or a transaction id"
    date_hierarchy = "booking_day"
    ordering = ("-statement", "position")
    fields = list_display
    readonly_fields = ("amount", "transaction")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow the link from a statement to its own entries."""
        return lookup == "statement__id__exact" or bool(
            super().lookup_allowed(lookup, value, request)
        )

    @admin.display(description="Amount", ordering="amount_minor")
    def amount(self, row: StatementEntry) -> str:
        """Show the amount; what came in is positive."""
        return _amount(row.amount_minor, row.statement.bank_account.currency)

    @admin.display(description="Transaction")
    def transaction(self, row: StatementEntry) -> str:
        """Name the ledger's transaction; information without an amount has none."""
        return "" if row.transaction_id is None else str(row.transaction_id)
