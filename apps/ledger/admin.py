"""Staff screens of the ledger: accounts, and transactions with their legs. All read-only."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from unfold.admin import ModelAdmin, TabularInline

from apps.platform import clock
from apps.platform.money import Money, grouped
from apps.platform.rest import public_id

from . import selectors
from .events import AccountId, HoldView
from .models import Account, Entry, Hold, HoldCapture, HoldExtension, Reversal, Transaction


class _ReadOnly:
    """Nothing is added, changed or deleted here: the service posts, a reversal corrects."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse."""
        return False


@admin.register(Account)
class AccountAdmin(_ReadOnly, ModelAdmin):
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


class EntryInline(_ReadOnly, TabularInline):
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
class TransactionAdmin(_ReadOnly, ModelAdmin):
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


class HoldCaptureInline(_ReadOnly, TabularInline):
    """The captures of a hold."""

    model = HoldCapture
    extra = 0
    can_delete = False
    hide_title = True
    fields = readonly_fields = ("recorded_at", "transaction", "amount", "final")

    def get_queryset(self, request: HttpRequest) -> QuerySet[HoldCapture]:
        """Fetch what is shown along, oldest first."""
        captures: QuerySet[HoldCapture] = super().get_queryset(request)
        return captures.select_related("hold", "transaction").order_by("pk")

    @admin.display(description="amount")
    def amount(self, capture: HoldCapture) -> str:
        """Show what was taken."""
        return grouped(Money(capture.amount_minor, capture.hold.currency))


class HoldExtensionInline(_ReadOnly, TabularInline):
    """The extensions of a hold."""

    model = HoldExtension
    extra = 0
    can_delete = False
    hide_title = True
    ordering = ("pk",)
    fields = readonly_fields = ("recorded_at", "expires_at", "source", "reference")


@admin.register(Hold)
class HoldAdmin(_ReadOnly, ModelAdmin):
    """Holds, newest first, as they stand now."""

    list_display = ("recorded_at", "account", "amount", "left", "status", "ends", "api_id")
    list_select_related = ("account",)
    search_fields = ("public_id", "account__code", "reference")
    ordering = ("-recorded_at", "-pk")
    list_per_page = 50
    show_full_result_count = False
    inlines = (HoldCaptureInline, HoldExtensionInline)
    fields = (
        "api_id", "account", "amount", "left", "status", "ends", "recorded_at", "source",
        "reference",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Hold]:
        """Fetch what tells how each stands: one query for the page, not one for each row."""
        holds: QuerySet[Hold] = super().get_queryset(request)
        return holds.select_related("open", "end").prefetch_related("captures", "extensions")

    @staticmethod
    def _now(hold: Hold) -> HoldView:
        return selectors.hold_of(row=hold, at=clock.now())

    @admin.display(description="amount")
    def amount(self, hold: Hold) -> str:
        """Show what was held at first."""
        return f"{grouped(Money(hold.amount_minor, hold.currency))} {hold.currency}"

    @admin.display(description="still held")
    def left(self, hold: Hold) -> str:
        """Show what it still keeps."""
        return grouped(Money(self._now(hold).left_minor, hold.currency))

    @admin.display(description="status")
    def status(self, hold: Hold) -> str:
        """Show how it stands."""
        return self._now(hold).status

    @admin.display(description="ends")
    def ends(self, hold: Hold) -> str:
        """Show its end, extensions counted."""
        return f"{self._now(hold).expires_at:%Y-%m-%d %H:%M} UTC"

    @admin.display(description="API id")
    def api_id(self, hold: Hold) -> str:
        """Show the id that the API speaks of."""
        return public_id("hold", hold.public_id)
