"""Spans of periods, and what closing entries must be."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Final
from uuid import UUID

from ..errors import MalformedClosing, ReasonMissing
from ..events import (
    AccountId,
    AccountView,
    Leg,
    NewPeriod,
    PeriodView,
    Posting,
    ReopeningView,
    ResultView,
    TransactionId,
    TrialBalanceLine,
)
from .posting import LEGS_MAX

REQUEST_LIVES: Final = timedelta(days=7)  # held in SQL too
CLOSING_SOURCE: Final = "ledger.closing"


def months(*, first: date, count: int) -> tuple[NewPeriod, ...]:
    """Return so many months, the first being that of the day `first`, named `January 2026`."""
    found = []
    for place in range(count):
        year, month = divmod(first.year * 12 + first.month - 1 + place, 12)
        starts_on = date(year, month + 1, 1)
        following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
        found.append(
            NewPeriod(
                name=f"{starts_on:%B %Y}",
                starts_on=starts_on,
                ends_on=following - timedelta(days=1),
            )
        )
    return tuple(found)


def first_moment(day: date) -> datetime:
    """Return the midnight (UTC) with which a day begins."""
    return datetime.combine(day, time.min, tzinfo=UTC)


def last_moment(day: date) -> datetime:
    """Return the last microsecond of a day (UTC): PostgreSQL knows none after it."""
    return datetime.combine(day, time.max, tzinfo=UTC)


def open_request(period: PeriodView, *, now: datetime) -> ReopeningView | None:
    """Return the newest request for the period to be opened again that has not lapsed."""
    if (standing := period.standing) is None:
        return None
    asked = [one for one in standing.reopenings if now - one.asked_at <= REQUEST_LIVES]
    return max(asked, key=lambda one: one.request_id, default=None)


def check_reason(reason: str) -> None:
    """Return when it says something. Raises ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing("a period is opened again for a reason")


def results(lines: Sequence[TrialBalanceLine]) -> tuple[ResultView, ...]:
    """Return what income and expense leave in each currency that has any, by currency."""
    due = sorted(
        (
            line
            for line in lines
            if line.kind in {"income", "expense"} and line.debit_minor != line.credit_minor
        ),
        key=lambda line: (line.currency, line.code),
    )
    return tuple(
        ResultView(currency=currency, lines=found, result_minor=_credits(found))
        for currency, group in groupby(due, key=lambda line: line.currency)
        for found in [tuple(group)]
    )


def check_retained(*, currency: str, account: AccountView | None) -> AccountId:
    """Return the account that takes a currency's result. Raises MalformedClosing."""
    if account is None:
        raise MalformedClosing(f"no equity account is named for the result in {currency}")
    if account.kind != "equity" or account.currency != currency:
        raise MalformedClosing(f"{account.code} is no equity account in {currency}")
    return account.account_id


def closing_postings(
    due: Sequence[ResultView],
    *,
    retained: Mapping[str, AccountId],
    at: datetime,
    reference: str,
    new_id: Callable[[], UUID],
) -> Iterator[Posting]:
    """Yield journals that bring each line to zero against its currency's account in `retained`.

    One a currency, or more where they would have more than LEGS_MAX legs.
    """
    size = LEGS_MAX - 1
    for result in due:
        for first in range(0, len(result.lines), size):
            lines = result.lines[first : first + size]
            yield Posting(
                transaction_id=TransactionId(new_id()),
                legs=_legs(lines, against=retained[result.currency]),
                currency=result.currency,
                effective_at=at,
                source=CLOSING_SOURCE,
                reference=f"{reference}/{result.currency}/{first // size + 1}",
                kind="closing",
            )


def _legs(lines: Sequence[TrialBalanceLine], *, against: AccountId) -> tuple[Leg, ...]:
    legs = [
        Leg(line.account_id, debit=line.credit_minor, credit=line.debit_minor) for line in lines
    ]
    if result := _credits(lines):
        legs.append(Leg(against, debit=max(-result, 0), credit=max(result, 0)))
    return tuple(legs)


def _credits(lines: Sequence[TrialBalanceLine]) -> int:
    return sum(line.credit_minor - line.debit_minor for line in lines)
