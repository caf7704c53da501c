"""Staff screens of accounts: who our customers are, names masked, and what they hold. Read-only."""

from collections.abc import Iterable
from typing import ClassVar, Final, TypeVar
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from apps.ledger import public as ledger
from apps.platform import clock, ids
from apps.platform.money import Money
from apps.platform.rest import actor_of
from apps.platform.screens import ReadOnly

from . import selectors, services
from .events import CustomerId
from .models import Customer, ProductAccount

_M = TypeVar("_M", Customer, ProductAccount)
_BALANCE: Final = "balance_as_shown"  # put on the rows of a page, whose balances come in one query


class _ReadOnly(ReadOnly, ModelAdmin):
    """Rows that staff read and find by their public id; nobody adds, changes or deletes one.

    Who saw which customer's rows is in the audit trail.
    """

    id_kind: ClassVar[str]
    search_fields: ClassVar = ["public_id"]
    show_full_result_count = False
    list_per_page = 50

    @admin.display(description="ID", ordering="public_id")
    def shown_id(self, row: Customer | ProductAccount) -> str:
        """Return the id that people and programs use."""
        return str(row)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[_M], search_term: str
    ) -> tuple[QuerySet[_M], bool]:
        """Find the one row whose public id was typed, written our way or as a UUID."""
        if not (wanted := search_term.strip()):
            return queryset, False
        public_id = _public_id(wanted, kind=self.id_kind)
        found = queryset.none() if public_id is None else queryset.filter(public_id=public_id)
        return found, False

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """List the page, and record whom it shows."""
        page: ChangeList = super().get_changelist_instance(request)
        page.result_list = list(page.result_list)
        self._record(request, page.result_list)
        return page

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Customer | ProductAccount | None:
        """Look one row up, and record whom it shows."""
        row: Customer | ProductAccount | None = super().get_object(request, object_id, from_field)
        if row is not None:
            self._record(request, [row])
        return row

    def _record(self, request: HttpRequest, rows: Iterable[Customer | ProductAccount]) -> None:
        shown = [row if isinstance(row, Customer) else row.customer for row in rows]
        services.record_listing(
            actor=actor_of(request),
            now=clock.now(),
            customer_ids=list(dict.fromkeys(CustomerId(who.public_id) for who in shown)),
        )


@admin.register(Customer)
class CustomerAdmin(_ReadOnly):
    """Customers, newest first, their names masked."""

    id_kind = "cust"
    list_display = ("shown_id", "masked_name", "language", "opened_at")
    list_filter = ("language",)
    fields = ("shown_id", "masked_name", "language", "region", "opened_at")
    readonly_fields = fields
    search_help_text = "A whole customer id"
    ordering = ("-id",)

    @admin.display(description="Name")
    def masked_name(self, customer: Customer) -> str:
        """Return the initials."""
        return selectors.masked_name(customer=customer)


@admin.register(ProductAccount)
class ProductAccountAdmin(_ReadOnly):
    """What customers hold, newest first, with the ledger's balance."""

    id_kind = "acct"
    list_display = ("shown_id", "holder", "product", "balance", "opened_at")
    list_filter = ("product",)
    list_select_related = ("customer",)
    fields = ("shown_id", "holder", "product", "balance", "opened_at")
    readonly_fields = fields
    search_help_text = "A whole account id"
    ordering = ("-id",)

    @admin.display(description="Customer")
    def holder(self, account: ProductAccount) -> str:
        """Return the customer's id."""
        return str(account.customer)

    @admin.display(description="Balance")
    def balance(self, account: ProductAccount) -> str:
        """Return the ledger's balance: "10.50 EUR"."""
        if not hasattr(account, _BALANCE):
            _put_balances([account])
        return str(getattr(account, _BALANCE))

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """List the page with all of its balances."""
        page: ChangeList = super().get_changelist_instance(request)
        page.result_list = _put_balances(page.result_list)
        return page


def _put_balances(accounts: Iterable[ProductAccount]) -> list[ProductAccount]:
    """Return the rows, each with the ledger's balance on it; one query."""
    rows = list(accounts)
    wanted = [ledger.AccountId(row.public_id) for row in rows]
    views = {view.account_id: view for view in ledger.accounts(account_ids=wanted)}
    for row, account_id in zip(rows, wanted, strict=True):
        view = views[account_id]
        setattr(row, _BALANCE, str(Money(view.posted_minor, view.currency)))
    return rows


def _public_id(text: str, *, kind: str) -> UUID | None:
    """Return the UUID of an id written our way or as a UUID; None where it is neither."""
    try:
        return ids.decode(text, kind=kind)[1]
    except ids.MalformedId:
        pass
    try:
        return UUID(text)
    except ValueError:
        return None
