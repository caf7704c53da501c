"""Journals, whose legs may be many and of several currencies, and batches of transfers."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from apps.platform import ids
from apps.platform.rest import ScopedView, once

from ... import rules, selectors, services
from ...events import AccountId, Leg, Posted, Posting, Refused, TransactionId
from .. import serializers as shapes
from . import edge


class JournalCollection(ScopedView):
    """POST /v1/ledger/journals."""

    required_scopes: ClassVar = {"POST": "ledger:write"}

    @extend_schema(
        operation_id="post_journal",
        summary="Post a journal of many legs",
        request=shapes.JournalIn,
        parameters=[edge.KEY],
        responses={201: shapes.TransactionOut, **edge.POST_PROBLEMS},
    )
    def post(self, request: Request) -> HttpResponse:
        """Post legs that balance in each currency: 201 with the transaction, once for each key."""
        wanted = edge.body_of(request, shapes.JournalIn)
        _ask_each(request, (leg["account_id"] for leg in wanted["legs"]))
        return once(request, status=201, work=lambda: _post(request, wanted))


class BatchCollection(ScopedView):
    """POST /v1/ledger/batches."""

    required_scopes: ClassVar = {"POST": "ledger:write"}

    @extend_schema(
        operation_id="post_batch",
        summary="Post many transfers at once",
        request=shapes.BatchIn,
        parameters=[edge.KEY],
        responses={201: shapes.BatchOut, **edge.POST_PROBLEMS},
    )
    def post(self, request: Request) -> HttpResponse:
        """Post 1 to 1,000 transfers, all or each on its own: 201 with a result a line."""
        wanted = edge.body_of(request, shapes.BatchIn)
        _ask_each(request, (line["debit_account_id"] for line in wanted["transfers"]))
        return once(request, status=201, work=lambda: _post_batch(request, wanted))


def _ask_each(request: Request, account_ids: Iterable[AccountId]) -> None:
    for account_id in dict.fromkeys(account_ids):
        edge.ask(request, account_id=account_id, permission="ledger.post_from")


def _post(request: Request, wanted: Mapping[str, Any]) -> dict[str, Any]:
    by = edge.acting(request)
    posting = journal_posting(wanted, by)
    posted = services.post(actor=by["actor"], now=by["now"], posting=posting)
    booked = selectors.transaction(transaction_id=posted.transaction_id)
    return dict(shapes.TransactionOut(booked).data)


def journal_posting(wanted: Mapping[str, Any], by: edge.By) -> Posting:
    """Return the posting of a journal as the contract says it."""
    return Posting(
        transaction_id=TransactionId(ids.new_id()),
        legs=tuple(_leg(leg) for leg in wanted["legs"]),
        effective_at=wanted.get("effective_at", by["now"]),
        source=by["source"],
        reference=by["reference"],
        kind="journal",
        metadata=wanted.get("metadata"),
    )


def _leg(leg: Mapping[str, Any]) -> Leg:
    money = leg["amount"]
    sides = {leg["side"]: money.minor}
    return Leg(leg["account_id"], currency=money.currency, **sides)


def _post_batch(request: Request, wanted: Mapping[str, Any]) -> dict[str, Any]:
    by, lines = edge.acting(request), wanted["transfers"]
    postings = [transfer_posting(line, by) for line in lines]
    results: list[Posted] | list[Posted | Refused]
    if wanted["mode"] == "all":
        results = services.post_many(actor=by["actor"], now=by["now"], postings=postings)
    else:
        results = services.post_each(actor=by["actor"], now=by["now"], postings=postings)
    told = [_told(line["reference"], one) for line, one in zip(lines, results, strict=True)]
    return dict(shapes.BatchOut({"results": told}).data)


def transfer_posting(line: Mapping[str, Any], by: edge.By) -> Posting:
    """Return the posting of a line, which has a reference of its own."""
    return rules.transfer(
        transaction_id=TransactionId(ids.new_id()),
        debit_account_id=line["debit_account_id"],
        credit_account_id=line["credit_account_id"],
        amount=line["amount"],
        effective_at=line.get("effective_at", by["now"]),
        source=by["source"],
        reference=line["reference"],
        metadata=line.get("metadata"),
    )


def _told(reference: str, result: Posted | Refused) -> dict[str, Any]:
    told: dict[str, Any] = dict.fromkeys(("id", "code", "detail", "reason"))
    told |= {"reference": reference}
    if isinstance(result, Refused):
        told |= {"code": result.code, "detail": result.detail, "reason": result.reason or None}
        return told | {"status": "refused"}
    status = "replayed" if result.replayed else "posted"
    return told | {"status": status, "id": result.transaction_id}
