"""Chains: made, added to, captured, voided, reversed, and read."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar
from uuid import NAMESPACE_URL, uuid5

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.platform import clock, ids
from apps.platform.rest import ScopedView, id_from_path, id_schema, key_of, once

from ... import selectors, services
from ...errors import ChainNotFound
from ...events import AccountId, ChainCapture, ChainId, ChainReversal, ChainView, HoldId, NewHold
from ..serializers import chains as shapes
from . import edge
from .journals import journal_posting, transfer_posting

CHAIN = OpenApiParameter("chain_id", id_schema("chain"), OpenApiParameter.PATH)


class ChainCollection(ScopedView):
    """POST /v1/ledger/chains."""

    required_scopes: ClassVar = {"POST": "ledger:write"}

    @extend_schema(
        operation_id="post_chain",
        summary="Make a chain, or add to one",
        request=shapes.ChainIn,
        parameters=[edge.KEY],
        responses={201: shapes.ChainOut, **edge.POST_PROBLEMS},
    )
    def post(self, request: Request) -> HttpResponse:
        """Book transfers or journals, or place holds, that stand or fall together."""
        wanted = edge.body_of(request, shapes.ChainIn)
        _ask_each(request, _touched(wanted))
        if "chain_id" in wanted:
            _usable(request, wanted["chain_id"])

        def add() -> ChainId:
            by = edge.acting(request)
            chain_id: ChainId = wanted.get("chain_id", _new(request, by))
            _add(wanted, chain_id, by)
            return chain_id

        return once(request, status=201, work=lambda: _told(request, add(), clock.now()))


class ChainDetail(ScopedView):
    """GET /v1/ledger/chains/{id}."""

    required_scopes: ClassVar = {"GET": "ledger:read"}

    @extend_schema(
        operation_id="get_chain",
        summary="Read a chain",
        parameters=[CHAIN],
        responses={200: shapes.ChainOut, **edge.READ_PROBLEMS},
    )
    def get(self, request: Request, chain_id: str) -> Response:
        """Return what the client may see of it; 404 where it sees nothing."""
        wanted = ChainId(id_from_path(chain_id, kind="chain"))
        return Response(_told(request, wanted, clock.now()))


class ChainCaptureCollection(ScopedView):
    """POST /v1/ledger/chains/{id}/captures."""

    required_scopes: ClassVar = {"POST": "ledger:write"}

    @extend_schema(
        operation_id="capture_chain",
        summary="Capture all that a chain holds",
        request=shapes.ChainCaptureIn,
        parameters=[CHAIN, edge.KEY],
        responses={201: shapes.ChainOut, **edge.POST_PROBLEMS},
    )
    def post(self, request: Request, chain_id: str) -> HttpResponse:
        """Move the money of every open hold of the chain, or of none."""
        wanted = edge.body_of(request, shapes.ChainCaptureIn)
        found = _usable(request, ChainId(id_from_path(chain_id, kind="chain")))

        def capture() -> ChainId:
            by = edge.acting(request)
            receivers: dict[HoldId, AccountId] = {
                one["hold_id"]: one["to_account_id"] for one in wanted["captures"]
            }
            at = wanted.get("effective_at", by["now"])
            all_of_it = ChainCapture(chain_id=found, receivers=receivers, effective_at=at)
            services.capture_chain(actor=by["actor"], now=by["now"], capture=all_of_it)
            return found

        return once(request, status=201, work=lambda: _told(request, capture(), clock.now()))


class ChainVoid(ScopedView):
    """POST /v1/ledger/chains/{id}/void."""

    required_scopes: ClassVar = {"POST": "ledger:write"}

    @extend_schema(
        operation_id="void_chain",
        summary="Void a chain",
        request=None,
        parameters=[CHAIN, edge.KEY],
        responses={201: shapes.ChainOut, **edge.POST_PROBLEMS},
    )
    def post(self, request: Request, chain_id: str) -> HttpResponse:
        """Give up all that the chain holds; it ends, and had booked nothing."""
        key_of(request)
        found = _usable(request, ChainId(id_from_path(chain_id, kind="chain")))

        def void() -> ChainId:
            by = edge.acting(request)
            return services.void_chain(actor=by["actor"], now=by["now"], chain_id=found).chain_id

        return once(request, status=201, work=lambda: _told(request, void(), clock.now()))


class ChainReversalCollection(ScopedView):
    """POST /v1/ledger/chains/{id}/reversals."""

    required_scopes: ClassVar = {"POST": "ledger:write"}

    @extend_schema(
        operation_id="reverse_chain",
        summary="Reverse a chain",
        request=shapes.ChainReversalIn,
        parameters=[CHAIN, edge.KEY],
        responses={201: shapes.ChainOut, **edge.POST_PROBLEMS},
    )
    def post(self, request: Request, chain_id: str) -> HttpResponse:
        """Undo all that the chain booked, newest first, and free what it holds; it ends.

        A large one takes two people, and so is refused here (403): staff do it.
        """
        wanted = edge.body_of(request, shapes.ChainReversalIn)
        found = _usable(request, ChainId(id_from_path(chain_id, kind="chain")))

        def reverse() -> ChainId:
            by = edge.acting(request)
            at = wanted.get("effective_at", by["now"])
            reversal = ChainReversal(chain_id=found, reason=wanted["reason"], effective_at=at)
            services.reverse_chain(actor=by["actor"], now=by["now"], reversal=reversal)
            return found

        return once(request, status=201, work=lambda: _told(request, reverse(), clock.now()))


def _new(request: Request, by: edge.By) -> ChainId:
    """Return the id of a chain to be made: the same for the same key, for ever."""
    return ChainId(uuid5(NAMESPACE_URL, f"{by['source']} {key_of(request)}"))


def _add(wanted: Mapping[str, Any], chain_id: ChainId, by: edge.By) -> None:
    actor, now = by["actor"], by["now"]
    if "holds" in wanted:
        holds = [
            NewHold(hold_id=HoldId(ids.new_id()), source=by["source"], **line)
            for line in wanted["holds"]
        ]
        services.hold_chain(actor=actor, now=now, chain_id=chain_id, holds=holds)
        return
    postings = [transfer_posting(line, by) for line in wanted.get("transfers", ())]
    postings += [
        journal_posting(line, by | {"reference": line["reference"]})
        for line in wanted.get("journals", ())
    ]
    services.post_chain(actor=actor, now=now, chain_id=chain_id, postings=postings)


def _touched(wanted: Mapping[str, Any]) -> Iterable[AccountId]:
    """Yield the accounts that the client must be allowed to post from."""
    for line in wanted.get("transfers", ()):
        yield line["debit_account_id"]
    for line in wanted.get("journals", ()):
        yield from (leg["account_id"] for leg in line["legs"])
    for line in wanted.get("holds", ()):
        yield line["account_id"]


def _ask_each(request: Request, account_ids: Iterable[AccountId]) -> None:
    for account_id in dict.fromkeys(account_ids):
        edge.ask(request, account_id=account_id, permission="ledger.post_from")


def _accounts(found: ChainView) -> list[AccountId]:
    legs = [leg.account_id for one in found.transactions for leg in one.legs]
    return list(dict.fromkeys([*legs, *(one.account_id for one in found.holds)]))


def _usable(request: Request, chain_id: ChainId) -> ChainId:
    """Return the id of a chain all of whose accounts the client may post from."""
    found = selectors.chain(chain_id=chain_id, at=clock.now())
    if not edge.visible(request, _accounts(found)):
        raise ChainNotFound("no such chain")
    _ask_each(request, _accounts(found))
    return chain_id


def _told(request: Request, chain_id: ChainId, at: datetime) -> dict[str, Any]:
    """Return what the client may see of a chain. Raises ChainNotFound where that is nothing."""
    found = selectors.chain(chain_id=chain_id, at=at)
    visible = edge.visible(request, _accounts(found))
    if not visible:
        raise ChainNotFound("no such chain")
    seen = (
        replace(one, legs=tuple(leg for leg in one.legs if leg.account_id in visible))
        for one in found.transactions
    )
    shown = replace(
        found,
        transactions=tuple(one for one in seen if one.legs),
        holds=tuple(one for one in found.holds if one.account_id in visible),
    )
    return dict(shapes.ChainOut(shown).data)
