"""The seeded company: chart of accounts, customers, three months of traffic, and log-ins.

The same company every time but for its dates, which end yesterday. Steps commit one by one and a
step that was done is not done again, so that a run which was stopped is finished by the next.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from apps.accounts import public as accounts
from apps.ledger import public as ledger
from apps.platform.actors import Actor

from ..rules.company import CHART, CURRENCIES, TRADING, Holding, Size, holdings
from ..rules.dice import SEED, Dice, made_up_id
from ..rules.traffic import Movement, reference, traffic
from .seeding_deals import seed_deals
from .statement_files import write_statements

_KINDS: Final = {"transfer": "payment"}  # a "transfer" would be told to subscribers
_SOURCE: Final = "seed"
_BATCH: Final = 1000
_LAST: Final = 0  # movements count from 1; the last one takes this number's id


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody to take on as a customer."""

    name: str
    email: str
    language: str


def seed_books(
    *,
    actor: Actor,
    now: datetime,
    size: Size,
    people: Callable[[int], Sequence[Person]],
    statements: Path,
    tell: Callable[[str], None],
) -> bool:
    """Make the company; return False when it was there.

    people: returns as many persons as asked for. statements: the folder for the house bank's
    files. tell: is told how far it is.
    """
    if _transaction(_LAST) is not None:
        return False
    dice = Dice(SEED)
    held = holdings(size=size, dice=dice)
    keys = _open(actor=actor, now=now, held=held, people=people(size.customers))
    tell(f"{len(keys) - size.accounts} house accounts, {size.customers} customers, "
         f"{size.accounts} customers' accounts")  # fmt: skip
    start = _start(now=now, days=size.days)
    seed_deals(actor=actor, now=now, start=start, keys=keys)
    movements = traffic(holdings=held, start=start, days=size.days, dice=dice)
    _periods(actor=actor, now=now, start=start)
    write_statements(
        actor=actor, now=now, movements=movements, start=start, days=size.days, folder=statements
    )
    tell(f"the house bank's statements in {statements}")
    for first in range(0, len(movements), _BATCH):
        batch = list(_postings(movements[first : first + _BATCH], keys, total=len(movements)))
        ledger.post_many(actor=actor, now=now, postings=batch)
        tell(f"{first + len(batch):,} of {len(movements):,} transactions")
    return True


@transaction.atomic(durable=True)
def _periods(*, actor: Actor, now: datetime, start: datetime) -> None:
    """Make the months of last year and this one periods, and close those before the traffic."""
    if ledger.periods():
        return  # an earlier run, or somebody else
    months = ledger.months(first=date(now.year - 1, 1, 1), count=24)
    ledger.open_periods(actor=actor, now=now, periods=months)
    over = [month for month in months if month.ends_on < start.date()]
    for number in range(1, len(over) + 1):
        ledger.close_period(
            actor=actor, now=now, number=number, reason="before the books of the demo begin"
        )


@transaction.atomic(durable=True)
def _open(
    *,
    actor: Actor,
    now: datetime,
    held: Sequence[Holding],
    people: Sequence[Person],
) -> dict[str, ledger.AccountId]:
    """Open what is missing; return the ledger account of each key of a movement."""
    keys = {str(holding.number): _account(holding) for holding in held}
    try:
        _take_on(actor=actor, now=now, people=people)
    except accounts.CustomerExists:
        pass  # an earlier run came as far as this: customers and accounts are one step
    else:
        _open_held(actor=actor, now=now, held=held)
    return keys | _open_chart(actor=actor, now=now)


def _take_on(*, actor: Actor, now: datetime, people: Sequence[Person]) -> None:
    newcomers = [
        accounts.NewCustomer(
            customer_id=accounts.CustomerId(_id("customer", number)),
            name=person.name,
            email=person.email,
            language=person.language,
        )
        for number, person in enumerate(people)
    ]
    accounts.register_customers(actor=actor, now=now, customers=newcomers)


def _open_held(*, actor: Actor, now: datetime, held: Sequence[Holding]) -> None:
    wanted = [
        accounts.NewAccount(
            account_id=_account(holding),
            customer_id=accounts.CustomerId(_id("customer", holding.customer)),
            product=holding.product,
            currency=holding.currency,
        )
        for holding in held
    ]
    accounts.open_accounts(actor=actor, now=now, accounts=wanted)


def _open_chart(*, actor: Actor, now: datetime) -> dict[str, ledger.AccountId]:
    """Open the house's own accounts, but for those that an imported statement has opened."""
    found: dict[str, ledger.AccountId] = {}
    wanted = [(number, currency) for number in CHART for currency in CURRENCIES]
    for place, (number, currency) in enumerate(wanted):
        code, (name, kind) = f"{number}.{currency}", CHART[number]
        try:
            account = ledger.account_by_code(code=code)
        except ledger.AccountNotFound:
            opened = ledger.NewAccount(
                account_id=ledger.AccountId(_id("house", place)),
                code=code,
                name=f"{name} {currency}",
                kind=kind,
                currency=currency,
            )
            account = ledger.open_account(actor=actor, now=now, account=opened)
        found[code] = account.account_id
    return found | _open_trading(actor=actor, now=now)


def _open_trading(*, actor: Actor, now: datetime) -> dict[str, ledger.AccountId]:
    """Open the accounts that exchanges go through."""
    found: dict[str, ledger.AccountId] = {}
    for place, (code, currency) in enumerate(TRADING.items()):
        try:
            account = ledger.account_by_code(code=code)
        except ledger.AccountNotFound:
            opened = ledger.NewAccount(
                account_id=ledger.AccountId(_id("trading", place)),
                code=code,
                name=f"Currency trading {currency}",
                kind="equity",
                currency=currency,
            )
            account = ledger.open_account(actor=actor, now=now, account=opened)
        found[code] = account.account_id
    return found


def _postings(
    movements: Sequence[Movement], keys: dict[str, ledger.AccountId], *, total: int
) -> Iterator[ledger.Posting]:
    """Yield the movements as postings that tell no subscriber: nobody is written to about them."""
    for movement in movements:
        number = _LAST if movement.number == total else movement.number
        yield ledger.Posting(
            transaction_id=ledger.TransactionId(_id("transaction", number)),
            legs=(
                ledger.Leg(keys[movement.debit], debit=movement.minor),
                ledger.Leg(keys[movement.credit], credit=movement.minor),
            ),
            currency=movement.currency,
            effective_at=movement.at,
            source=_SOURCE,
            reference=reference(movement),
            kind=_KINDS.get(movement.what, movement.what),
        )


def _start(*, now: datetime, days: int) -> datetime:
    """Return the midnight from which the traffic runs: that of an earlier run, if there was one."""
    if (earlier := _transaction(1)) is not None:
        return earlier.effective_at
    return datetime.combine(now.date(), time(), tzinfo=now.tzinfo) - timedelta(days=days)


def _transaction(number: int) -> ledger.TransactionView | None:
    """Return a seeded transaction; that of _LAST is there when all of them are."""
    try:
        return ledger.transaction(transaction_id=ledger.TransactionId(_id("transaction", number)))
    except ledger.TransactionNotFound:
        return None


def _account(holding: Holding) -> ledger.AccountId:
    return ledger.AccountId(_id("account", holding.number))


def _id(kind: str, number: int) -> UUID:
    return made_up_id(region=settings.PROBITY_REGION, kind=kind, number=number)
