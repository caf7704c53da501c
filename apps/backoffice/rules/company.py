"""The seeded company: its chart of accounts and what its customers hold."""

from dataclasses import dataclass
from typing import Final, Literal

from .dice import Dice

Kind = Literal["asset", "liability", "equity", "income", "expense"]

CURRENCIES: Final = ("EUR", "USD", "GBP", "JPY")
TRADING: Final = {f"fx.{currency}": currency for currency in CURRENCIES}  # code -> currency
HOUSE_BANK: Final = "1010"
CARD_SETTLEMENT: Final = "1020"
DEPOSITS: Final = "2010"
SUSPENSE: Final = "2900"
OPENING_EQUITY: Final = "3000"
FEE_INCOME: Final = "4010"
BANK_CHARGES: Final = "5010"
CHART: Final[dict[str, tuple[str, Kind]]] = {
    HOUSE_BANK: ("House bank", "asset"),
    CARD_SETTLEMENT: ("Card settlement", "asset"),
    DEPOSITS: ("Customer deposits", "liability"),
    SUSPENSE: ("Suspense", "liability"),
    OPENING_EQUITY: ("Opening-balance equity", "equity"),
    FEE_INCOME: ("Fee income", "income"),
    BANK_CHARGES: ("Bank charges", "expense"),
}

_HOMES: Final = ("EUR",) * 5 + ("USD",) * 2 + ("GBP",) * 2 + ("JPY",)
_ABROAD: Final = {"EUR": "USD", "USD": "EUR", "GBP": "EUR", "JPY": "USD"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large the seeded company is.

    At least as many accounts as customers, at most twice as many; at least one month of 30 days.
    """

    customers: int
    accounts: int
    days: int = 90


FULL: Final = Size(customers=200, accounts=300)
SMALL: Final = Size(customers=20, accounts=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A customer's account to be; `number` and `customer` count from 0."""

    number: int
    customer: int
    product: Literal["current", "savings"]
    currency: str


def holdings(*, size: Size, dice: Dice) -> list[Holding]:
    """Return everybody's current account, then the second accounts.

    One second account in five is a current account in another currency, the others are savings.
    """
    homes = [dice.pick(_HOMES) for _ in range(size.customers)]
    found = [
        Holding(number=customer, customer=customer, product="current", currency=home)
        for customer, home in enumerate(homes)
    ]
    for second in range(size.accounts - size.customers):
        abroad = second % 5 == 0
        found.append(
            Holding(
                number=size.customers + second,
                customer=second,
                product="current" if abroad else "savings",
                currency=_ABROAD[homes[second]] if abroad else homes[second],
            )
        )
    return found
