"""Accounts, with what stands on each; the chart of them; what staff do to one."""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse

from apps.platform import clock
from apps.platform.money import Money, decimal, grouped
from apps.platform.rest import public_id
from apps.platform.screens import Cell

from ..models import Account
from . import account_acts, account_page, chart_page, statements
from .read_only import PageAdmin


@admin.register(Account)
class AccountAdmin(PageAdmin):
    """The list of accounts with what stands on each, and the page of one."""

    id_kind = "acct"
    page_template = "ledger/account.html"
    list_display = ("code", "name", "kind", "currency", "balance", "version", "status")
    list_filter = ("kind", "currency", "status", "mode")
    search_fields = ("code", "name")
    search_help_text = "A code, a name, or a whole account id"
    ordering = ("code",)
    export_name = "accounts"
    export_header = ("id", "code", "name", "kind", "currency", "status", "posted", "entries")

    def __init__(self, *args: Any) -> None:  # noqa: ANN401 - ModelAdmin's own
        """Add what is done to an account."""
        super().__init__(*args)
        self.acts = [act(self) for act in account_acts.ACTS]

    def get_urls(self) -> list[URLPattern]:
        """Add the chart, the acts and the download of statements."""
        chart = path("chart/", self.admin_site.admin_view(self.chart_view), name="ledger_chart")
        view = self.admin_site.admin_view(partial(statements.statement, self))
        files = path("<int:pk>/statement/", view, name="ledger_account_statement")
        own = [chart, files, *(act.route() for act in self.acts)]
        return [*own, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        """Bring along what a slot is of."""
        accounts: QuerySet[Account] = super().get_queryset(request)
        return accounts.select_related("slot_of")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """Lead from the list to the chart."""
        links = [{"title": "Chart of accounts", "url": reverse("admin:ledger_chart")}]
        return super().changelist_view(request, {"list_links": links} | (extra_context or {}))

    def chart_view(self, request: HttpRequest) -> HttpResponseBase:
        """Show the chart of accounts."""
        return chart_page.answer(self, request)

    def title_of(self, row: Account) -> str:
        """Return the code and the name."""
        return f"{row.code} {row.name}"

    def page_context(self, request: HttpRequest, row: Account) -> dict[str, Any]:
        """Return what the account's page shows."""
        acts = account_page.acts_of(request, row, self.acts)
        return account_page.context_of(request, row, acts, now=clock.now())

    def export_row(self, row: Account) -> Sequence[Cell]:
        """Return an account as a line."""
        posted = decimal(Money(row.posted_minor, row.currency))
        return (
            public_id("acct", row.public_id), row.code, row.name, row.kind, row.currency,
            row.status, Decimal(posted), row.version,
        )  # fmt: skip

    @admin.display(description="balance", ordering="posted_minor")
    def balance(self, account: Account) -> str:
        """Show the balance on the account's normal side."""
        return grouped(Money(account.posted_minor, account.currency))
