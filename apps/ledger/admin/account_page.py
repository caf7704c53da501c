"""The page of one account: what stands on it now, then and day by day, and what moved it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, cast

from django import forms
from django.http import HttpRequest

from apps.platform.money import MINOR_MAX
from apps.platform.rest import public_id

from .. import selectors
from ..events import AccountId, AccountKind, DayBalance
from ..models import Account, AccountBound, Entry, HoldOpen
from .acting import Act
from .charts import step_chart
from .read_only import amount, link_to, may, own_url

_DAYS: Final = 90
_DAYS_MAX: Final = 1100  # three years
_ENTRIES: Final = 50
_ROWS: Final = 50  # of what is listed beside the entries


class _Moment(forms.DateTimeField):
    """A moment in UTC, as a browser's picker says it."""

    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})


class MomentForm(forms.Form):
    """As of when a balance is asked for; empty: no bound."""

    as_of = _Moment(required=False, label="Counts by")
    known_at = _Moment(required=False, label="Known by")


class RangeForm(forms.Form):
    """The days of the chart."""

    since = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), label="From")
    until = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), label="to")

    def clean(self) -> dict[str, Any]:
        """Refuse what no chart can hold."""
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since is not None and until is not None:
            if since > until:
                self.add_error("since", "The first day is after the last.")
            elif (until - since).days >= _DAYS_MAX:
                self.add_error("since", f"At most {_DAYS_MAX:,} days are shown at once.")
        return cleaned


def context_of(
    request: HttpRequest, row: Account, acts: list[dict[str, str]], *, now: datetime
) -> dict[str, Any]:
    """Return what the page shows; each card only to whoever may see what is on it."""
    found = selectors.balance(account_id=AccountId(row.public_id), at=now)
    return {
        "row": row,
        "api_id": public_id("acct", row.public_id),
        "acts": acts,
        "path": [
            {"code": code, "url": link_to("ledger_account", key)}
            for key, code in (selectors.path_of(row=row) if row.parent_id else [])
        ],
        "slot_of": row.slot_of,
        "figures": [
            ("Posted", amount(found.posted_minor, row.currency)),
            ("Held", amount(found.held_minor, row.currency)),
            ("Available", _or(found.available_minor, row.currency, "no limit")),
            ("Floor", _or(row.floor_minor, row.currency, "none")),
            ("Ceiling", _or(row.ceiling_minor, row.currency, "none")),
        ],
        "moments": _moments(request, row, posted=amount(found.posted_minor, row.currency)),
        "series": _series(request, row, now=now),
        "entries": _entries(request, row) if may(request, "ledger.view_entry") else None,
        "holds": _holds(row, now=now) if may(request, "ledger.view_hold") else None,
        "bounds": _bounds(row, now=now),
        "slots": _slots(row),
        "statement": _statement(row, now=now),
    }


def acts_of(request: HttpRequest, row: Account, acts: Sequence[Act]) -> list[dict[str, str]]:
    """Return the buttons of what this caller may do to the account as it stands."""
    return [link for act in acts if (link := act.link(request, row)) is not None]


def _or(minor: int | None, currency: str, none: str) -> str:
    return none if minor is None else amount(minor, currency)


def _moments(request: HttpRequest, row: Account, *, posted: str) -> dict[str, Any]:
    form = MomentForm(request.GET)
    told: dict[str, Any] = {"form": form, "now": posted}
    if not form.is_valid():
        return told
    as_of, known_at = form.cleaned_data["as_of"], form.cleaned_data["known_at"]
    if as_of is None and known_at is None:
        return told
    past = selectors.balance_at(account_id=AccountId(row.public_id), as_of=as_of, known_at=known_at)
    return told | {"then": amount(past.posted_minor, row.currency)}


def _series(request: HttpRequest, row: Account, *, now: datetime) -> dict[str, Any]:
    today = now.astimezone(UTC).date()
    usual = {"since": today - timedelta(days=_DAYS - 1), "until": today}
    asked = {name: request.GET[name] for name in usual if name in request.GET}
    form = RangeForm({**usual, **asked})
    if not form.is_valid():
        return {"form": form}
    since, until = cast("date", form.cleaned_data["since"]), form.cleaned_data["until"]
    days = selectors.balance_series(
        account_id=AccountId(row.public_id),
        kind=cast("AccountKind", row.kind),
        since=since,
        until=until,
    )
    return {"form": form, **_drawn(days, row.currency)}


