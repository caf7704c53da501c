"""What the seeded house does with its own money: exchanges of capital, and a chain.

Each is safe to repeat under its reference, so that a run which was stopped is finished by the next.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings

from apps.ledger import public as ledger
from apps.platform.actors import Actor
from apps.platform.money import Money

from ..rules.company import OPENING_EQUITY, SUSPENSE
from ..rules.dice import made_up_id

_SOURCE: Final = "seed"
_RATES: Final = {"USD": "1.0842", "GBP": "0.8571", "JPY": "163.27"}  # for one euro
_CAPITAL: Final = 2_500_000  # minor units of euros, each time


def seed_deals(
    *, actor: Actor, now: datetime, start: datetime, keys: Mapping[str, ledger.AccountId]
) -> None:
    """Exchange some capital at the beginning, and post a chain; nobody is told."""
    for place, (currency, rate) in enumerate(_RATES.items()):
        deal = ledger.NewExchange(
            transaction_id=ledger.TransactionId(_id("deal", place)),
            from_account_id=keys[f"{OPENING_EQUITY}.EUR"],
            to_account_id=keys[f"{OPENING_EQUITY}.{currency}"],
            fixes="sell",
            fixed=Money(_CAPITAL, "EUR"),
            quote=ledger.Quote(rate=ledger.parse_rate(rate), source="treasury", quoted_at=start),
            effective_at=start,
            source=_SOURCE,
            reference=f"deal/{currency}",
            metadata={"desk": "treasury"},
        )
        ledger.exchange(
            actor=actor,
            now=now,
            exchange=deal,
            trading=(keys["fx.EUR"], keys[f"fx.{currency}"]),
        )
    _chain(actor=actor, now=now, start=start, keys=keys)


def _chain(
    *, actor: Actor, now: datetime, start: datetime, keys: Mapping[str, ledger.AccountId]
) -> None:
    equity, suspense = keys[f"{OPENING_EQUITY}.EUR"], keys[f"{SUSPENSE}.EUR"]
    there_and_back = [
        ledger.Posting(
            transaction_id=ledger.TransactionId(_id("chain posting", place)),
            legs=(ledger.Leg(debit, debit=100_000), ledger.Leg(credit, credit=100_000)),
            currency="EUR",
            effective_at=start,
            source=_SOURCE,
            reference=f"chain/{place}",
            kind="journal",
        )
        for place, (debit, credit) in enumerate([(equity, suspense), (suspense, equity)])
    ]
    ledger.post_chain(
        actor=actor,
        now=now,
        chain_id=ledger.ChainId(_id("chain", 0)),
        postings=there_and_back,
    )


def _id(kind: str, number: int) -> UUID:
    return made_up_id(region=settings.PROBITY_REGION, kind=kind, number=number)
