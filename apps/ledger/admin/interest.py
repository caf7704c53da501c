"""Interest: schedules with their terms, on which accounts they are, and what has accrued."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from unfold.admin import ModelAdmin, TabularInline

from apps.platform import clock
from apps.platform.actors import Actor
from apps.platform.money import Money, exponent, grouped

from .. import rules, selectors, services
from ..events import InterestTerms, Tier
from ..models import (
    InterestAccrual,
    InterestAssignment,
    InterestCapital,
    InterestSchedule,
    InterestVersion,
)
from .links import link
from .read_only import ReadOnly
from .terms import Lines, LinesField, TermsAdmin, TermsForm, rate, whole

_EXTRA = 6  # decimals that are shown beyond a currency's own


def exactly(grains: int, currency: str) -> str:
    """Return an exact amount with more decimals than the currency has, cut off."""
    minor, rest = divmod(abs(int(grains)), rules.GRAINS)
    places = exponent(currency)
    digits = f"{minor * 10**_EXTRA + rest * 10**_EXTRA // rules.GRAINS}".rjust(
        places + _EXTRA + 1, "0"
    )
    sign = "-" if grains < 0 else ""
    return f"{sign}{digits[: -places - _EXTRA]}.{digits[-places - _EXTRA :]}"


def transaction_link(row: InterestAccrual | InterestCapital) -> str:
    """Return a link to the transaction that booked the row."""
    if row.transaction_id is None:
        return "-"
    url = reverse("admin:ledger_transaction_change", args=[row.transaction_id])
    return link(url, "booked")


class _VersionInline(ReadOnly, TabularInline):
    """What a schedule says, newest first."""

    model = InterestVersion
    extra = 0
    can_delete = False
    hide_title = True
    verbose_name_plural = "terms"
    fields = readonly_fields = ("effective_on", "tiering", "paid", "charged", "minimum")

    def get_queryset(self, request: HttpRequest) -> QuerySet[InterestVersion]:
        """Fetch the tiers along."""
        found: QuerySet[InterestVersion] = super().get_queryset(request)
        ordered = found.select_related("schedule").prefetch_related("tiers")
        return ordered.order_by("-effective_on")

    @admin.display(description="paid a year")
    def paid(self, version: InterestVersion) -> str:
        """Show the rates of credit balances."""
        return _said(selectors.terms_of(row=version).credit, version.schedule.currency)

    @admin.display(description="charged a year")
    def charged(self, version: InterestVersion) -> str:
        """Show the rates of debit balances."""
        return _said(selectors.terms_of(row=version).debit, version.schedule.currency)

    @admin.display(description="least balance")
    def minimum(self, version: InterestVersion) -> str:
        """Show below which balance nothing is paid."""
        return grouped(Money(version.minimum_minor, version.schedule.currency))


def _said(tiers: tuple[Tier, ...], currency: str) -> str:
    told = (
        f"{(tier.rate * 100).normalize():f} % from {grouped(Money(tier.from_minor, currency))}"
        for tier in tiers
    )
    return "; ".join(told) or "nothing"


@admin.register(InterestSchedule)
class InterestScheduleAdmin(ReadOnly, ModelAdmin):
    """Interest schedules."""

    list_display = ("code", "name", "currency", "day_count", "capitalises")
    list_filter = ("currency", "day_count", "capitalises")
    search_fields = ("code", "name")
    ordering = ("code",)
    inlines = (_VersionInline,)
    fields = (
        "code", "name", "currency", "day_count", "capitalises", "expense_account",
        "payable_account", "income_account", "receivable_account", "on_accounts", "other_terms",
    )  # fmt: skip
    readonly_fields = ("on_accounts", "other_terms")

    @admin.display(description="accounts")
    def on_accounts(self, schedule: InterestSchedule) -> str:
        """Link to the accounts that it is on."""
        url = reverse("admin:ledger_interestassignment_changelist")
        count = schedule.assignments.count()
        return link(f"{url}?schedule__id__exact={schedule.pk}", count)

    @admin.display(description="other terms")
    def other_terms(self, schedule: InterestSchedule) -> str:
        """Link to the form that adds terms."""
        url = reverse("admin:ledger_interestversion_add")
        return link(f"{url}?schedule={schedule.pk}", "from a day on…")


class InterestTermsForm(TermsForm):
    """Rates by balance: on each line from which one (minor units), and the rate of a year."""

    credit = LinesField(
        words=2,
        label="Paid a year",
        help_text="A tier on a line: from which balance (minor units), and the rate: 0 2.5%",
    )
    debit = LinesField(
        words=2, label="Charged a year", help_text="Of those who owe, a tier on a line: 0 9.9%"
    )

    class Meta:
        """What else terms say."""

        model = InterestVersion
        fields = ("schedule", "effective_on", "tiering", "minimum_minor")
        labels: ClassVar = {"minimum_minor": "Least balance that earns (minor units)"}

    @staticmethod
    def add(actor: Actor, said: dict[str, Any]) -> None:
        """Add them through the service."""
        terms = InterestTerms(
            effective_on=said["effective_on"],
            credit=_tiers(said["credit"]),
            debit=_tiers(said["debit"]),
            tiering=said["tiering"],
            minimum_minor=said["minimum_minor"],
        )
        services.change_interest_terms(
            actor=actor, now=clock.now(), code=said["schedule"].code, terms=terms
        )


def _tiers(lines: Lines) -> tuple[Tier, ...]:
    return tuple(Tier(whole(from_minor), rate(said)) for from_minor, said in lines)


@admin.register(InterestVersion)
class InterestVersionAdmin(TermsAdmin):
    """Terms of interest."""

    form = InterestTermsForm


@admin.register(InterestAssignment)
class InterestAssignmentAdmin(ReadOnly, ModelAdmin):
    """On which accounts schedules are."""

    list_display = ("account", "schedule", "effective_on", "days")
    list_select_related = ("account", "schedule")
    list_filter = ("schedule",)
    search_fields = ("account__code", "=account__public_id")
    ordering = ("-pk",)
    list_per_page = 50
    show_full_result_count = False
    fields = ("account", "schedule", "effective_on", "recorded_at")

    @admin.display(description="interest")
    def days(self, assignment: InterestAssignment) -> str:
        """Link to the days of the account."""
        return days_link(assignment.account_id)


def days_link(account: int) -> str:
    """Return a link to the interest of an account, day by day."""
    url = reverse("admin:ledger_interestaccrual_changelist")
    return link(f"{url}?account__id__exact={account}", "by day")


class _Dated(ReadOnly, ModelAdmin):
    """Rows of accounts and days, newest first."""

    list_select_related = ("account",)
    list_filter = ("day",)
    search_fields = ("account__code", "=account__public_id")
    ordering = ("-pk",)
    list_per_page = 50
    show_full_result_count = False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:  # noqa: ANN401
        """Let a link name an account."""
        return lookup == "account__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description="paid")
    def paid(self, row: InterestAccrual | InterestCapital) -> str:
        """Show the whole minor units that were booked for the holder."""
        return grouped(Money(row.paid_minor, row.account.currency))

    @admin.display(description="charged")
    def charged(self, row: InterestAccrual | InterestCapital) -> str:
        """Show the whole minor units that were booked against the holder."""
        return grouped(Money(row.charged_minor, row.account.currency))

    @admin.display(description="transaction")
    def booked(self, row: Model) -> str:
        """Link to the transaction."""
        return transaction_link(row)  # type: ignore[arg-type]


@admin.register(InterestAccrual)
class InterestAccrualAdmin(_Dated):
    """Interest day by day, exactly."""

    list_display = (
        "day", "account", "base", "exact", "paid", "charged", "revision", "booked",
    )  # fmt: skip
    fields = (
        "account", "day", "revision", "base", "exact", "paid", "charged", "booked", "assignment",
        "version", "number", "seen_version", "recorded_at",
    )  # fmt: skip
    readonly_fields = ("base", "exact", "paid", "charged", "booked")

    @admin.display(description="balance")
    def base(self, accrual: InterestAccrual) -> str:
        """Show the balance of the day, above zero where the holder has it."""
        return grouped(Money(accrual.base_minor, accrual.account.currency))

    @admin.display(description="interest, exactly")
    def exact(self, accrual: InterestAccrual) -> str:
        """Show the day's interest: above zero paid, below charged."""
        grains = int(accrual.paid_grains - accrual.charged_grains)
        return exactly(grains, accrual.account.currency)


@admin.register(InterestCapital)
class InterestCapitalAdmin(_Dated):
    """What moved on to accounts."""

    list_display = ("day", "account", "paid", "charged", "revision", "booked")
    fields = (
        "account", "day", "revision", "paid", "charged", "booked", "assignment", "number",
        "recorded_at",
    )  # fmt: skip
    readonly_fields = ("paid", "charged", "booked")
