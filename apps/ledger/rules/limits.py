"""What a limit must be, and what a transaction uses of it: the twin of limits.sql."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from apps.platform.money import MINOR_MAX

from ..errors import MalformedLimit
from ..events import AccountId, AccountKind, Leg, LimitPeriod, NewLimit
from .balances import on_normal_side

LIMIT_DAYS_MAX: Final = 366


def check_limit(limit: NewLimit, *, now: datetime) -> None:
    """Return when the limit may go to the database. Raises MalformedLimit."""
    start = now if limit.effective_from is None else limit.effective_from
    if limit.maximum is not None and not 0 <= limit.maximum <= MINOR_MAX:
        raise MalformedLimit(f"a limit allows 0 to {MINOR_MAX}")
    if limit.period == "days" and not 1 <= limit.days <= LIMIT_DAYS_MAX:
        raise MalformedLimit(f"a limit spans 1 to {LIMIT_DAYS_MAX} days")
    if limit.measure == "count" and limit.period == "transaction":
        raise MalformedLimit("transactions are counted over days or months")
    if (limit.scope == "one") != (limit.counterparty_id is not None):
        raise MalformedLimit("a limit of one counterparty names it, and no other does")
    if limit.counterparty_id == limit.account_id:
        raise MalformedLimit("the counterparty is another account")
    if start < now:
        raise MalformedLimit("a limit begins now or later")
    if limit.effective_until is not None and limit.effective_until <= start:
        raise MalformedLimit("a limit ends later than it begins")


def window_start(*, period: LimitPeriod, days: int, day: date) -> date:
    """Return the first day of the window that ends with `day`."""
    if period == "month":
        return day.replace(day=1)
    return day - timedelta(days=days - 1) if period == "days" else day


def maximum_at(versions: Sequence[NewLimit], *, at: datetime) -> int | None:
    """Return how much a limit allows at `at`, its versions in the order in which they were said.

    What was said last counts, for as long as it says. None: no limit.
    """
    for said in reversed(versions):
        begun = said.effective_from is not None and said.effective_from <= at
        if begun and (said.effective_until is None or said.effective_until > at):
            return said.maximum
    return None


def uses(limit: NewLimit, *, legs: Sequence[Leg], kind: AccountKind) -> dict[AccountId, int]:
    """Return what a transaction with these legs uses of the limit, by counterparty.

    Counterparties taken together stand under the account's own id. `kind` is the account's. Each
    leg counts on its own: money in does not make up for money out. Towards a counterparty counts
    the lesser of what the account gave and what it got.
    """
    moved: dict[tuple[str, bool], int] = {}
    for leg in legs:
        change = on_normal_side(kind=kind, debit=leg.debit, credit=leg.credit)
        if leg.account_id == limit.account_id and (change < 0) == (limit.direction == "out"):
            key = (leg.currency, leg.debit > 0)
            moved[key] = moved.get(key, 0) + abs(change)
    used: dict[AccountId, int] = {}
    for (currency, is_debit), minor in moved.items():
        if limit.scope == "all":
            used[limit.account_id] = minor
            continue
        for other, got in _across(limit, legs, currency=currency, is_debit=not is_debit).items():
            used[other if limit.scope == "each" else limit.account_id] = min(minor, got)
    if limit.measure == "count":
        return dict.fromkeys(used, 1)
    return used


def _across(
    limit: NewLimit, legs: Sequence[Leg], *, currency: str, is_debit: bool
) -> dict[AccountId, int]:
    got: dict[AccountId, int] = {}
    for leg in legs:
        other = leg.account_id
        if other == limit.account_id or (leg.debit > 0) != is_debit or leg.currency != currency:
            continue
        if limit.scope == "each" or other == limit.counterparty_id:
            got[other] = got.get(other, 0) + leg.debit + leg.credit
    return got


def left_of(*, maximum: int | None, used: int | None) -> int | None:
    """Return what remains of a limit, never below zero; None: it is not in force."""
    return None if maximum is None or used is None else max(0, maximum - used)
