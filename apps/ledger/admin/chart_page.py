"""The chart of accounts as a tree, with what each branch comes to."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final, cast

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.utils.http import urlencode

from apps.platform import clock
from apps.platform.money import Money, decimal
from apps.platform.screens import Cell, csv_response

from .. import rules, selectors
from ..events import ChartLine
from .read_only import PageAdmin, amount, link_to

_KINDS: Final = {
    "asset": "Assets",
    "liability": "Liabilities",
    "equity": "Equity",
    "income": "Income",
    "expense": "Expenses",
}
_STATUSES: Final = {
    "open": "Open",
    "frozen_debit": "Frozen for debits",
    "frozen": "Frozen",
    "closed": "Closed",
}
_SHOWN_MAX: Final = 100  # accounts next to each other; the list has the rest


class ChartFilter(forms.Form):
    """Which accounts to show; an unknown value counts as none."""

    q = forms.CharField(required=False, max_length=100, label="Code or name")
    kind = forms.ChoiceField(required=False, choices=[("", "All kinds"), *_KINDS.items()])
    currency = forms.ChoiceField(required=False)
    status = forms.ChoiceField(required=False, choices=[("", "Any status"), *_STATUSES.items()])

    def __init__(self, data: Any, *, currencies: Iterable[str]) -> None:  # noqa: ANN401
        """Offer the currencies that the accounts have."""
        super().__init__(data)
        offered = cast("forms.ChoiceField", self.fields["currency"])
        offered.choices = [("", "All currencies"), *((one, one) for one in currencies)]

    def chosen(self) -> dict[str, str]:
        """Return what was chosen, and well."""
        self.is_valid()
        return {name: str(value) for name, value in self.cleaned_data.items() if value}


def answer(admin: PageAdmin, request: HttpRequest) -> HttpResponseBase:
    """Return the page, or with format=csv the same accounts as a file."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    if not admin.has_view_permission(request):
        raise PermissionDenied
    lines = selectors.chart()
    form = ChartFilter(request.GET, currencies=sorted({line.currency for line in lines}))
    chosen = form.chosen()
    tops = rules.tree(lines, wanted=lambda line: _wanted(line, chosen))
    if request.GET.get("format") == "csv":
        return _file(tops, lines)
    groups = [group for kind in _KINDS if (group := _group(kind, tops, chosen))]
    context = {
        "title": "Chart of accounts",
        "form": form,
        "groups": groups,
        "count": sum(group["count"] for group in groups),
        "any": bool(lines),
        "filtered": bool(chosen),
        "open": bool(chosen),
        "query": urlencode(chosen),
    }
    return admin.page(request, "ledger/chart.html", context)


def _wanted(line: ChartLine, chosen: dict[str, str]) -> bool:
    words = chosen.get("q", "").casefold()
    return (
        (not words or words in line.code.casefold() or words in line.name.casefold())
        and chosen.get("kind", line.kind) == line.kind
        and chosen.get("currency", line.currency) == line.currency
        and chosen.get("status", line.status) == line.status
    )


def _group(
    kind: str, tops: Sequence[rules.Branch], chosen: dict[str, str]
) -> dict[str, Any] | None:
    found = [branch for branch in tops if branch.line.kind == kind]
    if not found:
        return None
    sums: dict[str, int] = defaultdict(int)
    for branch in found:
        for currency, minor in branch.sums.items():
            sums[currency] += minor
    return {
        "title": _KINDS[kind],
        "count": sum(one.wanted for branch in found for _, one in branch.walk()),
        "sums": _sums(sums),
        "branches": [_shown(branch) for branch in found[:_SHOWN_MAX]],
        "more": max(0, len(found) - _SHOWN_MAX),
        "list": urlencode({"kind__exact": kind} | _for_list(chosen)),
    }


def _for_list(chosen: dict[str, str]) -> dict[str, str]:
    """Return the filters as the list of accounts takes them."""
    names = {"q": "q", "currency": "currency", "status": "status__exact"}
    return {names[name]: value for name, value in chosen.items() if name in names}


def _shown(branch: rules.Branch) -> dict[str, Any]:
    line = branch.line
    return {
        "code": line.code,
        "name": line.name,
        "url": link_to("ledger_account", line.row),
        "status": "" if line.status == "open" else _STATUSES[line.status],
        "own": f"{amount(line.posted_minor, line.currency)} {line.currency}",
        "wanted": branch.wanted,
        "sums": _sums(branch.sums),
        "below": [_shown(one) for one in branch.below[:_SHOWN_MAX]],
        "more": max(0, len(branch.below) - _SHOWN_MAX),
    }


def _sums(sums: dict[str, int]) -> list[str]:
    return [f"{amount(minor, currency)} {currency}" for currency, minor in sorted(sums.items())]


def _file(tops: Sequence[rules.Branch], lines: Sequence[ChartLine]) -> HttpResponseBase:
    codes = {line.row: line.code for line in lines}
    rows: list[list[Cell]] = [
        [
            depth,
            branch.line.code,
            codes.get(branch.line.parent, "") if branch.line.parent is not None else "",
            branch.line.name,
            branch.line.kind,
            branch.line.currency,
            branch.line.status,
            Decimal(decimal(Money(branch.line.posted_minor, branch.line.currency))),
        ]
        for top in tops
        for depth, branch in top.walk()
        if branch.wanted
    ]
    header = ("depth", "code", "parent", "name", "kind", "currency", "status", "balance")
    day = clock.now().date()
    return csv_response(name="chart-of-accounts", day=day, header=header, rows=rows)
