"""Holds as they stand."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from apps.platform import clock
from apps.platform.money import Money, grouped
from apps.platform.rest import public_id

from .. import selectors
from ..events import HoldView
from ..models import Hold, HoldCapture, HoldExtension
from .read_only import ReadOnly


class HoldCaptureInline(ReadOnly, TabularInline):
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


class HoldExtensionInline(ReadOnly, TabularInline):
    """The extensions of a hold."""

    model = HoldExtension
    extra = 0
    can_delete = False
    hide_title = True
    ordering = ("pk",)
    fields = readonly_fields = ("recorded_at", "expires_at", "source", "reference")


@admin.register(Hold)
class HoldAdmin(ReadOnly, ModelAdmin):
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