def _drawn(days: tuple[DayBalance, ...], currency: str) -> dict[str, Any]:
    def shown(minor: int) -> str:
        return amount(minor, currency)

    low = min(days, key=lambda day: day.balance_minor)
    high = max(days, key=lambda day: day.balance_minor)
    first, last = days[0], days[-1]
    return {
        "chart": step_chart(days, shown=shown),
        "says": f"Balance in {currency} at the end of each day by when it took effect, "
        f"{first.day:%-d %B %Y} to {last.day:%-d %B %Y}",
        "desc": f"From {shown(first.balance_minor)} to {shown(last.balance_minor)}; lowest "
        f"{shown(low.balance_minor)} on {low.day:%-d %B %Y}, "
        f"highest {shown(high.balance_minor)} on {high.day:%-d %B %Y}.",
        "days": [
            {
                "day": f"{day.day:%Y-%m-%d}",
                "debit": shown(day.debit_minor) if day.debit_minor else "",
                "credit": shown(day.credit_minor) if day.credit_minor else "",
                "balance": shown(day.balance_minor),
            }
            for day in reversed(days)
        ],
    }


def _entries(request: HttpRequest, row: Account) -> dict[str, Any]:
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 20 else None
    found = Entry.objects.filter(account=row)
    if before is not None:
        found = found.filter(version__lt=min(before, MINOR_MAX))
    newest = found.select_related("transaction").order_by("-version")[: _ENTRIES + 1]
    page = list(newest)
    links = may(request, "ledger.view_transaction")
    return {
        "rows": [
            {
                "recorded_at": entry.transaction.recorded_at,
                "effective_at": entry.transaction.effective_at,
                "kind": entry.transaction.kind,
                "url": link_to("ledger_transaction", entry.transaction_id) if links else "",
                "debit": amount(entry.debit, row.currency) if entry.debit else "",
                "credit": amount(entry.credit, row.currency) if entry.credit else "",
                "balance": amount(entry.balance_after, row.currency),
                "version": entry.version,
            }
            for entry in page[:_ENTRIES]
        ],
        "older": page[_ENTRIES - 1].version if len(page) > _ENTRIES else None,
        "newest": before is None,
    }


def _holds(row: Account, *, now: datetime) -> list[dict[str, Any]]:
    found = HoldOpen.objects.filter(account=row, expires_at__gt=now).select_related("hold")
    return [
        {
            "url": link_to("ledger_hold", one.hold_id),
            "placed": one.hold.recorded_at,
            "amount": amount(one.hold.amount_minor, row.currency),
            "left": amount(one.left_minor, row.currency),
            "ends": one.expires_at,
        }
        for one in found.order_by("expires_at", "pk")[:_ROWS]
    ]


def _bounds(row: Account, *, now: datetime) -> list[dict[str, Any]]:
    found = AccountBound.objects.filter(account=row).order_by("-effective_at", "-pk")[:_ROWS]
    return [
        {
            "effective_at": bound.effective_at,
            "recorded_at": bound.recorded_at,
            "coming": bound.effective_at > now,
            "floor": _or(bound.floor_minor, row.currency, "none"),
            "ceiling": _or(bound.ceiling_minor, row.currency, "none"),
        }
        for bound in found
    ]


def _slots(row: Account) -> list[dict[str, Any]]:
    if row.mode == "plain":
        return []
    return [
        {
            "number": slot.slot,
            "code": slot.code,
            "url": link_to("ledger_account", slot.pk),
            "posted": amount(slot.posted_minor, row.currency),
            "version": f"{slot.version:,}",
        }
        for slot in Account.objects.filter(slot_of=row).order_by("slot")
    ]


def _statement(row: Account, *, now: datetime) -> dict[str, Any] | None:
    url = own_url("ledger_account_statement", row.pk)
    first = now.date().replace(day=1)
    last_month = first - timedelta(days=1)
    return {"url": url, "since": last_month.replace(day=1), "until": last_month} if url else None
