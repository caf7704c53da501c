"""Chains as they stand."""

from datetime import datetime
from typing import cast

from ..errors import ChainNotFound
from ..events import ChainId, ChainStatus, ChainView
from ..models import Chain, Entry
from .books import headers, transaction_of
from .holds import hold_of, hold_rows


def chain(*, chain_id: ChainId, at: datetime) -> ChainView:
    """Return a chain with what it booked and what it holds, as of `at`. Raises ChainNotFound.

    Six queries, however long it is, and one more for each of its transactions that was reversed.
    """
    found = Chain.objects.select_related("end").filter(pk=chain_id).first()
    if found is None:
        raise ChainNotFound("no such chain")
    rows = list(headers().filter(chain_id=chain_id))
    legs: dict[int, list[Entry]] = {row.pk: [] for row in rows}
    for leg in (
        Entry.objects.filter(transaction__in=legs)
        .select_related("transaction", "account")
        .order_by("-debit", "pk")
    ):
        legs[leg.transaction_id].append(leg)
    # Headers are written in the order of their references; legs, in the order they were booked.
    rows.sort(key=lambda row: min(leg.pk for leg in legs[row.pk]))
    held = hold_rows().filter(chain_id=chain_id).order_by("pk")
    end = getattr(found, "end", None)
    return ChainView(
        chain_id=chain_id,
        status=cast("ChainStatus", "open" if end is None else end.outcome),
        recorded_at=found.recorded_at,
        transactions=tuple(transaction_of(row=row, legs=legs[row.pk]) for row in rows),
        holds=tuple(hold_of(row=row, at=at) for row in held),
    )
