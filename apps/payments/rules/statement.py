"""Bank statements as values, and the rule that admits one: opening + booked entries = closing.

Amounts are signed from the account owner's side: what the bank calls a credit is positive, for it
is ours; a debit is negative. So a statement adds up without looking at any mark again.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from apps.platform import money
from apps.platform.money import Money

from ..errors import Flaw, Place, StatementRefused, refusal

REFERENCE_MAX: Final = 35  # ISO 20022 Max35Text; MT940 and BAI2 references are shorter
NAME_MAX: Final = 64  # of an account, and of a statement within it
STATEMENTS_MAX: Final = 10_000  # of a file: beyond, it is made to hurt
ENTRIES_MAX: Final = 500_000
_RUNNING: Final = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """A booked balance; `day` is the day the bank states for it."""

    amount: Money
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a statement, without names and remittance information: those are not read.

    `reference` is the bank's own ("" when there is none); `booked` is false for pending and merely
    informative lines, which never count.
    """

    position: int
    line: int
    amount: Money
    booking_day: date
    value_day: date
    reference: str = ""
    booked: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A statement as read; a balance that the file lacks is None.

    `number` and `page` are the bank's running numbers, 0 when it does not count. `identification`
    names the statement within its account. `remarks` say what was read leniently.
    """

    position: int
    line: int
    account: str
    currency: str
    identification: str
    number: int = 0
    page: int = 0
    opening: Balance | None
    closing: Balance | None
    entries: tuple[Entry, ...]
    remarks: tuple[str, ...] = ()

    @property
    def booked(self) -> tuple[Entry, ...]:
        """The entries that count."""
        return tuple(entry for entry in self.entries if entry.booked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement that adds up: opening + booked entries = closing, all of one currency."""

    position: int
    account: str
    currency: str
    identification: str
    number: int
    page: int
    opening: Balance
    closing: Balance
    entries: tuple[Entry, ...]
    pending: int

    def __post_init__(self) -> None:
        """Hold the equation; `prove` is the way here, so a failure is a fault of ours."""
        if self.opening.amount.minor + self.booked_minor != self.closing.amount.minor:
            raise ValueError("a statement must add up")

    @property
    def booked_minor(self) -> int:
        """Sum of the entries in minor units, credits positive."""
        return sum(entry.amount.minor for entry in self.entries)

    @property
    def identity(self) -> str:
        """What tells the statement from every other of its account, as a SHA-256.

        Two files with one identity bring the same statement, whatever else they hold. Banks exist
        that number every page of a day alike: only the opening balance tells those apart.
        """
        return _digest(
            self.identification,
            self.page,
            self.opening.day.isoformat(),
            self.closing.day.isoformat(),
            self.opening.amount.minor,
        )

    @property
    def fingerprint(self) -> str:
        """What the statement says, as a SHA-256: the test of whether it came again unchanged."""
        told = [
            [entry.amount.minor, entry.booking_day.isoformat(), entry.value_day.isoformat()]
            for entry in self.entries
        ]
        return _digest(self.account, self.currency, self.identity, self.closing.amount.minor, told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a file holds: drafts in order, and the flaws its own control figures show."""

    format: str
    drafts: tuple[Draft, ...] = ()
    flaws: tuple[Flaw, ...] = ()


def _digest(*facts: object) -> str:
    return hashlib.sha256(json.dumps(facts, separators=(",", ":")).encode()).hexdigest()


def check_counts(*, statements: int, entries: int) -> None:
    """Return while a file holds no more than memory should. Raises StatementRefused."""
    if statements > STATEMENTS_MAX:
        raise refusal("too-many", f"more than {STATEMENTS_MAX} statements in one file")
    if entries > ENTRIES_MAX:
        raise refusal("too-many", f"more than {ENTRIES_MAX} entries in one file")


def account_name(text: str) -> str:
    """Return an account identification without blanks, in capitals: banks group it differently."""
    return "".join(text.split()).upper()


def mask(account: str) -> str:
    """Return the identification with only its end to be seen."""
    return f"…{account[-4:]}" if len(account) > 4 else "…"


def running_number(text: str) -> int:
    """Return the bank's running number, or 0 where it does not count."""
    return int(text) if _RUNNING.fullmatch(text) else 0


def read_amount(text: str, currency: str, *, at: Place) -> Money:
    """Return the money of an amount in a file. Raises StatementRefused with the place."""
    try:
        return money.parse(text, currency)
    except money.UnknownCurrency as error:
        raise refusal("unknown-currency", str(error), at) from error
    except money.WrongExponent as error:
        raise refusal("wrong-exponent", str(error), at) from error
    except money.MoneyError as error:
        raise refusal("malformed-amount", str(error), at) from error


def prove(draft: Draft) -> Statement:
    """Return the statement of a draft that adds up. Raises StatementRefused with every flaw."""
    opening, closing = draft.opening, draft.closing
    flaws = find_flaws(draft)
    if flaws or opening is None or closing is None:
        raise StatementRefused(flaws)
    return Statement(
        position=draft.position,
        account=draft.account,
        currency=draft.currency,
        identification=draft.identification,
        number=draft.number,
        page=draft.page,
        opening=opening,
        closing=closing,
        entries=draft.booked,
        pending=len(draft.entries) - len(draft.booked),
    )


def find_flaws(draft: Draft) -> list[Flaw]:
    """Return what keeps the draft from being booked; empty when it adds up."""
    place = Place(statement=draft.position, line=draft.line)
    flaws = []
    if not draft.account:
        flaws.append(Flaw("no-account", "no account identification", place))
    if max(len(draft.account), len(draft.identification)) > NAME_MAX:
        text = f"account or statement identification is longer than {NAME_MAX}"
        flaws.append(Flaw("name-too-long", text, place))
    lacking = [
        name
        for name, balance in (("opening", draft.opening), ("closing", draft.closing))
        if balance is None
    ]
    if lacking:
        text = f"no {' and no '.join(lacking)} booked balance, so nothing can be proven"
        flaws.append(Flaw(f"no-{lacking[0]}-balance", text, place))
    return [*flaws, *_foreign(draft), *_imbalance(draft)]


def _foreign(draft: Draft) -> list[Flaw]:
    """Return a flaw for each amount that is not in the currency of the account."""
    flaws = []
    for name, balance in (("opening", draft.opening), ("closing", draft.closing)):
        if balance is not None and balance.amount.currency != draft.currency:
            text = f"the {name} balance is {balance.amount}, the account is in {draft.currency}"
            flaws.append(Flaw("other-currency", text, Place(statement=draft.position)))
    for entry in draft.booked:
        if entry.amount.currency != draft.currency:
            text = f"the entry is {entry.amount}, the account is in {draft.currency}"
            place = Place(statement=draft.position, entry=entry.position, line=entry.line)
            flaws.append(Flaw("other-currency", text, place))
    return flaws


def _imbalance(draft: Draft) -> list[Flaw]:
    """Return the flaw of a wrong sum; entries in other currencies are left out."""
    opening, closing = draft.opening, draft.closing
    if opening is None or closing is None or opening.amount.currency != draft.currency:
        return []
    own = [entry.amount for entry in draft.booked if entry.amount.currency == draft.currency]
    booked = Money(sum(amount.minor for amount in own), draft.currency)
    expected = opening.amount + booked
    if closing.amount == expected:
        return []
    text = (
        f"opening {money.decimal(opening.amount)} + entries {money.decimal(booked)} = "
        f"{money.decimal(expected)}, but closing is {money.decimal(closing.amount)}"
    )
    if closing.amount.currency == draft.currency:
        text += f": difference {closing.amount - expected}"
    return [Flaw("unbalanced", text, Place(statement=draft.position, line=draft.line))]
