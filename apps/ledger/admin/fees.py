"""Fees: schedules with their terms, and what was charged."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from unfold.admin import ModelAdmin, TabularInline

from apps.platform import clock
from apps.platform.actors import Actor
from apps.platform.money import Money, grouped

from .. import selectors, services
from ..events import FeeTerms, FeeTier
from ..models import Fee, FeeSchedule, FeeVersion
from .links import link
from .read_only import ReadOnly
from .terms import LinesField, TermsAdmin, TermsForm, rate, whole


class _VersionInline(ReadOnly, TabularInline):
    """What a fee schedule says, newest first."""

    model = FeeVersion
    extra = 0
    can_delete = False
    hide_title = True
    verbose_name_plural = "terms"
    fields = readonly_fields = ("effective_on", "tiering", "fee", "least", "most")

    def get_queryset(self, request: HttpRequest) -> QuerySet[FeeVersion]:
        """Fetch the tiers along."""
        found: QuerySet[FeeVersion] = super().get_queryset(request)
        ordered = found.select_related("schedule").prefetch_related("tiers")
        return ordered.order_by("-effective_on")

    @admin.display(description="fee")
    def fee(self, version: FeeVersion) -> str:
        """Show the tiers."""
        currency = version.schedule.currency
        return "; ".join(
            f"{grouped(Money(tier.flat_minor, currency))} + {(tier.rate * 100).normalize():f} % "
            f"from {grouped(Money(tier.from_minor, currency))}"
            for tier in selectors.fee_terms_of(row=version).tiers
        )

    @admin.display(description="at least")
    def least(self, version: FeeVersion) -> str:
        """Show the least fee."""
        return _bound(version.min_minor, version.schedule.currency)

    @admin.display(description="at most")
    def most(self, version: FeeVersion) -> str:
        """Show the largest fee."""
        return _bound(version.max_minor, version.schedule.currency)


def _bound(minor: int | None, currency: str) -> str:
    return "-" if minor is None else grouped(Money(minor, currency))


@admin.register(FeeSchedule)
class FeeScheduleAdmin(ReadOnly, ModelAdmin):
    """Fee schedules."""

    list_display = ("code", "name", "currency", "income_account")
    list_select_related = ("income_account",)
    list_filter = ("currency",)
    search_fields = ("code", "name")
    ordering = ("code",)
    inlines = (_VersionInline,)
    fields = ("code", "name", "currency", "income_account", "other_terms")
    readonly_fields = ("other_terms",)

    @admin.display(description="other terms")
    def other_terms(self, schedule: FeeSchedule) -> str:
        """Link to the form that adds terms."""
        url = reverse("admin:ledger_feeversion_add")
        return link(f"{url}?schedule={schedule.pk}", "from a day on…")


class FeeTermsForm(TermsForm):
    """Fees by amount: on each line from which one, so much flat (minor units), and a rate."""

    tiers = LinesField(
        words=3,
        help_text="A tier on a line: from which amount, so much flat (minor units), and the rate "
        "of the amount: 0 250 1.5%",
    )

    class Meta:
        """What else terms say."""

        model = FeeVersion
        fields = ("schedule", "effective_on", "tiering", "min_minor", "max_minor")
        labels: ClassVar = {
            "min_minor": "At least (minor units)",
            "max_minor": "At most (minor units)",
        }

    def __init__(self, *args: Any, **said: Any) -> None:  # noqa: ANN401
        """Let a fee have no bounds."""
        super().__init__(*args, **said)
        for name in ("min_minor", "max_minor"):
            self.fields[name].required = False

    @staticmethod
    def add(actor: Actor, said: dict[str, Any]) -> None:
        """Add them through the service."""
        terms = FeeTerms(
            effective_on=said["effective_on"],
            tiers=tuple(
                FeeTier(from_minor=whole(start), flat_minor=whole(flat), rate=rate(part))
                for start, flat, part in said["tiers"]
            ),
            tiering=said["tiering"],
            min_minor=said["min_minor"],
            max_minor=said["max_minor"],
        )
        services.change_fee_terms(
            actor=actor, now=clock.now(), code=said["schedule"].code, terms=terms
        )


@admin.register(FeeVersion)
class FeeVersionAdmin(TermsAdmin):
    """Terms of fees."""

    form = FeeTermsForm


@admin.register(Fee)
class FeeAdmin(ReadOnly, ModelAdmin):
    """Fees that were charged, newest first."""

    list_display = ("effective_at", "account", "schedule", "on_amount", "charged", "booked")
    list_select_related = ("account", "version__schedule")
    list_filter = ("version__schedule", "effective_at")
    search_fields = ("account__code", "=account__public_id", "reference")
    ordering = ("-pk",)
    list_per_page = 50
    show_full_result_count = False
    fields = (
        "account", "schedule", "on_amount", "charged", "booked", "effective_at", "recorded_at",
        "source", "reference",
    )  # fmt: skip
    readonly_fields = ("schedule", "on_amount", "charged", "booked")

    @admin.display(description="schedule")
    def schedule(self, fee: Fee) -> str:
        """Show by which schedule."""
        return fee.version.schedule.code

    @admin.display(description="on")
    def on_amount(self, fee: Fee) -> str:
        """Show the amount."""
        return grouped(Money(fee.amount_minor, fee.account.currency))

    @admin.display(description="fee")
    def charged(self, fee: Fee) -> str:
        """Show the fee."""
        return f"{grouped(Money(fee.fee_minor, fee.account.currency))} {fee.account.currency}"

    @admin.display(description="transaction")
    def booked(self, fee: Fee) -> str:
        """Link to the transaction."""
        if fee.transaction_id is None:
            return "-"
        url = reverse("admin:ledger_transaction_change", args=[fee.transaction_id])
        return link(url, "booked")
