"""Accounts, with what stands on each."""

from functools import partial

from django.contrib import admin
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin

from apps.platform import clock
from apps.platform.money import Money, grouped
from apps.platform.rest import public_id

from .. import selectors
from ..events import AccountId
from ..models import Account
from . import statements
from .read_only import ReadOnly


@admin.register(Account)
class AccountAdmin(ReadOnly, ModelAdmin):
    """The chart of accounts with what stands on each."""

    list_display = ("code", "name", "kind", "currency", "balance", "version", "status")
    list_filter = ("kind", "currency", "status")
    search_fields = ("code", "name", "public_id")
    ordering = ("code",)
    list_per_page = 50
    fields = (
        "api_id", "code", "name", "kind", "currency", "status", "balance", "held", "available",
        "floor", "over_capture", "version", "opened_at",
    )  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        """Add the download of statements."""
        view = self.admin_site.admin_view(partial(statements.statement, self))
        own = path("<int:pk>/statement/", view, name="ledger_account_statement")
        return [own, *super().get_urls()]

    @admin.display(description="balance", ordering="posted_minor")
    def balance(self, account: Account) -> str:
        """Show the balance on the account's normal side."""
        return grouped(Money(account.posted_minor, account.currency))

    @admin.display(description="held")
    def held(self, account: Account) -> str:
        """Show what open holds keep."""
        found = selectors.balance(account_id=AccountId(account.public_id), at=clock.now())
        return grouped(Money(found.held_minor, account.currency))

    @admin.display(description="available")
    def available(self, account: Account) -> str:
        """Show what may be taken out."""
        found = selectors.balance(account_id=AccountId(account.public_id), at=clock.now())
        if found.available_minor is None:
            return "no limit"
        return grouped(Money(found.available_minor, account.currency))

    @admin.display(description="floor")
    def floor(self, account: Account) -> str:
        """Show how low the account may go."""
        if account.floor_minor is None:
            return "none"
        return grouped(Money(account.floor_minor, account.currency))

    @admin.display(description="API id")
    def api_id(self, account: Account) -> str:
        """Show the id that the API speaks of."""
        return public_id("acct", account.public_id)
