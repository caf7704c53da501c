"""Periods of the books: define months, close them, open them again with a second person."""

from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import FormView

from apps.identity import public as identity
from apps.ledger import public as ledger
from apps.platform import clock
from apps.platform.actors import Actor
from apps.platform.problems import Problem
from apps.platform.rest import actor_of

from ..forms import CloseForm, NewPeriods, Reason
from .figures import amount, plural


class PeriodsForm(PermissionRequiredMixin, FormView[Any]):
    """A form that leads back to the list; a refusal is shown beside what was filled in."""

    http_method_names = ["get", "head", "post"]
    raise_exception = True
    title: ClassVar[str]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401
        """Add what the admin's frame shows."""
        frame = admin.site.each_context(self.request)
        return frame | super().get_context_data(**kwargs) | {"title": self.title}

    def form_valid(self, form: Any) -> HttpResponseBase:  # type: ignore[override]  # noqa: ANN401
        """Act; back to the list with what was done, or the form with why it was refused."""
        try:
            done = self.act(form)
        except Problem as refusal:
            form.add_error(None, refusal.detail)
            return self.form_invalid(form)
        messages.success(self.request, done)
        return redirect("backoffice:periods")

    def form_invalid(self, form: Any) -> HttpResponseBase:  # type: ignore[override]  # noqa: ANN401
        """Show the form with what is wrong."""
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def act(self, form: Any) -> str:  # noqa: ANN401
        """Do what the form asks for; return what was done, in words."""
        raise NotImplementedError

    def period(self) -> ledger.PeriodView:
        """Return the period that the address names."""
        try:
            return ledger.period(number=self.kwargs["number"])
        except ledger.PeriodNotFound as error:
            raise Http404 from error


class PeriodsPage(PeriodsForm):
    """GET and POST /admin/periods/: the list, and a form that defines the next months."""

    title = "Periods"
    template_name = "backoffice/periods.html"

    def get_permission_required(self) -> tuple[str]:
        """Return what is needed: more to define periods than to see them."""
        return ("ledger.close_period" if self.request.method == "POST" else "ledger.view_period",)

    def get_form(self, form_class: object = None) -> NewPeriods:  # noqa: ARG002 - Django's
        """Ask for the first month where there is no period yet."""
        data = self.request.POST if self.request.method == "POST" else None
        return NewPeriods(data, ask_first=not ledger.periods())

    def act(self, form: NewPeriods) -> str:
        """Define the months."""
        found = ledger.periods()
        first: date = found[0].ends_on + timedelta(days=1) if found else form.cleaned_data["first"]
        periods = ledger.months(first=first, count=form.cleaned_data["count"])
        ledger.open_periods(actor=actor_of(self.request), now=clock.now(), periods=periods)
        return f"{plural(len(periods), 'period')} defined, up to {periods[-1].name}."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401
        """Add the periods, and who closed and opened them."""
        found = ledger.periods()
        user, now = self.request.user, clock.now()
        closed = next((one for one in found if one.standing is not None), None)
        due = next((one for one in reversed(found) if one.standing is None), None)
        names = identity.staff_names(keys={one.key for period in found for one in _actors(period)})
        return super().get_context_data(
            rows=[_row(one, closed=closed, due=due, names=names) for one in found],
            closed=closed,
            due=due if due is not None and due.ends_on < now.date() else None,
            request_row=_request(closed, actor=actor_of(self.request), names=names),
            may_close=user.has_perm("ledger.close_period"),
            may_reopen=user.has_perm("ledger.reopen_period"),
            **kwargs,
        )


class ClosePage(PeriodsForm):
    """GET and POST /admin/periods/{number}/close/."""

    title = "Close a period"
    template_name = "backoffice/period_close.html"
    permission_required = "ledger.close_period"

    def get_form(self, form_class: object = None) -> CloseForm:  # noqa: ARG002 - Django's
        """Offer equity accounts for the results."""
        data = self.request.POST if self.request.method == "POST" else None
        due = ledger.closing_preview(number=self.period().number)
        return CloseForm(data, due=due, equity=ledger.accounts(kind="equity") if due else ())

    def act(self, form: CloseForm) -> str:
        """Close it, with closing entries if accounts are named for them."""
        closed = ledger.close_period(
            actor=actor_of(self.request),
            now=clock.now(),
            number=self.kwargs["number"],
            reason=form.cleaned_data["reason"],
            retained=form.retained(),
        )
        journals = 0 if closed.standing is None else len(closed.standing.journals)
        entries = f" {plural(journals, 'closing journal')} booked." if journals else ""
        return f"{closed.name} is closed.{entries}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401
        """Add the period, and what closing entries would move."""
        period = self.period()
        results = [
            {
                "currency": one.currency,
                "result": amount(one.result_minor, currency=one.currency),
                "loss": one.result_minor < 0,
                "accounts": plural(len(one.lines), "account"),
            }
            for one in ledger.closing_preview(number=period.number)
        ]
        return super().get_context_data(period=period, results=results, **kwargs)


