"""The page of one transaction: what a journal voucher has on it, and what became of it."""

import json
from datetime import timedelta
from itertools import groupby
from typing import Any, Final

from django.http import HttpRequest

from apps.platform.audit import public as audit
from apps.platform.outbox import public as outbox
from apps.platform.rest import public_id

from .. import rules, selectors
from ..models import Entry, HoldCapture, Reversal, Transaction
from .read_only import amount, link_to, may, own_url

_CHAIN: Final = 50
_EVENTS: Final = 100
_TOLD_WITHIN: Final = timedelta(seconds=5)  # its events are made in the request that books it
_EARLIER: Final = timedelta(seconds=1)  # clocks of two hosts


def context_of(request: HttpRequest, row: Transaction) -> dict[str, Any]:
    """Return what the voucher shows; audit and outbox only to whoever may see them."""
    subject = f"transaction:{row.public_id}"
    audited = [
        *audit.events_at(
            action="ledger.batch.post", at=row.recorded_at, actor_key=row.actor_key or "-"
        ),
        *audit.events_of(subject=subject, limit=_EVENTS),
    ]
    actor = (row.actor_kind, row.actor_key)
    if not row.actor_key and audited:
        actor = (audited[0].actor_kind, audited[0].actor_key)
    return {
        "row": row,
        "api_id": public_id("txn", row.public_id),
        "actor": who(request, *actor),
        "currencies": _legs(row),
        "links": _links(row),
        "hold": HoldCapture.objects.filter(transaction=row).select_related("hold").first(),
        "rate": _rate(row),
        "chain": _chain(row),
        "metadata": [(name, _said(value)) for name, value in sorted((row.metadata or {}).items())],
        "events": _events(request, row, audited),
    }


def who(request: HttpRequest, kind: str, key: str) -> dict[str, str]:
    """Return how an actor is shown, with a link where there is a page of them."""
    if not key:
        return {"says": "not recorded", "url": ""}
    staff = kind == "staff" and key.isdigit() and may(request, "identity.view_user")
    names = {"staff": "staff", "client": "API client", "system": "system"}
    url = own_url("identity_user_change", key) if staff else ""
    return {"says": f"{names.get(kind, kind)} {key}", "url": url}


def _legs(row: Transaction) -> list[dict[str, Any]]:
    legs = Entry.objects.filter(transaction=row).select_related("account")
    ordered = legs.order_by("currency", "-debit", "pk")
    return [
        _table(currency, list(found))
        for currency, found in groupby(ordered, key=lambda leg: leg.currency)
    ]


def _table(currency: str, legs: list[Entry]) -> dict[str, Any]:
    return {
        "currency": currency,
        "debits": amount(sum(leg.debit for leg in legs), currency),
        "credits": amount(sum(leg.credit for leg in legs), currency),
        "rows": [
            {
                "url": link_to("ledger_account", leg.account_id),
                "code": leg.account.code,
                "name": leg.account.name,
                "debit": amount(leg.debit, currency) if leg.debit else "",
                "credit": amount(leg.credit, currency) if leg.credit else "",
                "balance": amount(leg.balance_after, currency),
            }
            for leg in legs
        ],
    }


def _links(row: Transaction) -> list[dict[str, Any]]:
    """Return what it reverses and what reversed it, with the reasons."""
    undoes = Reversal.objects.filter(transaction=row).select_related("reversed")
    undone = Reversal.objects.filter(reversed=row).select_related("transaction").order_by("pk")
    return [
        *(_link("Reverses", link, link.reversed) for link in undoes),
        *(_link("Reversed by", link, link.transaction) for link in undone),
    ]


def _link(how: str, link: Reversal, to: Transaction) -> dict[str, Any]:
    return {
        "how": how,
        "url": link_to("ledger_transaction", to.pk),
        "id": public_id("txn", to.public_id),
        "much": "whole" if link.whole else "in part",
        "reason": link.reason,
        "at": link.recorded_at,
    }


def _chain(row: Transaction) -> list[dict[str, Any]]:
    if row.chain_id is None:
        return []
    others = Transaction.objects.filter(chain_id=row.chain_id).exclude(pk=row.pk)
    return [
        {
            "url": link_to("ledger_transaction", one.pk),
            "kind": one.kind,
            "id": public_id("txn", one.public_id),
        }
        for one in others.order_by("pk")[:_CHAIN]
    ]


def _rate(row: Transaction) -> str:
    if (found := selectors.conversion_of(row=row)) is None:
        return ""
    rate, pair = rules.rate_text(found.rate), (found.bought.currency, found.sold.currency)
    return f"{rate} {pair[0]} for 1 {pair[1]}, {found.source}, {found.quoted_at:%Y-%m-%d %H:%M} UTC"


def _said(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _events(
    request: HttpRequest, row: Transaction, audited: list[audit.EventView]
) -> list[dict[str, Any]] | None:
    """Return what happened to it, in order; None when the caller may see neither trail."""
    found: list[dict[str, Any]] = []
    if sees_audit := may(request, "audit.view_event"):
        found += [
            {
                "at": event.recorded_at,
                "what": event.action,
                "who": who(request, event.actor_kind, event.actor_key),
                "detail": [(name, _said(value)) for name, value in event.detail.items() if value],
            }
            for event in audited
        ]
    if sees_outbox := may(request, "outbox.view_delivery"):
        told = outbox.told(
            key="transaction_id",
            value=str(row.public_id),
            since=row.recorded_at - _EARLIER,
            until=row.recorded_at + _TOLD_WITHIN,
        )
        found += [
            {
                "at": one.at,
                "what": one.event,
                "who": {"says": "told to subscribers", "url": ""},
                "detail": [
                    (name, f"{state}, {attempts} tries" if attempts > 1 else state)
                    for name, state, attempts in one.deliveries
                ],
            }
            for one in told
        ]
    return sorted(found, key=lambda one: one["at"]) if sees_audit or sees_outbox else None
