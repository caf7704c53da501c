"""Statements for staff: downloads from the page of an account."""

import re
from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.urls import reverse

from .. import rules, selectors
from ..errors import StatementTooLong
from ..events import AccountId
from ..models import Account

_MARK_UTF8 = "\ufeff"  # without it spreadsheets read UTF-8 as the local code page


class StatementForm(forms.Form):
    """Which period, and in which form; `known_at`: as it would have been printed on that day."""

    known_at = forms.DateField(required=False)
    format = forms.ChoiceField(choices=[("csv", "CSV"), ("pdf", "PDF")])

    def __init__(self, data: Any) -> None:  # noqa: ANN401 - a query
        """Add the fields whose names are words of Python."""
        super().__init__(data)
        self.fields["from"] = forms.DateField()
        self.fields["to"] = forms.DateField()

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        found: dict[str, Any] = self.cleaned_data
        if found.get("from") and found.get("to") and found["from"] > found["to"]:
            self.add_error("to", "The period ends before it begins.")
        return found


def statement(
    model_admin: "ModelAdmin[Account]", request: HttpRequest, pk: int
) -> HttpResponseBase:
    """Send the statement of an account, `?from=&to=&format=`; else back to its page, saying why."""
    account = Account.objects.filter(pk=pk).first()
    if not model_admin.has_view_permission(request, account):
        raise PermissionDenied
    if account is None:
        raise Http404
    form = StatementForm(request.GET)
    try:
        if form.is_valid():
            return _download(account, form.cleaned_data)
        told = "; ".join(
            f"{name}: {error}" for name, errors in form.errors.items() for error in errors
        )
    except StatementTooLong as refusal:
        told = refusal.detail
    messages.error(request, f"No statement: {told}")
    return HttpResponseRedirect(reverse("admin:ledger_account_change", args=[pk]))


def _download(account: Account, asked: dict[str, Any]) -> HttpResponseBase:
    known_at = asked["known_at"]
    period = selectors.StatementPeriod(
        AccountId(account.public_id),
        datetime.combine(asked["from"], time.min, tzinfo=UTC),
        _end(asked["to"]),
        None if known_at is None else _end(known_at),
    )
    response: HttpResponseBase
    if asked["format"] == "csv":
        head, movements = selectors.statement_stream(period=period)
        lines = selectors.statement_csv(head=head, movements=movements)
        marked = (part.encode() for source in ([_MARK_UTF8], lines) for part in source)
        response = StreamingHttpResponse(marked, content_type="text/csv; charset=utf-8")
    else:
        found = selectors.statement(period=period, most=rules.PDF_MAX)
        made = selectors.statement_pdf(statement=found)
        response = HttpResponse(made, content_type="application/pdf")
    code = re.sub(r"[^A-Za-z0-9._-]+", "_", account.code)
    name = f"statement-{code}-{asked['from']}-{asked['to']}.{asked['format']}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _end(day: date) -> datetime:
    return datetime.combine(day, time.max, tzinfo=UTC)
