"""Statements as JSON, CSV and PDF."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from apps.platform.rest import ScopedView, public_id

from ... import rules, selectors
from ...events import AccountId, Movement, StatementView
from . import edge, queries


class _Csv(JSONRenderer):
    """Stands for CSV in the negotiation; what is rendered by it is a problem."""

    media_type = "text/csv"
    format = "csv"


class _Pdf(JSONRenderer):
    """Stands for PDF in the negotiation; what is rendered by it is a problem."""

    media_type = "application/pdf"
    format = "pdf"


class _ByFormat(DefaultContentNegotiation):
    """`format=` before Accept; a format that there is not is malformed."""

    def filter_renderers(  # type: ignore[override]
        self,
        renderers: Sequence[BaseRenderer],
        format: str,  # noqa: A002 - DRF's name
    ) -> list[BaseRenderer]:
        """Return the renderer of the format. Raises ValidationError."""
        found = [renderer for renderer in renderers if renderer.format == format]
        if not found:
            raise ValidationError({"format": "Expected json, csv or pdf."})
        return found


class AccountStatement(ScopedView):
    """GET /v1/ledger/accounts/{id}/statements."""

    required_scopes: ClassVar = {"GET": "ledger:read"}
    renderer_classes = (JSONRenderer, _Csv, _Pdf)
    content_negotiation_class = _ByFormat

    @extend_schema(
        operation_id="get_statement",
        summary="Read a statement",
        parameters=[
            edge.ACCOUNT,
            OpenApiParameter(
                "from", queries.MOMENT, required=True, description="A date: its start."
            ),
            OpenApiParameter("to", queries.MOMENT, required=True, description="A date: its end."),
            OpenApiParameter(
                "known_at", queries.MOMENT, description="As it would have been printed then."
            ),
            OpenApiParameter(
                "format", enum=["json", "csv", "pdf"], description="Before Accept; else JSON."
            ),
        ],
        responses={
            (200, "application/json"): queries.StatementOut,
            (200, "text/csv"): OpenApiTypes.STR,
            (200, "application/pdf"): OpenApiTypes.BINARY,
            **edge.READ_PROBLEMS,
            (422, edge.PROBLEM_TYPE): edge.PROBLEM,
        },
    )
    def get(self, request: Request, account_id: str) -> HttpResponseBase:
        """Return opening balance, what took effect from `from` to `to`, and closing balance.

        JSON takes 50,000 movements, PDF 10,000; CSV is streamed and takes any number.
        """
        asked = queries.asked(request, queries.StatementQuery)
        row = edge.readable(request, account_id)
        period = selectors.StatementPeriod(
            AccountId(row.public_id), asked["from"], asked["to"], asked.get("known_at")
        )
        sight = edge.sight_of(request)
        wanted = request.accepted_renderer.format
        if wanted == "csv":
            head, movements = selectors.statement_stream(period=period, sight=sight)
            lines = selectors.statement_csv(head=head, movements=movements)
            return StreamingHttpResponse(
                (line.encode() for line in lines), content_type="text/csv; charset=utf-8"
            )
        most = rules.PDF_MAX if wanted == "pdf" else rules.STATEMENT_MAX
        found = selectors.statement(period=period, most=most, sight=sight)
        if wanted == "pdf":
            made = selectors.statement_pdf(statement=found)
            return HttpResponse(made, content_type="application/pdf")
        return Response(_told(found))


def _told(found: StatementView) -> dict[str, Any]:
    """Return the JSON by hand: a serializer for each row would take most of the time."""
    head = found.head
    return {
        "account_id": public_id("acct", head.account_id),
        "code": head.code,
        "name": head.name,
        "kind": head.kind,
        "currency": head.currency,
        "since": head.since,
        "until": head.until,
        "known_at": head.known_at,
        "opening": head.opening_minor,
        "closing": found.closing_minor,
        "debit": found.debit_minor,
        "credit": found.credit_minor,
        "movements": [_row(one) for one in found.movements],
    }


def _row(one: Movement) -> dict[str, Any]:
    return {
        "transaction_id": public_id("txn", one.transaction_id),
        "effective_at": f"{one.effective_at.isoformat()[:-6]}Z",  # they are in UTC
        "recorded_at": f"{one.recorded_at.isoformat()[:-6]}Z",
        "kind": one.kind,
        "reference": one.reference,
        "counterparty": one.counterparty,
        "debit": one.debit_minor,
        "credit": one.credit_minor,
        "balance": one.balance_minor,
    }
