"""What the desk of the seeded company did lately: holds, a reversal, a credit line, limits."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings

from apps.ledger import public as ledger
from apps.platform.actors import Actor
from apps.platform.money import Money

from ..rules.company import CARD_SETTLEMENT, Size, holdings
from ..rules.dice import SEED, Dice, made_up_id

_CURRENCY: Final = "EUR"
_SOURCE: Final = "seed"
_HELD: Final = 2_500  # minor units, of each hold
_KEPT: Final = timedelta(days=6)
_CUSTOMERS: Final = 6
_CREDIT: Final = -50_000
_A_DAY: Final = 500_000


def seed_desk(*, actor: Actor, now: datetime, size: Size) -> None:
    """Hold money of some customers, end two of the holds, undo a booking, set bounds and limits.

    After seed_books, of the same size. Safe to repeat. Adds up what was booked, as each night does.
    """
    settlement = ledger.account_by_code(code=f"{CARD_SETTLEMENT}.{_CURRENCY}").account_id
    accounts = _customers(now=now, size=size)
    for place, account_id in enumerate(accounts):
        _hold(actor=actor, now=now, place=place, account_id=account_id)
    if len(accounts) == _CUSTOMERS:
        _end(actor=actor, now=now, settlement=settlement)
        _bound(actor=actor, now=now, account_id=accounts[4])
        _limit(actor=actor, now=now, account_id=accounts[5])
    ledger.roll_up(actor=actor, now=now)
    ledger.add_spans(actor=actor, now=now)


def _customers(*, now: datetime, size: Size) -> list[ledger.AccountId]:
    """Return the first accounts with money to hold, or that had a hold from here before."""
    found: list[ledger.AccountId] = []
    for one in holdings(size=size, dice=Dice(SEED)):
        account_id = ledger.AccountId(_id("account", one.number))
        if one.currency != _CURRENCY or one.product != "current" or len(found) == _CUSTOMERS:
            continue
        available = ledger.balance(account_id=account_id, at=now).available_minor
        if (
            available is None
            or available >= 4 * _HELD
            or ledger.holds(account_id=account_id, at=now, limit=1)
        ):
            found.append(account_id)
    return found


def _hold(*, actor: Actor, now: datetime, place: int, account_id: ledger.AccountId) -> None:
    hold = ledger.NewHold(
        hold_id=ledger.HoldId(_id("hold", place)),
        account_id=account_id,
        amount=Money(_HELD, _CURRENCY),
        expires_at=now + _KEPT,
        source=_SOURCE,
        reference=f"hold/{place}",
    )
    ledger.place_hold(actor=actor, now=now, hold=hold)


def _end(*, actor: Actor, now: datetime, settlement: ledger.AccountId) -> None:
    """Capture two holds and void one; what was captured second is undone again."""
    for place in (0, 1):
        wanted = ledger.Capture(
            hold_id=ledger.HoldId(_id("hold", place)),
            to_account_id=settlement,
            transaction_id=ledger.TransactionId(_id("capture", place)),
            amount_minor=None,
            final=True,
            effective_at=now,
            source=_SOURCE,
            reference=f"capture/{place}",
        )
        ledger.capture_hold(actor=actor, now=now, capture=wanted)
    ledger.void_hold(
        actor=actor,
        now=now,
        hold_id=ledger.HoldId(_id("hold", 2)),
        source=_SOURCE,
        reference="void/2",
    )
    undone = ledger.Reversal(
        reversed_id=ledger.TransactionId(_id("capture", 1)),
        transaction_id=ledger.TransactionId(_id("reversal", 1)),
        reason="the goods went back",
        effective_at=now,
        source=_SOURCE,
        reference="reversal/1",
    )
    ledger.reverse(actor=actor, now=now, reversal=undone)


def _bound(*, actor: Actor, now: datetime, account_id: ledger.AccountId) -> None:
    bounds = ledger.Bounds(floor_minor=_CREDIT, ceiling_minor=None, effective_at=now)
    ledger.set_bounds(actor=actor, now=now, account_id=account_id, bounds=bounds)


def _limit(*, actor: Actor, now: datetime, account_id: ledger.AccountId) -> None:
    if ledger.limits_of(account_id=account_id, at=now):
        return
    limit = ledger.NewLimit(
        limit_id=ledger.LimitId(_id("limit", 1)), account_id=account_id, maximum=_A_DAY
    )
    ledger.set_limit(actor=actor, now=now, limit=limit)


def _id(kind: str, number: int) -> UUID:
    return made_up_id(region=settings.PROBITY_REGION, kind=kind, number=number)
