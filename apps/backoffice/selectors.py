"""Reads of the back-office: what the houses below know, put together for a screen."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings

from apps.ledger import public as ledger

from .rules import assurance as promises


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencySum:
    """All debit and all credit balances of one currency, in minor units."""

    currency: str
    debit_minor: int
    credit_minor: int

    @property
    def difference_minor(self) -> int:
        """Debits minus credits: 0 in books that balance."""
        return self.debit_minor - self.credit_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialBalance:
    """Every account's balance on its side, and the sums of each currency."""

    lines: tuple[ledger.TrialBalanceLine, ...]
    sums: tuple[CurrencySum, ...]

    @property
    def balanced(self) -> bool:
        """Whether debits equal credits in every currency."""
        return all(total.difference_minor == 0 for total in self.sums)

    def translated(self, rates: ledger.Rates) -> "TrialBalance":
        """Return it in one currency; sums then differ by what rates and rounding leave."""
        return _summed(ledger.translated(self.lines, rates=rates))


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """How many transactions took effect: in the last 24 hours, and on each of the last days."""

    last_day: int
    days: tuple[tuple[date, int], ...]

    @property
    def total(self) -> int:
        """All of the days."""
        return sum(count for _, count in self.days)


def trial_balance(
    *, as_of: datetime | None = None, known_at: datetime | None = None
) -> TrialBalance:
    """Return the trial balance of the whole books, ordered by currency and code."""
    return _summed(ledger.trial_balance(as_of=as_of, known_at=known_at))


def _summed(found: Sequence[ledger.TrialBalanceLine]) -> TrialBalance:
    lines = tuple(found)
    debits: dict[str, int] = defaultdict(int)
    credits_: dict[str, int] = defaultdict(int)
    for line in lines:
        debits[line.currency] += line.debit_minor
        credits_[line.currency] += line.credit_minor
    sums = tuple(
        CurrencySum(currency=code, debit_minor=debits[code], credit_minor=credits_[code])
        for code in sorted(debits)
    )
    return TrialBalance(lines=lines, sums=sums)


def activity(*, now: datetime, days: int) -> Activity:
    """Return the transactions by the day they took effect (UTC), today last; one query."""
    today = now.date()
    per_day = dict.fromkeys((today - timedelta(days=back) for back in reversed(range(days))), 0)
    last_day = 0
    for hour, count in ledger.activity(since=now - timedelta(days=days), until=now):
        if hour.date() in per_day:
            per_day[hour.date()] += count
        if hour > now - timedelta(hours=24):
            last_day += count
    return Activity(last_day=last_day, days=tuple(per_day.items()))


def assurance() -> tuple[promises.Row, ...]:
    """Return each promise of the assurance table with what was last measured of it.

    Drills write <slug>.json to settings.ASSURANCE_DIR; a promise without a file was not measured.
    """
    measured = {file.stem: json.loads(file.read_text()) for file in _measurements()}
    return tuple(
        promises.judge(promise, measured=measured.get(promise.slug, {}))
        for promise in promises.PROMISES
    )


def _measurements() -> list[Path]:
    return sorted(settings.ASSURANCE_DIR.glob("*.json"))
