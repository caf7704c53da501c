"""Transactions: a list, and for each a page that reads like a journal voucher."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern

from apps.platform.money import Money, decimal, grouped
from apps.platform.rest import public_id
from apps.platform.screens import Cell

from .. import selectors
from ..models import Transaction
from . import reversing, voucher
from .read_only import PageAdmin


@admin.register(Transaction)
class TransactionAdmin(PageAdmin):
    """Transactions, newest first, and the voucher of one."""

    id_kind = "txn"
    page_template = "ledger/voucher.html"
    list_display = ("recorded_at", "kind", "amount", "source", "effective_at", "api_id")
    list_filter = ("kind", "effective_at")
    search_fields = ("reference",)
    search_help_text = "A whole transaction id, or a whole reference"
    sortable_by = ("recorded_at",)
    ordering = ("-recorded_at", "-pk")
    date_hierarchy = "effective_at"
    export_name = "transactions"
    export_header = (
        "id", "kind", "source", "reference", "effective_at", "recorded_at", "currency", "debits",
    )  # fmt: skip

    def __init__(self, *args: Any) -> None:  # noqa: ANN401 - ModelAdmin's own
        """Add what is done to a transaction."""
        super().__init__(*args)
        self.acts = [act(self) for act in reversing.ACTS]

    def get_urls(self) -> list[URLPattern]:
        """Add the acts."""
        return [*(act.route() for act in self.acts), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transaction]:
        """Fetch the legs along: one query for the page, not one for each row."""
        headers: QuerySet[Transaction] = super().get_queryset(request)
        return headers.prefetch_related("entries")

    def find(
        self, request: HttpRequest, queryset: QuerySet[Transaction], wanted: str
    ) -> tuple[QuerySet[Transaction], bool]:
        """Find by the whole reference, whoever booked it: the index begins with the source."""
        return queryset.filter(source__in=selectors.sources(), reference=wanted), False

    def title_of(self, row: Transaction) -> str:
        """Return what it is and of when."""
        return f"{row.kind.replace('-', ' ').capitalize()} of {row.recorded_at:%-d %B %Y}"

    def page_context(self, request: HttpRequest, row: Transaction) -> dict[str, Any]:
        """Return what the voucher shows."""
        acts = [link for act in self.acts if (link := act.link(request, row)) is not None]
        return voucher.context_of(request, row) | {"acts": acts}

    def export_row(self, row: Transaction) -> Sequence[Cell]:
        """Return a transaction as a line; of several currencies, the sums are left out."""
        money = _moved(row)
        sums = ("", "") if money is None else (money.currency, Decimal(decimal(money)))
        return (
            public_id("txn", row.public_id), row.kind, row.source, row.reference,
            row.effective_at.isoformat(), row.recorded_at.isoformat(), *sums,
        )  # fmt: skip

    @admin.display(description="amount")
    def amount(self, transaction: Transaction) -> str:
        """Show the sum of the debits."""
        money = _moved(transaction)
        return "several currencies" if money is None else f"{grouped(money)} {money.currency}"

    @admin.display(description="API id")
    def api_id(self, transaction: Transaction) -> str:
        """Show the id that the API speaks of."""
        return public_id("txn", transaction.public_id)


def _moved(transaction: Transaction) -> Money | None:
    """Return the sum of the debits; None where there are several currencies."""
    legs = list(transaction.entries.all())
    currencies = {leg.currency for leg in legs}
    if len(currencies) != 1:
        return None
    return Money(sum(leg.debit for leg in legs), currencies.pop())