class ReopenPage(PeriodsForm):
    """GET and POST /admin/periods/{number}/reopen/: ask for it."""

    title = "Open a period again"
    template_name = "backoffice/period_reopen.html"
    permission_required = "ledger.reopen_period"
    form_class = Reason

    def act(self, form: Reason) -> str:
        """Leave the request for another person."""
        ledger.ask_reopening(
            actor=actor_of(self.request),
            now=clock.now(),
            number=self.kwargs["number"],
            reason=form.cleaned_data["reason"],
        )
        return "Asked. Another person has a week to agree on this screen."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401
        """Add the period."""
        return super().get_context_data(period=self.period(), **kwargs)


class AgreePage(PeriodsForm):
    """GET and POST /admin/periods/{number}/agree/{request_id}/."""

    title = "Agree to open a period again"
    template_name = "backoffice/period_agree.html"
    permission_required = "ledger.reopen_period"
    form_class = forms.Form

    def act(self, form: forms.Form) -> str:  # noqa: ARG002 - there is nothing to fill in
        """Open the period again."""
        opened = ledger.reopen_period(
            actor=actor_of(self.request), now=clock.now(), request_id=self._asked().request_id
        )
        return f"{opened.name} is open again."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401
        """Add the period and the request."""
        asked = self._asked()
        names = identity.staff_names(keys={asked.asked_by.key})
        return super().get_context_data(
            period=self.period(), asked=asked, asked_by=_name(asked.asked_by, names), **kwargs
        )

    def _asked(self) -> ledger.ReopeningView:
        """Return the request that the address names, of a closing of its period."""
        for closing in self.period().closings:
            for asked in closing.reopenings:
                if asked.request_id == self.kwargs["request_id"]:
                    return asked
        raise Http404


def _row(
    period: ledger.PeriodView,
    *,
    closed: ledger.PeriodView | None,
    due: ledger.PeriodView | None,
    names: dict[str, str],
) -> dict[str, Any]:
    standing = period.standing
    return {
        "number": period.number,
        "name": period.name,
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
        "closed": standing is not None,
        "history": [line for one in period.closings for line in _history(one, names)],
        "journals": [] if standing is None else _journals(standing),
        "may_be_closed": due is not None and period.number == due.number,
        "may_be_opened": closed is not None and period.number == closed.number,
    }


def _journals(closing: ledger.ClosingView) -> list[str]:
    """Return links that show what a closing booked."""
    listed = reverse("admin:ledger_transaction_changelist")
    return [f"{listed}?q={transaction_id}" for transaction_id in closing.journals]


def _history(closing: ledger.ClosingView, names: dict[str, str]) -> list[str]:
    remark = f": {closing.reason}" if closing.reason else ""
    return [
        f"Closed {closing.closed_at:%Y-%m-%d} by {_name(closing.closed_by, names)}{remark}",
        *(
            f"Opened again {one.agreed_at:%Y-%m-%d} by {_name(one.asked_by, names)} and "
            f"{_name(one.agreed_by, names)}: {one.reason}"
            for one in closing.reopenings
            if one.agreed_by is not None and one.agreed_at is not None
        ),
    ]


def _request(
    closed: ledger.PeriodView | None, *, actor: Actor, names: dict[str, str]
) -> dict[str, Any] | None:
    """Return the request that waits for another person, if there is one."""
    asked = None if closed is None else ledger.open_request(closed, now=clock.now())
    if asked is None or closed is None:
        return None
    return {
        "id": asked.request_id,
        "period": closed.name,
        "number": closed.number,
        "asked_by": _name(asked.asked_by, names),
        "asked_at": asked.asked_at,
        "reason": asked.reason,
        "own": (asked.asked_by.kind, asked.asked_by.key) == (actor.kind, actor.key),
    }


def _actors(period: ledger.PeriodView) -> list[Actor]:
    found = [one.closed_by for one in period.closings]
    for closing in period.closings:
        for one in closing.reopenings:
            found += [one.asked_by, *([one.agreed_by] if one.agreed_by else [])]
    return found


def _name(actor: Actor, names: dict[str, str]) -> str:
    return names.get(actor.key, actor.key) if actor.kind == "staff" else actor.key
