"""Reports of the books as of any date: on screen, as CSV, as XLSX."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Final

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode

from apps.ledger import public as ledger
from apps.platform import clock
from apps.platform.money import Money, decimal
from apps.platform.screens import FORMATS, Cell, export_response

from ... import selectors
from ..forms import BalanceSheetFilter, IncomeStatementFilter, ReportFilter, TrialBalanceFilter
from .figures import amount
from .pages import StaffPage, sum_rows

_PAGE = 100
_KINDS: Final = {
    "asset": "Assets",
    "liability": "Liabilities",
    "equity": "Equity",
    "income": "Income",
    "expense": "Expense",
}
_Rows = Iterator[Sequence[Cell]]


class ReportPage(StaffPage):
    """What reports have in common: a form in the query, a page or a file out."""

    permission_required = "ledger.view_report"
    form_class: ClassVar[type[ReportFilter]]

    def get(  # type: ignore[override] # a file is streamed
        self, request: HttpRequest, *_: object, **__: object
    ) -> HttpResponseBase:
        """Return the page, or with format=csv or xlsx the chosen lines as a file."""
        form = self.form_class(request.GET, currencies=ledger.currencies())
        wanted = request.GET.get("format")
        if form.is_valid() and wanted in FORMATS:
            return self.export(str(wanted), form)
        chosen = {name: request.GET.get(name, "") for name in form.fields}
        context = self.get_context_data(
            form=form,
            filtered=any(chosen.values()),
            query=urlencode({name: value for name, value in chosen.items() if value}),
            **(self.report(form) if form.is_valid() else {}),
        )
        return self.render_to_response(context)

    def report(self, form: ReportFilter) -> dict[str, Any]:
        """Return what the template shows."""
        raise NotImplementedError

    def export(self, wanted: str, form: ReportFilter) -> HttpResponseBase:
        """Return the file."""
        raise NotImplementedError


# --- the trial balance


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """One account's balance as text, on its side; the other side is empty."""

    link: str
    code: str
    name: str
    kind: str
    currency: str
    debit: str
    credit: str


class TrialBalancePage(ReportPage):
    """GET /admin/trial-balance/[?as_of=&known_at=&currency=&kind=&into=&page=&format=csv]."""

    title = "Trial balance"
    template_name = "backoffice/trial_balance.html"
    form_class = TrialBalanceFilter

    def report(self, form: ReportFilter) -> dict[str, Any]:
        """Return the verdict on the whole, its sums, and a page of the chosen lines."""
        books = _books(form)
        rates = form.rates()
        shown = books if rates is None else books.translated(rates)
        page = Paginator(_chosen(shown, form), _PAGE).get_page(self.request.GET.get("page"))
        return {
            "moment": _moment(form, now=clock.now()),
            "balanced": books.balanced,
            "sums": sum_rows(shown),
            "into": form.chosen("into"),
            "rows": [_row(line) for line in page],
            "page": page,
        }

    def export(self, wanted: str, form: ReportFilter) -> HttpResponseBase:
        """Return the chosen lines."""
        books, rates = _books(form), form.rates()
        lines = _chosen(books if rates is None else books.translated(rates), form)
        return export_response(
            wanted,
            name="trial-balance",
            day=form.day("as_of") or clock.now().date(),
            header=("code", "account", "type", "currency", "debit", "credit"),
            rows=(
                [
                    line.code,
                    line.name,
                    line.kind,
                    line.currency,
                    _exact(line.debit_minor, line.currency),
                    _exact(line.credit_minor, line.currency),
                ]
                for line in lines
            ),
        )


def _books(form: ReportFilter) -> selectors.TrialBalance:
    return selectors.trial_balance(
        as_of=_end(form.day("as_of")), known_at=_end(form.day("known_at"))
    )


def _chosen(books: selectors.TrialBalance, form: ReportFilter) -> list[ledger.TrialBalanceLine]:
    kind, currency = form.chosen("kind"), "" if form.chosen("into") else form.chosen("currency")
    return [
        line
        for line in books.lines
        if (not currency or line.currency == currency) and (not kind or line.kind == kind)
    ]


def _row(line: ledger.TrialBalanceLine) -> LineRow:
    debit, credit = line.debit_minor, line.credit_minor
    on_credit = credit != 0 or (debit == 0 and line.kind in {"liability", "equity", "income"})
    return LineRow(
        link=_link(line.row_id),
        code=line.code,
        name=line.name,
        kind=line.kind.capitalize(),
        currency=line.currency,
        debit="" if on_credit and not debit else amount(debit, currency=line.currency),
        credit=amount(credit, currency=line.currency) if on_credit else "",
    )


# --- balance sheet and income statement


class BalanceSheetPage(ReportPage):
    """GET /admin/balance-sheet/[?as_of=&known_at=&currency=&into=&format=csv]."""

    title = "Balance sheet"
    template_name = "backoffice/balance_sheet.html"
    form_class = BalanceSheetFilter

    def report(self, form: ReportFilter) -> dict[str, Any]:
        """Return each currency's sheet as text."""
        return {
            "moment": _moment(form, now=clock.now()),
            "into": form.chosen("into"),
            "sheets": [_sheet(one) for one in _sheets(form)],
        }

    def export(self, wanted: str, form: ReportFilter) -> HttpResponseBase:
        """Return every line of each sheet, and what stands between its sides."""
        day = form.day("as_of") or clock.now().date()
        return _export_lines(wanted, name="balance-sheet", day=day, rows=_sheet_rows(_sheets(form)))


