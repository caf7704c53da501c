"""Named failures of payments; `rest` renders each as RFC 9457 problem details."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.platform.problems import Problem

_SHOWN = 4  # flaws spelt out in a detail; the rest are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in a file: statement and entry count from 1, and `line`; 0 where there is none."""

    statement: int = 0
    entry: int = 0
    line: int = 0

    def __str__(self) -> str:
        """Return for instance `statement 2, entry 5, line 118`; empty for no place."""
        parts = {"statement": self.statement, "entry": self.entry, "line": self.line}
        return ", ".join(f"{name} {number}" for name, number in parts.items() if number)


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with a statement file: which, what, and where. No personal data."""

    code: str
    text: str
    place: Place = Place()

    def __str__(self) -> str:
        """Say where, then what."""
        where = str(self.place)
        return f"{where}: {self.text}" if where else self.text


class StatementRefused(Problem):
    """A statement file cannot be read, or does not prove its own balances; nothing was booked."""

    slug, title, status = "payments/statement-refused", "Statement refused", 422

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        """Keep the flaws; the first gives the code and the place that programs see."""
        flaws = in_order(flaws)
        first = flaws[0]
        super().__init__(
            describe(flaws),
            reason=first.code,
            statement=first.place.statement,
            entry=first.place.entry,
            line=first.place.line,
        )
        self.flaws = tuple(flaws)


class StatementChanged(Problem):
    """A statement known by this identity came again with other contents."""

    slug, title, status = "payments/statement-changed", "Statement changed", 409


class LedgerDisagrees(Problem):
    """After booking, the ledger's balance is not the statement's closing balance."""

    slug, title, status = "payments/ledger-disagrees", "Ledger and statement disagree", 500


def in_order(flaws: Sequence[Flaw]) -> list[Flaw]:
    """Return the flaws with sums that do not add up first: they are what people act on."""
    return sorted(flaws, key=lambda flaw: flaw.code not in {"unbalanced", "broken-chain"})


def describe(flaws: Sequence[Flaw]) -> str:
    """Return the flaws as one line for people; beyond the first few they are counted."""
    told = "; ".join(str(flaw) for flaw in in_order(flaws)[:_SHOWN])
    more = len(flaws) - _SHOWN
    return f"{told}; and {more} more" if more > 0 else told


def refusal(code: str, text: str, place: Place = Place()) -> StatementRefused:
    """Return the refusal for one flaw."""
    return StatementRefused([Flaw(code, text, place)])
