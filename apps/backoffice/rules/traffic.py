"""Ninety days of believable traffic: who pays whom, when, how much. Pure, from dice.

The month of a current account: salary in, rent out, something put by, card purchases and transfers
to others as long as there is money, a fee at its end. Purchases of a day are paid to the card
scheme the next morning, from the house bank. Balances are kept along the way: nobody is taken
below zero, here as in the ledger.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from .company import (
    BANK_CHARGES,
    CARD_SETTLEMENT,
    CURRENCIES,
    FEE_INCOME,
    HOUSE_BANK,
    OPENING_EQUITY,
    Holding,
)
from .dice import Dice

What = Literal[
    "opening", "deposit", "salary", "rent", "saving", "card", "transfer", "fee", "settlement",
    "charge",
]  # fmt: skip

MONTH: Final = 30  # days; the seeded months are all alike
_CAPITAL: Final = 250_000_00
_FEE: Final = 4_90
_CHARGE: Final = 38_50
_DAY: Final = 24 * 60 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One balanced transaction: minor units from the credit to the debit side, both by key.

    A key is a chart code ("1010.EUR") or, for a customer's account, the number of the holding.
    `number` counts from 1 in the order of `at`.
    """

    number: int
    at: datetime
    what: What
    debit: str
    credit: str
    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class _Wish:
    """What somebody would like to pay at a second of the day; it happens if the money is there."""

    second: int
    what: What
    debit: str
    credit: str
    cents: int
    currency: str


def reference(movement: Movement) -> str:
    """Return the reference that the ledger and the bank's statement share; 9 characters."""
    return f"PRB{movement.number:06d}"


def traffic(
    *, holdings: Sequence[Holding], start: datetime, days: int, dice: Dice
) -> list[Movement]:
    """Return every movement of `days` days from `start` (a midnight), in order of time."""
    clients = _Clients(holdings, dice)
    balances: Counter[str] = Counter()
    found: list[Movement] = []
    for day in range(days):
        wishes = [*_house(day, balances), *clients.wishes(day)]
        for wish in sorted(wishes, key=lambda wish: wish.second):
            minor = wish.cents if wish.what == "settlement" else _scaled(wish.cents, wish.currency)
            if wish.debit.isdigit() and balances[wish.debit] < minor:
                continue
            balances[wish.debit] -= minor
            balances[wish.credit] += minor
            found.append(
                Movement(
                    number=len(found) + 1,
                    at=start + timedelta(days=day, seconds=wish.second),
                    what=wish.what,
                    debit=wish.debit,
                    credit=wish.credit,
                    minor=minor,
                    currency=wish.currency,
                )
            )
    return found


def _scaled(cents: int, currency: str) -> int:
    """Return about as much in the currency's minor units: JPY has no decimals."""
    return cents * 3 // 2 if currency == "JPY" else cents


def _house(day: int, balances: Counter[str]) -> Iterator[_Wish]:
    """Yield what the company itself does; before the day's first purchase, `balances` are final."""
    for currency in CURRENCIES:
        bank, cards = f"{HOUSE_BANK}.{currency}", f"{CARD_SETTLEMENT}.{currency}"
        if day == 0:
            equity = f"{OPENING_EQUITY}.{currency}"
            yield _Wish(0, "opening", bank, equity, _CAPITAL, currency)
        if owed := balances[cards]:
            yield _Wish(30 * 60, "settlement", cards, bank, owed, currency)
        if day % MONTH == MONTH - 1:
            charges = f"{BANK_CHARGES}.{currency}"
            yield _Wish(22 * 60 * 60, "charge", charges, bank, _CHARGE, currency)


class _Clients:
    """What the customers do; incomes and rents are drawn once and stay."""

    def __init__(self, holdings: Sequence[Holding], dice: Dice) -> None:
        self._dice = dice
        self._holdings = holdings
        self._current = [holding for holding in holdings if holding.product == "current"]
        self._payees = {
            currency: [holding for holding in self._current if holding.currency == currency]
            for currency in CURRENCIES
        }
        self._salary = [dice.between(1_900, 4_600) * 100 for _ in holdings]
        self._rent = [dice.between(55, 140) * 10_00 for _ in holdings]
        self._payday = [dice.between(1, 3) for _ in holdings]
        self._savings = {
            holding.customer: holding for holding in holdings if holding.product == "savings"
        }

    def wishes(self, day: int) -> Iterator[_Wish]:
        """Yield the day's wishes, account by account."""
        if day == 0:
            yield from map(self._deposit, self._holdings)
        for holding in self._current:
            yield from self._month(holding, day % MONTH)
            yield from self._cards(holding)
            yield from self._transfer(holding)

    def _deposit(self, holding: Holding) -> _Wish:
        cents = self._dice.between(400, 2_500) * 100
        second = self._dice.between(60 * 60, 6 * 60 * 60)
        bank = f"{HOUSE_BANK}.{holding.currency}"
        return _Wish(second, "deposit", bank, _key(holding), cents, holding.currency)

    def _month(self, holding: Holding, day: int) -> Iterator[_Wish]:
        """Yield what happens once a month; what a customer has, a fee or rent takes first."""
        me, currency, number = _key(holding), holding.currency, holding.number
        bank, payday = f"{HOUSE_BANK}.{currency}", self._payday[number]
        second = self._dice.between(6 * 60 * 60, 8 * 60 * 60)
        if day == payday:
            yield _Wish(second, "salary", bank, me, self._salary[number], currency)
        elif day == payday + 1:
            yield _Wish(second, "rent", me, bank, self._rent[number], currency)
        elif day == payday + 2 and (savings := self._savings.get(holding.customer)):
            if savings.currency == currency:
                yield _Wish(second, "saving", me, _key(savings), 150_00, currency)
        elif day == MONTH - 1:
            yield _Wish(second, "fee", me, f"{FEE_INCOME}.{currency}", _FEE, currency)

    def _cards(self, holding: Holding) -> Iterator[_Wish]:
        """Yield up to two purchases, small ones mostly."""
        for chance in (60, 32):
            if self._dice.percent(chance):
                size = self._dice.below(100)
                low, high = (2_50, 35_00) if size < 75 else (35_00, 110_00)
                cents = self._dice.between(low, high) if size < 97 else 5 * high
                cards = f"{CARD_SETTLEMENT}.{holding.currency}"
                second = self._dice.between(7 * 60 * 60, _DAY - 60)
                yield _Wish(second, "card", _key(holding), cards, cents, holding.currency)

    def _transfer(self, holding: Holding) -> Iterator[_Wish]:
        """Yield now and then a transfer to somebody else in the same currency."""
        payee = self._dice.pick(self._payees[holding.currency])
        if self._dice.percent(9) and payee != holding:
            cents = self._dice.between(1, 40) * 5_00
            second = self._dice.between(9 * 60 * 60, 21 * 60 * 60)
            yield _Wish(second, "transfer", _key(holding), _key(payee), cents, holding.currency)


def _key(holding: Holding) -> str:
    return str(holding.number)