class IncomeStatementPage(ReportPage):
    """GET /admin/income-statement/[?since=&until=&currency=&into=&format=csv]."""

    title = "Income statement"
    template_name = "backoffice/income_statement.html"
    form_class = IncomeStatementFilter

    def report(self, form: ReportFilter) -> dict[str, Any]:
        """Return each currency's statement as text."""
        since, until = _span(form)
        return {
            "since": since,
            "until": until,
            "into": form.chosen("into"),
            "statements": [
                {
                    "currency": one.currency,
                    "sections": [
                        _section(part, one.currency) for part in (one.income, one.expense)
                    ],
                    "result": amount(one.result_minor, currency=one.currency),
                    "loss": one.result_minor < 0,
                }
                for one in _statements(form)
            ],
        }

    def export(self, wanted: str, form: ReportFilter) -> HttpResponseBase:
        """Return every line of each statement, and its result."""
        _, until = _span(form)
        return _export_lines(
            wanted, name="income-statement", day=until, rows=_statement_rows(_statements(form))
        )


def _sheets(form: ReportFilter) -> list[ledger.BalanceSheet]:
    found = ledger.balance_sheets(
        as_of=_end(form.day("as_of")), known_at=_end(form.day("known_at")), rates=form.rates()
    )
    return [one for one in found if _wanted(one.currency, form)]


def _statements(form: ReportFilter) -> list[ledger.IncomeStatement]:
    since, until = _span(form)
    found = ledger.income_statements(
        since=ledger.first_moment(since), until=ledger.last_moment(until), rates=form.rates()
    )
    return [one for one in found if _wanted(one.currency, form)]


def _wanted(currency: str, form: ReportFilter) -> bool:
    return bool(form.chosen("into")) or form.chosen("currency") in {"", currency}


def _span(form: ReportFilter) -> tuple[date, date]:
    """Return the days of an income statement: this year so far, unless others are chosen."""
    until = form.day("until") or clock.now().date()
    return form.day("since") or date(until.year, 1, 1), until


def _sheet(sheet: ledger.BalanceSheet) -> dict[str, Any]:
    shown: Callable[[int], str] = lambda minor: amount(minor, currency=sheet.currency)  # noqa: E731
    parts = (sheet.assets, sheet.liabilities, sheet.equity)
    return {
        "currency": sheet.currency,
        "sections": [_section(part, sheet.currency) for part in parts],
        "result": shown(sheet.result_minor),
        "difference": shown(sheet.difference_minor),
        "differs": sheet.difference_minor != 0,
        "assets": shown(sheet.assets.total_minor),
        "claims": shown(sheet.claims_minor),
    }


def _section(section: ledger.Section, currency: str) -> dict[str, Any]:
    return {
        "kind": section.kind,
        "title": _KINDS[section.kind],
        "total": amount(section.total_minor, currency=currency),
        "lines": [
            {
                "link": _link(line.row_id),
                "code": line.code,
                "name": line.name,
                "depth": min(line.depth, 5),
                "heads": line.heads,
                "amount": amount(line.total_minor, currency=currency),
                "own": amount(line.own_minor, currency=currency)
                if line.heads and line.own_minor
                else "",
            }
            for line in section.lines
        ],
    }


_HEADER: Final = ("currency", "section", "level", "code", "account", "balance", "with those below")


def _export_lines(wanted: str, *, name: str, day: date, rows: _Rows) -> HttpResponseBase:
    return export_response(wanted, name=name, day=day, header=_HEADER, rows=rows)


def _sheet_rows(sheets: Sequence[ledger.BalanceSheet]) -> _Rows:
    for sheet in sheets:
        for section in (sheet.assets, sheet.liabilities, sheet.equity):
            yield from _section_rows(section, sheet.currency)
        yield _sum_row(sheet.currency, "Result not yet closed", sheet.result_minor)
        yield _sum_row(sheet.currency, "Difference", sheet.difference_minor)


def _statement_rows(statements: Sequence[ledger.IncomeStatement]) -> _Rows:
    for one in statements:
        yield from _section_rows(one.income, one.currency)
        yield from _section_rows(one.expense, one.currency)
        yield _sum_row(one.currency, "Result", one.result_minor)


def _section_rows(section: ledger.Section, currency: str) -> _Rows:
    for line in section.lines:
        own, total = (_exact(minor, currency) for minor in (line.own_minor, line.total_minor))
        yield [currency, _KINDS[section.kind], line.depth + 1, line.code, line.name, own, total]


def _sum_row(currency: str, title: str, minor: int) -> Sequence[Cell]:
    exact = _exact(minor, currency)
    return [currency, title, 1, "", title, exact, exact]


def _exact(minor: int, currency: str) -> Decimal:
    return Decimal(decimal(Money(minor, currency)))


def _end(day: date | None) -> datetime | None:
    return None if day is None else ledger.last_moment(day)


def _moment(form: ReportFilter, *, now: datetime) -> str:
    """Return as of when the report is, in words."""
    as_of, known_at = form.day("as_of"), form.day("known_at")
    said = f"{now:%-d %B %Y, %H:%M} UTC" if as_of is None else f"the end of {as_of:%-d %B %Y}"
    known = "" if known_at is None else f", as known at the end of {known_at:%-d %B %Y}"
    return f"As of {said}{known}"


def _link(row_id: int) -> str:
    return reverse("admin:ledger_account_change", args=[row_id])
