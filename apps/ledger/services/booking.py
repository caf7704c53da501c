"""Postings go to the engine: the shortest way for one transfer, column by column for many."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from apps.platform import db, ids
from apps.platform.actors import Actor
from apps.platform.outbox import public as outbox

from .. import rules
from ..events import Posted, Posting, TransactionId, TransferPosted, TransfersPosted
from . import engine

_TRANSFER: Final = db.load_sql(package="apps.ledger", name="transfer.sql")
_POST_MANY: Final = db.load_sql(package="apps.ledger", name="post_many.sql")
_TOLD_AT_ONCE: Final = 100  # transfers of a batch that one event tells of; the engine's number too


def book(*, actor: Actor, now: datetime, postings: Sequence[Posting]) -> list[Posted]:
    """Book sound postings in one round trip, all or none. Raises what the engine refuses."""
    if len(postings) == 1 and rules.is_transfer(postings[0]):
        sql, params = _TRANSFER, _of_transfer(postings[0])
    else:
        sql, params = _POST_MANY, _of_many(postings)
    found = engine.call(actor=actor, now=now, sql=sql, params=params)
    return [Posted(TransactionId(public_id), replayed) for public_id, replayed in found]


def _of_transfer(posting: Posting) -> dict[str, object]:
    debit, credit = sorted(posting.legs, key=lambda leg: leg.credit)
    told = posting.kind == "transfer"
    return {
        "id": posting.transaction_id,
        "kind": posting.kind,
        "source": posting.source,
        "reference": posting.reference,
        "fingerprint": rules.fingerprint(posting),
        "debit": debit.account_id,
        "credit": credit.account_id,
        "amount": debit.debit,
        "currency": debit.currency or posting.currency,
        "effective_at": posting.effective_at,
        "metadata": json.dumps(dict(posting.metadata)) if posting.metadata else None,
        "chain": posting.chain_id,
        "event": ids.new_id() if told else None,
        "event_name": TransferPosted.event_name,
        "subscribers": outbox.subscriber_names(TransferPosted) if told else [],
    }


def _of_many(postings: Sequence[Posting]) -> dict[str, object]:
    legs = [
        (place, leg.account_id, leg.debit, leg.credit, leg.currency or posting.currency)
        for place, posting in enumerate(postings, 1)
        for leg in posting.legs
    ]
    places, accounts, debits, credit_amounts, currencies = zip(*legs, strict=True)
    transfers = sum(posting.kind == "transfer" for posting in postings)
    return {
        "ids": [posting.transaction_id for posting in postings],
        "kinds": [posting.kind for posting in postings],
        "sources": [posting.source for posting in postings],
        "references": [posting.reference for posting in postings],
        "fingerprints": [rules.fingerprint(posting) for posting in postings],
        "effective": [posting.effective_at for posting in postings],
        "metadata": [
            json.dumps(dict(posting.metadata)) if posting.metadata else None for posting in postings
        ],
        "chains": [posting.chain_id for posting in postings],
        "places": list(places),
        "accounts": list(accounts),
        "debits": list(debits),
        "credits": list(credit_amounts),
        "currencies": list(currencies),
        "events": [ids.new_id() for _ in range(0, transfers, _TOLD_AT_ONCE)],
        "event_name": TransfersPosted.event_name,
        "subscribers": outbox.subscriber_names(TransfersPosted),
    }
