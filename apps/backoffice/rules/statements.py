"""What the house bank would say: statements of the seeded movements, but for planted differences.

The bank's statement mirrors the ledger's account: what debits our asset is a credit to the bank.
A few entries are made to differ, as they do in life, so that reconciliation has something to find.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from .company import CURRENCIES, HOUSE_BANK
from .traffic import MONTH, Movement, reference

_BANK: Final = "00000000"  # a German bank code that no bank has
_ACCOUNT: Final = {"EUR": 1, "USD": 2, "GBP": 3, "JPY": 4}
_UNBOOKED_MINOR: Final = 17_25


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One booked entry; minor units, positive when money came in."""

    booked_on: date
    minor: int
    reference: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of one account: opening + entries = closing."""

    iban: str
    currency: str
    number: int
    first_day: date
    last_day: date
    opening_minor: int
    entries: tuple[Entry, ...]

    @property
    def closing_minor(self) -> int:
        """The balance at the end of the last day."""
        return self.opening_minor + sum(entry.minor for entry in self.entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Where bank and ledger were made to disagree; minor units, None where one has no entry."""

    currency: str
    reference: str
    kind: str
    ledger_minor: int | None
    bank_minor: int | None

    @property
    def effect_minor(self) -> int:
        """By how much the bank's closing balance is above the ledger's because of it."""
        return (self.bank_minor or 0) - (self.ledger_minor or 0)


def iban(*, currency: str) -> str:
    """Return the made-up IBAN of our account in the currency, check digits right (ISO 13616)."""
    bban = f"{_BANK}{_ACCOUNT[currency]:010d}"
    check = 98 - int(f"{bban}131400") % 97  # DE is 1314
    return f"DE{check:02d}{bban}"


def statements(
    *, movements: Sequence[Movement], start: datetime, days: int
) -> tuple[list[Statement], list[Difference]]:
    """Return each account's statements, one a month of the seed, and what was made to differ."""
    told: list[Statement] = []
    differences: list[Difference] = []
    for currency in CURRENCIES:
        booked = list(_entries(movements, f"{HOUSE_BANK}.{currency}"))
        opening, entries = booked[0].minor, booked[1:]
        entries, planted = _plant(currency, entries)
        differences += planted
        for number, first in enumerate(range(0, days, MONTH), start=1):
            first_day = start.date() + timedelta(days=first)
            last_day = start.date() + timedelta(days=min(first + MONTH, days) - 1)
            month = tuple(e for e in entries if first_day <= e.booked_on <= last_day)
            told.append(
                Statement(
                    iban=iban(currency=currency),
                    currency=currency,
                    number=number,
                    first_day=first_day,
                    last_day=last_day,
                    opening_minor=opening,
                    entries=month,
                )
            )
            opening = told[-1].closing_minor
    return told, differences


def _entries(movements: Sequence[Movement], bank: str) -> list[Entry]:
    """Return the bank's view of the account; the capital, there before the first day, is first."""
    return [
        Entry(
            booked_on=movement.at.date(),
            minor=movement.minor if movement.debit == bank else -movement.minor,
            reference=reference(movement),
            text=f"{movement.what.upper()} {movement.at:%Y-%m-%d}",
        )
        for movement in movements
        if bank in {movement.debit, movement.credit}
    ]


def _plant(currency: str, entries: list[Entry]) -> tuple[list[Entry], list[Difference]]:
    """Return the entries with the currency's differences; JPY agrees to the unit."""
    if currency == "EUR":
        late = _last(entries, "SETTLEMENT")
        wrong = _last(entries, "SALARY")
        misread = replace(wrong, minor=wrong.minor + 90)
        entries = [misread if entry is wrong else entry for entry in entries if entry is not late]
        return entries, [
            _difference(currency, late, kind="not yet at the bank", bank=None),
            _difference(currency, wrong, kind="the amounts differ", bank=misread.minor),
        ]
    if currency == "USD":
        twice = _last(entries, "RENT")
        again = replace(twice, reference=f"{twice.reference}D")
        at = entries.index(twice) + 1
        planted = _difference(currency, again, kind="twice at the bank", ledger=None)
        return [*entries[:at], again, *entries[at:]], [planted]
    if currency == "GBP":
        charge = _last(entries, "CHARGE")
        other = replace(
            charge, minor=-_UNBOOKED_MINOR, reference="BANKFEE", text="ACCOUNT STATEMENT FEE"
        )
        return [*entries, other], [
            _difference(currency, other, kind="not in the ledger", ledger=None)
        ]
    return entries, []


def _last(entries: Sequence[Entry], what: str) -> Entry:
    return next(entry for entry in reversed(entries) if entry.text.startswith(what))


def _difference(currency: str, entry: Entry, *, kind: str, **other: int | None) -> Difference:
    """Return the difference; a side not given says what the entry says."""
    return Difference(
        currency=currency,
        reference=entry.reference,
        kind=kind,
        ledger_minor=other.get("ledger", entry.minor),
        bank_minor=other.get("bank", entry.minor),
    )
