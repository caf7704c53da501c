"""Transactions with their legs."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from unfold.admin import ModelAdmin, TabularInline

from apps.platform.money import Money, grouped
from apps.platform.rest import public_id

from ..models import Entry, Reversal, Transaction
from .read_only import ReadOnly


class EntryInline(ReadOnly, TabularInline):
    """The legs of a transaction."""

    model = Entry
    extra = 0
    can_delete = False
    hide_title = True
    fields = readonly_fields = ("account", "debit_amount", "credit_amount", "balance", "version")
    verbose_name_plural = "legs"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        """Fetch the accounts along, debits first."""
        legs: QuerySet[Entry] = super().get_queryset(request)
        return legs.select_related("account").order_by("-debit", "pk")

    @admin.display(description="debit")
    def debit_amount(self, entry: Entry) -> str:
        """Show the debit, if it is one."""
        return grouped(Money(entry.debit, entry.currency)) if entry.debit else ""

    @admin.display(description="credit")
    def credit_amount(self, entry: Entry) -> str:
        """Show the credit, if it is one."""
        return grouped(Money(entry.credit, entry.currency)) if entry.credit else ""

    @admin.display(description="balance after")
    def balance(self, entry: Entry) -> str:
        """Show what the leg left on its account."""
        return grouped(Money(entry.balance_after, entry.currency))


def _link(link: Reversal, to: Transaction) -> str:
    """Return a link to the other side of a reversal."""
    url = reverse("admin:ledger_transaction_change", args=[to.pk])
    how = "whole" if link.whole else "in part"
    return format_html('<a href="{}">{}</a> ({}): {}', url, to.public_id, how, link.reason)


@admin.register(Transaction)
class TransactionAdmin(ReadOnly, ModelAdmin):
    """Transactions, newest first."""

    list_display = ("recorded_at", "kind", "amount", "source", "effective_at", "api_id")
    list_filter = ("kind", "effective_at")
    search_fields = ("public_id", "reference", "source")
    ordering = ("-recorded_at", "-pk")
    date_hierarchy = "effective_at"
    list_per_page = 50
    show_full_result_count = False
    inlines = (EntryInline,)
    fields = (
        "api_id", "kind", "source", "reference", "effective_at", "recorded_at", "reverses",
        "reversed_by",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transaction]:
        """Fetch the legs along: one query for the page, not one for each row."""
        headers: QuerySet[Transaction] = super().get_queryset(request)
        return headers.prefetch_related("entries")

    @admin.display(description="amount")
    def amount(self, transaction: Transaction) -> str:
        """Show the sum of the debits."""
        legs = list(transaction.entries.all())
        total = sum(leg.debit for leg in legs)
        return f"{grouped(Money(total, legs[0].currency))} {legs[0].currency}" if legs else ""

    @admin.display(description="reverses")
    def reverses(self, transaction: Transaction) -> str:
        """Link to what it undoes, with the reason."""
        link = Reversal.objects.filter(transaction=transaction).first()
        return "-" if link is None else _link(link, link.reversed)

    @admin.display(description="reversed by")
    def reversed_by(self, transaction: Transaction) -> str:
        """Link to what undid it, with the reasons."""
        links = transaction.reversals.select_related("transaction").order_by("pk")
        return (
            format_html_join("; ", "{}", ((_link(one, one.transaction),) for one in links)) or "-"
        )

    @admin.display(description="API id")
    def api_id(self, transaction: Transaction) -> str:
        """Show the id that the API speaks of."""
        return public_id("txn", transaction.public_id)
