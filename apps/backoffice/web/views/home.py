"""The staff's home: a card for each thing the caller may see, and what to do next."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from apps.payments import public as payments
from apps.platform import clock
from apps.platform.outbox import public as outbox

from ... import selectors
from .figures import BarChart, amount, plural, span
from .pages import sum_rows
from .verification import check_card

_DAYS = 30
_STATEMENTS = 5
_PULSE_STALE = timedelta(minutes=2)  # a dozen heartbeats


def home(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Return the context of the admin's index with the cards (unfold's DASHBOARD_CALLBACK)."""
    user, now = request.user, clock.now()
    cards: dict[str, Any] = {}
    if user.has_perm("ledger.view_account"):
        cards["books"] = _books()
        cards["check"] = check_card(now=now)
    if user.has_perm("ledger.view_transaction"):
        cards["activity"] = _activity(now=now)
    if user.has_perm("outbox.view_delivery"):
        cards["queue"] = queue_card()
    if user.has_perm("payments.view_statement"):
        may_import = user.has_perm("payments.import_statement")
        cards["statements"] = {"rows": _statements(), "may_import": may_import}
    return context | {"title": "Home", "home": cards or {"empty": True}}


def queue_card() -> dict[str, Any]:
    """Return what waits in the outbox and how the worker does, as text."""
    backlog, pulse = outbox.backlog(), outbox.pulse_age()
    fresh = pulse is not None and pulse < _PULSE_STALE
    if not fresh:
        following = "No worker answers. Start the worker, beat and relay; what waits is kept."
    elif backlog.dead:
        following = "Remove the cause of the dead letters, then replay them."
    else:
        following = "Nothing to do: events are delivered as they come."
    return {
        "pending": f"{backlog.pending:,}",
        "dead": f"{backlog.dead:,}",
        "has_dead": backlog.dead > 0,
        "oldest": span(backlog.oldest) if backlog.oldest is not None else "",
        "pulse": span(pulse) if pulse is not None else "",
        "fresh": fresh,
        "next": following,
    }


def _books() -> dict[str, Any]:
    books = selectors.trial_balance()
    return {"sums": sum_rows(books), "balanced": books.balanced}


def _activity(*, now: datetime) -> dict[str, Any]:
    activity = selectors.activity(now=now, days=_DAYS)
    days = [
        (f"{day:%-d %b}: {plural(count, 'transaction')}", count) for day, count in activity.days
    ]
    chart = BarChart.of(days, width=720, height=120)
    first, last = activity.days[0][0], activity.days[-1][0]
    return {
        "last_day": f"{activity.last_day:,}",
        "total": f"{activity.total:,}",
        "peak": f"{chart.peak:,}",
        "any": activity.total > 0,
        "chart": chart,
        "first": f"{first:%-d %b}",
        "last": f"{last:%-d %b}",
        "says": f"{plural(activity.total, 'transaction')} from {first:%-d %B} to {last:%-d %B}, "
        f"at most {chart.peak:,} a day",
    }


def _statements() -> list[dict[str, Any]]:
    return [
        {
            "link": reverse("admin:payments_statement_change", args=[row.id]),
            "reference": row.reference,
            "account": row.account,
            "until": row.until,
            "entries": f"{row.entries:,}",
            "closing": amount(row.closing_minor, currency=row.currency),
            "currency": row.currency,
        }
        for row in payments.latest_statements(limit=_STATEMENTS)
    ]
