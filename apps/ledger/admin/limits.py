"""Limits as they stand, and the page on which one is set."""

from typing import Any, Final

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action

from apps.platform import clock, ids
from apps.platform.money import Money, MoneyError, grouped, parse
from apps.platform.problems import Problem
from apps.platform.rest import actor_of

from .. import rules, selectors, services
from ..errors import AccountNotFound
from ..events import AccountId, AccountView, LimitId, NewLimit
from ..models import Limit, LimitVersion
from .read_only import ReadOnly

_PERIODS: Final = (
    ("transaction", "one transaction"), ("days", "a number of days"), ("month", "a calendar month"),
)  # fmt: skip
_SCOPES: Final = (
    ("all", "all counterparties together"),
    ("each", "each counterparty on its own"),
    ("one", "one counterparty"),
)


class SetLimitForm(forms.Form):
    """What is limited, and how much of it from when on."""

    account = forms.CharField(max_length=40, help_text="Its code in the chart of accounts.")
    direction = forms.ChoiceField(choices=(("out", "what leaves"), ("in", "what comes in")))
    period = forms.ChoiceField(choices=_PERIODS, initial="days")
    days = forms.IntegerField(
        initial=1,
        min_value=1,
        max_value=rules.LIMIT_DAYS_MAX,
        help_text="For a number of days alone: 1 is the day of booking (UTC), 7 that day and the "
        "six before.",
    )
    scope = forms.ChoiceField(choices=_SCOPES, label="counterparties")
    counterparty = forms.CharField(
        max_length=40, required=False, help_text="For one counterparty alone: its code."
    )
    measure = forms.ChoiceField(choices=(("amount", "an amount"), ("count", "transactions")))
    maximum = forms.CharField(
        max_length=20, help_text="As 1000.00, in the account's currency; or how many transactions."
    )
    effective_from = forms.DateTimeField(
        required=False, label="from", help_text="UTC, as 2027-01-31 12:00. Empty: now."
    )
    effective_until = forms.DateTimeField(
        required=False, label="until", help_text="UTC. Empty: until it is set anew."
    )

    def clean_account(self) -> AccountView:
        """Return the account of that code."""
        return _account(self.cleaned_data["account"])

    def clean_counterparty(self) -> AccountView | None:
        """Return the account of that code; None: none was given."""
        code = self.cleaned_data["counterparty"]
        return _account(code) if code else None

    def clean(self) -> dict[str, Any]:
        """Read the maximum as the measure has it."""
        said: dict[str, Any] = super().clean() or {}
        if "account" in said and "maximum" in said:
            try:
                said["maximum"] = _maximum(said)
            except ValueError as error:
                self.add_error("maximum", str(error))
        return said

    def limit(self) -> NewLimit:
        """Return the limit that it asks for."""
        said = dict(self.cleaned_data)
        account, other = said.pop("account"), said.pop("counterparty")
        return NewLimit(
            limit_id=LimitId(ids.new_id()),
            account_id=account.account_id,
            counterparty_id=None if other is None else other.account_id,
            **said,
        )


def _account(code: str) -> AccountView:
    try:
        return selectors.account_by_code(code=code)
    except AccountNotFound as problem:
        raise ValidationError("No account has this code.") from problem


def _maximum(said: dict[str, Any]) -> int:
    if said.get("measure") == "count":
        if not (said["maximum"].isascii() and said["maximum"].isdecimal()):
            raise ValueError("Transactions are counted in whole numbers.")
        return int(said["maximum"])
    try:
        return parse(said["maximum"], said["account"].currency).minor
    except MoneyError as error:
        raise ValueError(str(error)) from error


