"""Holds as they stand, and what staff do to one."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern

from apps.platform import clock
from apps.platform.audit import public as audit
from apps.platform.money import Money, decimal, grouped
from apps.platform.rest import public_id
from apps.platform.screens import Cell

from .. import selectors
from ..events import HoldView
from ..models import Account, Hold, HoldCapture
from . import hold_acts
from .acting import Act
from .read_only import PageAdmin, amount, link_to, may
from .voucher import who

_EVENTS: Final = 100


class StatusFilter(admin.SimpleListFilter):
    """How a hold stands now; its end is its end, whether or not it was written down."""

    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ANN401
        """Offer every status."""
        return [(one, one) for one in ("open", "captured", "voided", "expired")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Hold]) -> QuerySet[Hold]:
        """Leave the holds of that status; an unknown one leaves all."""
        now = clock.now()
        if self.value() == "open":
            return queryset.filter(open__expires_at__gt=now)
        if self.value() in {"captured", "voided"}:
            return queryset.filter(end__outcome=self.value())
        if self.value() == "expired":
            return queryset.filter(open__expires_at__lte=now) | queryset.filter(
                end__outcome="expired"
            )
        return queryset


@admin.register(Hold)
class HoldAdmin(PageAdmin):
    """Holds, newest first, as they stand now, and the page of one."""

    id_kind = "hold"
    page_template = "ledger/hold.html"
    list_display = ("recorded_at", "account", "amount", "left", "status", "ends", "api_id")
    list_select_related = ("account",)
    list_filter = (StatusFilter, "currency", "recorded_at")
    search_fields = ("reference",)
    search_help_text = "A whole hold id, an account's code, or a whole reference"
    sortable_by = ("recorded_at",)
    ordering = ("-recorded_at", "-pk")
    export_name = "holds"
    export_header = (
        "id", "account", "currency", "amount", "still held", "status", "placed_at", "ends_at",
        "source", "reference",
    )  # fmt: skip

    def __init__(self, *args: Any) -> None:  # noqa: ANN401 - ModelAdmin's own
        """Add what is done to a hold."""
        super().__init__(*args)
        self.acts: list[Act] = [act(self) for act in hold_acts.ACTS]

    def get_urls(self) -> list[URLPattern]:
        """Add the acts."""
        return [*(act.route() for act in self.acts), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Hold]:
        """Fetch what tells how each stands: one query for the page, not one for each row."""
        holds: QuerySet[Hold] = super().get_queryset(request)
        found = holds.select_related("account", "open", "end")
        return found.prefetch_related("captures", "extensions")

    def find(
        self, request: HttpRequest, queryset: QuerySet[Hold], wanted: str
    ) -> tuple[QuerySet[Hold], bool]:
        """Find the holds of an account, or those of a reference."""
        account = Account.objects.filter(code=wanted).first()
        if account is not None:
            return queryset.filter(account=account), False
        return queryset.filter(reference=wanted), False

    def title_of(self, row: Hold) -> str:
        """Return what is held on."""
        return f"Hold on {row.account.code}"

    def page_context(self, request: HttpRequest, row: Hold) -> dict[str, Any]:
        """Return what the hold's page shows."""
        now = self._now(row)
        acts = [link for act in self.acts if (link := act.link(request, row)) is not None]
        captures = HoldCapture.objects.filter(hold=row).select_related("transaction")
        return {
            "row": row,
            "api_id": self.api_id(row),
            "acts": acts,
            "status": now.status,
            "ends": now.expires_at,
            "account_url": link_to("ledger_account", row.account_id),
            "figures": [
                ("Held at first", amount(row.amount_minor, row.currency)),
                ("Still held", amount(now.left_minor, row.currency)),
                ("Captured", amount(sum(c.amount_minor for c in now.captures), row.currency)),
            ],
            "captures": [
                {
                    "at": one.recorded_at,
                    "url": link_to("ledger_transaction", one.transaction.pk),
                    "id": public_id("txn", one.transaction_id),
                    "amount": amount(one.amount_minor, row.currency),
                    "final": one.final,
                }
                for one in captures.order_by("pk")
            ],
            "extensions": sorted(row.extensions.all(), key=lambda one: one.pk),
            "end": getattr(row, "end", None),
            "released": self._released(row),
            "events": _events(request, row),
        }

    @staticmethod
    def _now(hold: Hold) -> HoldView:
        return selectors.hold_of(row=hold, at=clock.now())

    @staticmethod
    def _released(hold: Hold) -> str:
        end = getattr(hold, "end", None)
        return "" if end is None else amount(end.released_minor, hold.currency)

    def export_row(self, row: Hold) -> Sequence[Cell]:
        """Return a hold as a line."""
        now = self._now(row)
        held, left = Money(row.amount_minor, row.currency), Money(now.left_minor, row.currency)
        return (
            public_id("hold", row.public_id), row.account.code, row.currency,
            Decimal(decimal(held)), Decimal(decimal(left)), now.status,
            row.recorded_at.isoformat(), now.expires_at.isoformat(), row.source, row.reference,
        )  # fmt: skip

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


def _events(request: HttpRequest, row: Hold) -> list[dict[str, Any]] | None:
    if not may(request, "audit.view_event"):
        return None
    return [
        {
            "at": event.recorded_at,
            "what": event.action,
            "who": who(request, event.actor_kind, event.actor_key),
            "detail": [(name, str(value)) for name, value in event.detail.items()],
        }
        for event in audit.events_of(subject=f"hold:{row.public_id}", limit=_EVENTS)
    ]
