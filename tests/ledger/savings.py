"""Small books that bear interest: a schedule, the house's accounts, and a saver."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from apps.ledger import public as ledger
from apps.platform.ids import new_id
from apps.platform.money import Money

from .books import ACTOR, open_account

BEGIN = date(2026, 1, 1)
DAY = timedelta(days=1)


def at(day: date, hour: int = 12) -> datetime:
    """Return an hour of a day."""
    return datetime.combine(day, time(hour), tzinfo=UTC)


def night_after(day: date) -> datetime:
    """Return when a run accrues the day."""
    return at(day + DAY, 1)


def tiers(*said: tuple[int, str]) -> tuple[ledger.Tier, ...]:
    """Return tiers of (from, rate)."""
    return tuple(ledger.Tier(from_minor, Decimal(rate)) for from_minor, rate in said)


@dataclass(frozen=True, slots=True)
class Savings:
    """The accounts of a schedule, and one that it is on."""

    bank: ledger.AccountId
    saver: ledger.AccountId
    books: ledger.InterestBooks
    code: str


def open_books() -> ledger.InterestBooks:
    """Open the accounts that a schedule books to."""
    return ledger.InterestBooks(
        expense_id=open_account(kind="expense"),
        payable_id=open_account(kind="liability"),
        income_id=open_account(kind="income"),
        receivable_id=open_account(kind="asset"),
    )


def schedule(
    *,
    credit: tuple[ledger.Tier, ...] = tiers((0, "0.025")),
    debit: tuple[ledger.Tier, ...] = (),
    books: ledger.InterestBooks | None = None,
    **said: Any,
) -> tuple[str, ledger.InterestBooks]:
    """Make a schedule, of 2.5 % unless told otherwise; return its code and its accounts."""
    code, booked = str(new_id()), books or open_books()
    terms = {name: said.pop(name) for name in ("tiering", "minimum_minor") if name in said}
    begins = said.pop("effective_on", BEGIN)
    wanted = ledger.NewInterestSchedule(
        code=code,
        name="Savings",
        currency="EUR",
        day_count=said.get("day_count", "ACT/365F"),
        capitalises=said.get("capitalises", "monthly"),
        books=booked,
        terms=ledger.InterestTerms(effective_on=begins, credit=credit, debit=debit, **terms),
    )
    ledger.create_interest_schedule(actor=ACTOR, now=at(BEGIN), schedule=wanted)
    return code, booked


def savings(*, since: date = BEGIN, kind: ledger.AccountKind = "liability", **said: Any) -> Savings:
    """Make a schedule and put it on an account."""
    code, books = schedule(**said)
    bank, saver = open_account(kind="asset"), open_account(kind=kind)
    assign(saver, code, since)
    return Savings(bank, saver, books, code)


def assign(account_id: ledger.AccountId, code: str | None, since: date) -> None:
    """Put the schedule on the account."""
    ledger.assign_interest(
        actor=ACTOR, now=at(since), account_id=account_id, code=code, effective_on=since
    )


def pay_in(
    bank: ledger.AccountId,
    account_id: ledger.AccountId,
    minor: int,
    day: date,
    *,
    recorded: date | None = None,
) -> None:
    """Pay in (below zero: out) at noon of a day; learned of then, or later."""
    debit, credit = (bank, account_id) if minor > 0 else (account_id, bank)
    transaction_id = ledger.TransactionId(new_id())
    posting = ledger.transfer(
        transaction_id=transaction_id,
        debit_account_id=debit,
        credit_account_id=credit,
        amount=Money(abs(minor), "EUR"),
        effective_at=at(day),
        source="test",
        reference=str(transaction_id),
    )
    ledger.post(actor=ACTOR, now=at(recorded or day), posting=posting)


def accrue(through: date, *, now: datetime | None = None) -> ledger.InterestRun:
    """Run up to the end of a day, in the night after unless told otherwise."""
    return ledger.accrue_interest(actor=ACTOR, now=now or night_after(through), through=through)


def balance_on(account_id: ledger.AccountId, day: date) -> int:
    """Return the balance at the end of a day."""
    end = datetime.combine(day, time.max, tzinfo=UTC)
    return ledger.balance_at(account_id=account_id, as_of=end).posted_minor