class LimitVersionInline(ReadOnly, TabularInline):
    """What a limit has allowed, and when."""

    model = LimitVersion
    extra = 0
    can_delete = False
    hide_title = True
    fields = readonly_fields = ("recorded_at", "allows", "effective_from", "effective_until")
    verbose_name_plural = "versions; what was said last counts"

    def get_queryset(self, request: HttpRequest) -> QuerySet[LimitVersion]:
        """Fetch what is shown along, newest first."""
        versions: QuerySet[LimitVersion] = super().get_queryset(request)
        return versions.select_related("limit__account").order_by("-pk")

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Allow whoever may see the limit."""
        return bool(request.user.has_perm("ledger.view_limit"))

    @admin.display(description="allows")
    def allows(self, version: LimitVersion) -> str:
        """Show how much."""
        return _shown(version.limit, version.maximum)


@admin.register(Limit)
class LimitAdmin(ReadOnly, ModelAdmin):
    """Limits, newest first, with what they allow now; one is set on a page of its own."""

    list_display = ("account", "what", "allows", "counterparty", "recorded_at")
    list_display_links = ("what",)
    list_filter = ("direction", "period", "scope")
    search_fields = ("public_id", "account__code")
    search_help_text = "The code of an account, or the id of a limit"
    ordering = ("-pk",)
    list_per_page = 50
    show_full_result_count = False
    list_select_related = ("account", "counterparty")
    actions = ("end",)
    actions_list = ("set_limit",)
    inlines = (LimitVersionInline,)
    fields = ("public_id", "account", "what", "counterparty", "allows", "used", "recorded_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Limit]:
        """Fetch how much each allows now: one query for the page, not one for each row."""
        limits: QuerySet[Limit] = super().get_queryset(request)
        return selectors.with_maximum(limits=limits, at=clock.now())

    @admin.display(description="limit on")
    def what(self, limit: Limit) -> str:
        """Show what is limited."""
        moves = "what leaves" if limit.direction == "out" else "what comes in"
        spans = {"transaction": "in one transaction", "month": "in a month"}
        days = "in a day" if limit.days == 1 else f"in {limit.days} days"
        scopes = {"each": ", for each counterparty", "one": ", for one counterparty"}
        return f"{moves} {spans.get(limit.period, days)}{scopes.get(limit.scope, '')}"

    @admin.display(description="allows now")
    def allows(self, limit: Limit) -> str:
        """Show how much."""
        return _shown(limit, getattr(limit, selectors.MAXIMUM_NOW))

    @admin.display(description="used")
    def used(self, limit: Limit) -> str:
        """Show what of it is used, by whoever has used most."""
        account_id = AccountId(limit.account.public_id)
        standing = selectors.limits_of(account_id=account_id, at=clock.now())
        used = [one.used for one in standing if one.limit_id == limit.public_id and one.in_force]
        return _shown(limit, used[0]) if used else "-"

    @admin.action(description="End the chosen limits now", permissions=["change_limits"])
    def end(self, request: HttpRequest, chosen: QuerySet[Limit]) -> None:
        """Lift each of them."""
        actor, now = actor_of(request), clock.now()
        for limit in chosen:
            services.end_limit(actor=actor, now=now, limit_id=LimitId(limit.public_id))
        self.message_user(request, f"{len(chosen)} ended", messages.SUCCESS)

    def has_change_limits_permission(self, request: HttpRequest) -> bool:
        """Allow whoever holds ledger.change_limits."""
        return bool(request.user.has_perm("ledger.change_limits"))

    @action(  # type: ignore[untyped-decorator]
        description="Set a limit", url_path="set", icon="speed", permissions=["change_limits"]
    )
    def set_limit(self, request: HttpRequest) -> HttpResponse:
        """Show the form, or set the limit that it asks for; what is refused stands beside it."""
        if request.method != "POST":
            return self._page(request, SetLimitForm(initial=request.GET.dict()))
        form = SetLimitForm(request.POST)
        if not form.is_valid():
            return self._page(request, form, status=422)
        try:
            services.set_limit(actor=actor_of(request), now=clock.now(), limit=form.limit())
        except Problem as problem:
            form.add_error(None, f"{problem.detail[:1].upper()}{problem.detail[1:]}.")
            return self._page(request, form, status=problem.status)
        self.message_user(request, "The limit is set.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:ledger_limit_changelist"))

    def _page(self, request: HttpRequest, form: SetLimitForm, *, status: int = 200) -> HttpResponse:
        frame = self.admin_site.each_context(request)
        context = frame | {"title": "Set a limit", "form": form, "opts": self.opts}
        return TemplateResponse(request, "ledger/set_limit.html", context, status=status)


def _shown(limit: Limit, maximum: int | None) -> str:
    """Return an amount with its currency, or a number of transactions."""
    if maximum is None:
        return "no limit"
    if limit.measure == "count":
        return f"{maximum} transactions"
    currency = limit.account.currency
    return f"{grouped(Money(maximum, currency))} {currency}"
