"""Screens of the back-office: check permission, read the clock, ask a selector, render."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.views.generic import TemplateView

from apps.ledger import public as ledger
from apps.platform import clock
from apps.platform.money import Money, decimal
from apps.platform.screens import Cell, csv_response

from ... import selectors
from ..forms import TrialBalanceFilter
from .figures import amount

_PAGE = 100


class StaffPage(PermissionRequiredMixin, TemplateView):
    """A page within the admin; web/urls wraps it in admin_view, which asks for the log-in."""

    http_method_names = ["get", "head", "options"]
    raise_exception = True
    title: ClassVar[str]

    def get_context_data(self, **kwargs: object) -> dict[str, Any]:
        """Add what the admin's frame shows."""
        frame = admin.site.each_context(self.request)
        return super().get_context_data(**kwargs) | frame | {"title": self.title}


@dataclass(frozen=True, slots=True, kw_only=True)
class SumRow:
    """The sums of one currency as text."""

    currency: str
    debits: str
    credits: str
    difference: str
    balanced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """One account's balance as text, on its side; the other side is empty."""

    account_id: str
    code: str
    name: str
    kind: str
    currency: str
    debit: str
    credit: str


class TrialBalancePage(StaffPage):
    """GET /admin/trial-balance/[?currency=&kind=&page=&format=csv]."""

    title = "Trial balance"
    template_name = "backoffice/trial_balance.html"
    permission_required = "ledger.view_account"

    def get(self, request: HttpRequest, *_: object, **__: object) -> HttpResponse:
        """Return the page, or with format=csv the chosen lines as a file."""
        books = selectors.trial_balance()
        form = TrialBalanceFilter(request.GET, currencies=[total.currency for total in books.sums])
        lines = _chosen(books, form)
        if request.GET.get("format") == "csv":
            return _csv(lines)
        page = Paginator(lines, _PAGE).get_page(request.GET.get("page"))
        chosen = {name: form.chosen(name) for name in form.fields}
        context = self.get_context_data(
            form=form,
            as_of=clock.now(),
            balanced=books.balanced,
            sums=sum_rows(books),
            rows=[_row(line) for line in page],
            page=page,
            filtered=any(chosen.values()),
            query=urlencode({name: value for name, value in chosen.items() if value}),
        )
        return self.render_to_response(context)


def sum_rows(books: selectors.TrialBalance) -> list[SumRow]:
    """Return the sums of each currency as text."""
    return [
        SumRow(
            currency=total.currency,
            debits=amount(total.debit_minor, currency=total.currency),
            credits=amount(total.credit_minor, currency=total.currency),
            difference=amount(total.difference_minor, currency=total.currency),
            balanced=total.difference_minor == 0,
        )
        for total in books.sums
    ]


def _chosen(
    books: selectors.TrialBalance, form: TrialBalanceFilter
) -> list[ledger.TrialBalanceLine]:
    currency, kind = form.chosen("currency"), form.chosen("kind")
    return [
        line
        for line in books.lines
        if (not currency or line.currency == currency) and (not kind or line.kind == kind)
    ]


def _row(line: ledger.TrialBalanceLine) -> LineRow:
    debit, credit = line.debit_minor, line.credit_minor
    on_credit = credit != 0 or (debit == 0 and line.kind in {"liability", "equity", "income"})
    return LineRow(
        account_id=str(line.account_id),
        code=line.code,
        name=line.name,
        kind=line.kind.capitalize(),
        currency=line.currency,
        debit="" if on_credit and not debit else amount(debit, currency=line.currency),
        credit=amount(credit, currency=line.currency) if on_credit else "",
    )


def _csv(lines: list[ledger.TrialBalanceLine]) -> HttpResponse:
    rows: list[list[Cell]] = [
        [
            line.code,
            line.name,
            line.kind,
            line.currency,
            Decimal(decimal(Money(line.debit_minor, line.currency))),
            Decimal(decimal(Money(line.credit_minor, line.currency))),
        ]
        for line in lines
    ]
    header = ("code", "account", "type", "currency", "debit", "credit")
    return csv_response(name="trial-balance", day=clock.now().date(), header=header, rows=rows)
