"""The seeded company pays interest on savings, and charges a fee: forty days of it."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.conf import settings

from apps.ledger import public as ledger
from apps.platform.actors import Actor
from apps.platform.money import Money
from apps.platform.problems import Problem

from ..rules.company import FEE_INCOME, Size, holdings
from ..rules.dice import SEED, Dice, made_up_id

_CURRENCY: Final = "EUR"
_SCHEDULE: Final = f"savings.{_CURRENCY}"
_FEE: Final = f"abroad.{_CURRENCY}"
_AFTER: Final = timedelta(days=50)  # from the first day of traffic on
_CHARGED: Final = 12
_BOOKS: Final[dict[str, tuple[str, ledger.AccountKind]]] = {
    "5020": ("Interest paid", "expense"),
    "2020": ("Interest accrued, to be paid", "liability"),
    "4020": ("Interest charged", "income"),
    "1040": ("Interest accrued, to be received", "asset"),
}


def seed_interest(*, actor: Actor, now: datetime, size: Size) -> ledger.InterestRun:
    """Put savings on a schedule, accrue up to yesterday, and charge some fees.

    After seed_books, of the same size. Safe to repeat.
    """
    first = ledger.transaction(transaction_id=ledger.TransactionId(_id("transaction", 1)))
    since = first.effective_at.date() + _AFTER
    _make_schedules(actor=actor, now=now, since=since)
    found = holdings(size=size, dice=Dice(SEED))
    ours = [one for one in found if one.currency == _CURRENCY]
    for one in ours:
        if one.product == "savings":
            ledger.assign_interest(
                actor=actor,
                now=now,
                account_id=ledger.AccountId(_id("account", one.number)),
                code=_SCHEDULE,
                effective_on=since,
            )
    for one in ours[:_CHARGED]:
        _charge(actor=actor, now=now, number=one.number, at=first.effective_at + _AFTER)
    return ledger.accrue_interest(actor=actor, now=now, through=now.date() - timedelta(days=1))


def _make_schedules(*, actor: Actor, now: datetime, since: date) -> None:
    expense, payable, income, receivable = (
        _account(actor=actor, now=now, number=number) for number in _BOOKS
    )
    tiers = ((0, "0.015"), (1_000_00, "0.0225"), (10_000_00, "0.01"))
    interest = ledger.NewInterestSchedule(
        code=_SCHEDULE,
        name="Savings",
        currency=_CURRENCY,
        day_count="ACT/365F",
        capitalises="monthly",
        books=ledger.InterestBooks(
            expense_id=expense, payable_id=payable, income_id=income, receivable_id=receivable
        ),
        terms=ledger.InterestTerms(
            effective_on=since,
            credit=tuple(ledger.Tier(start, Decimal(rate)) for start, rate in tiers),
            debit=(ledger.Tier(0, Decimal("0.0990")),),
        ),
    )
    fees = ledger.NewFeeSchedule(
        code=_FEE,
        name="Transfer abroad",
        currency=_CURRENCY,
        income_account_id=ledger.account_by_code(code=f"{FEE_INCOME}.{_CURRENCY}").account_id,
        terms=ledger.FeeTerms(
            effective_on=since,
            tiers=(ledger.FeeTier(flat_minor=1_00, rate=Decimal("0.0015")),),
            min_minor=2_50,
            max_minor=25_00,
        ),
    )
    try:
        ledger.create_interest_schedule(actor=actor, now=now, schedule=interest)
        ledger.create_fee_schedule(actor=actor, now=now, schedule=fees)
    except ledger.ScheduleExists:
        pass  # an earlier run came as far as this


def _account(*, actor: Actor, now: datetime, number: str) -> ledger.AccountId:
    name, kind = _BOOKS[number]
    try:
        return ledger.account_by_code(code=f"{number}.{_CURRENCY}").account_id
    except ledger.AccountNotFound:
        opened = ledger.NewAccount(
            account_id=ledger.AccountId(_id("interest", int(number))),
            code=f"{number}.{_CURRENCY}",
            name=f"{name} {_CURRENCY}",
            kind=kind,
            currency=_CURRENCY,
        )
        return ledger.open_account(actor=actor, now=now, account=opened).account_id


def _charge(*, actor: Actor, now: datetime, number: int, at: datetime) -> None:
    """Charge a customer who has the money for it."""
    charge = ledger.FeeCharge(
        schedule=_FEE,
        account_id=ledger.AccountId(_id("account", number)),
        amount=Money(350_00 + number * 1_000, _CURRENCY),
        transaction_id=ledger.TransactionId(_id("fee", number)),
        effective_at=at + timedelta(days=number % 40, hours=11),
        source="seed",
        reference=f"transfer abroad {number}",
    )
    try:
        ledger.charge_fee(actor=actor, now=now, charge=charge)
    except Problem:
        return


def _id(kind: str, number: int) -> UUID:
    return made_up_id(region=settings.PROBITY_REGION, kind=kind, number=number)
