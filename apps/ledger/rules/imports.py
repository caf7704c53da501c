"""How a file for a bulk load reads: columns, cells, and lines that together are one posting.

Two shapes, told apart by their columns. Every cell is text here, whatever the file's format.

postings   reference, effective_at, account, currency, debit_minor and credit_minor (or debit and
           credit: exact decimals), and if wanted kind and metadata (a JSON object); one line a leg,
           the lines of a reference together
balances   account, currency, balance_minor (or balance), as_of, counter_account, and if wanted
           reference, kind and metadata; one line a balance, on the account's normal side
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import lru_cache
from operator import itemgetter
from typing import Final

from apps.platform.money import CURRENCIES, MINOR_MAX, MoneyError, WrongExponent, parse

from ..errors import Flawed
from ..events import Draft, DraftLeg, Flaw, ImportShape
from .posting import LEGS_MAX

Note = Callable[[Flaw], None]
Row = tuple[int, Sequence[str]]  # line, cells

_OPTIONAL: Final = frozenset({"kind", "metadata"})
_POSTINGS: Final = frozenset({"reference", "effective_at", "account", "currency"})
_BALANCES: Final = frozenset({"account", "currency", "as_of", "counter_account"})
_AMOUNTS: Final[dict[ImportShape, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "postings": (("debit_minor", "credit_minor"), ("debit", "credit")),
    "balances": (("balance_minor",), ("balance",)),
}
_KINDS: Final[dict[ImportShape, str]] = {"postings": "history", "balances": "opening"}
# "transfer" is told to subscribers, who would write to customers; the engine knows the others
_RESERVED: Final = frozenset({"transfer", "capture", "reversal", "closing", "fold"})
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_INTEGER: Final = re.compile(r"-?[0-9]+")
_KIND: Final = re.compile(r"[a-z][a-z0-9-]{0,19}")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_METADATA_MAX: Final = 4000  # characters


_CELLS: Final[dict[ImportShape, tuple[str, ...]]] = {  # in the order in which they are read
    "postings": ("reference", "effective_at", "kind", "metadata", "account", "currency"),
    "balances": (
        "reference", "as_of", "kind", "metadata", "account", "currency", "counter_account",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layout:
    """How a line reads; `exact`: amounts are decimals of the currency, not minor units."""

    shape: ImportShape
    columns: tuple[str, ...]
    exact: bool

    def picker(self) -> Callable[[Sequence[str]], tuple[str, ...]]:
        """Return what picks a line's cells in the order of _CELLS, amounts last; absent ones "".

        It raises Flawed on a line with more or fewer cells than there are columns.
        """
        names = _CELLS[self.shape] + _AMOUNTS[self.shape][self.exact]
        width = len(self.columns)
        places = {name: place for place, name in enumerate(self.columns)}
        picked = itemgetter(*(places.get(name, width) for name in names))

        def pick(cells: Sequence[str]) -> tuple[str, ...]:
            if len(cells) != width:
                raise Flawed("wrong-columns", f"{len(cells)} cells under {width} columns")
            found: tuple[str, ...] = picked((*cells, ""))
            return found

        return pick


def layout_of(header: Sequence[str]) -> Layout:
    """Return how a file with these columns reads. Raises Flawed."""
    if twice := sorted({name for name in header if header.count(name) > 1}):
        raise Flawed("column-twice", f"the column {twice[0][:40]!r} stands there twice")
    names = frozenset(header)
    shape: ImportShape = "balances" if names & {"balance", "balance_minor"} else "postings"
    needed = _BALANCES if shape == "balances" else _POSTINGS
    if missing := sorted(needed - names):
        raise Flawed("column-missing", f"no column {missing[0]!r}: the first line names them")
    minor, exact = _AMOUNTS[shape]
    given = [amounts for amounts in (minor, exact) if names & set(amounts)]
    if len(given) != 1 or not names >= set(given[0]):
        raise Flawed("amount-columns", f"either {' and '.join(minor)}, or {' and '.join(exact)}")
    optional = _OPTIONAL | ({"reference"} if shape == "balances" else set())
    if unknown := sorted(names - needed - set(given[0]) - optional):
        raise Flawed("column-unknown", f"the column {unknown[0][:40]!r} means nothing here")
    return Layout(shape, tuple(header), given[0] == exact)


def drafts(rows: Iterable[Row], *, layout: Layout, note: Note) -> Iterator[Draft]:
    """Return the postings of the lines, in their order; what cannot be read is noted."""
    if layout.shape == "balances":
        return _balances(rows, layout, note)
    return _postings(rows, layout, note)


_DISAGREE: Final = Flawed("lines-disagree", "lines of one reference differ in more than legs")


def _postings(rows: Iterable[Row], layout: Layout, note: Note) -> Iterator[Draft]:
    """Put the lines of each reference together."""
    pick, current = layout.picker(), _Group()
    for line, cells in rows:
        try:
            reference, moment, kind, metadata, account, currency, debit, credit = pick(cells)
            if reference != current.said[0]:
                if current.line:
                    yield current.draft()
                current = _Group(line, (reference, moment, kind, metadata))
                current.read(layout.shape)
            elif current.said != (reference, moment, kind, metadata or current.said[3]):
                raise _DISAGREE
            leg = _leg(line, (account, currency, debit, credit), layout)
            if len(current.legs) <= LEGS_MAX:
                current.legs.append(leg)
        except Flawed as flaw:
            current.whole = False
            note(Flaw(line, flaw.code, flaw.detail))
    if current.line:
        yield current.draft()


@dataclass(slots=True)
class _Group:
    """The lines of one reference, while they are read; what they share is read once."""

    line: int = 0
    said: tuple[str, ...] = ("\0",)  # no reference
    legs: list[DraftLeg] = field(default_factory=list)
    whole: bool = True
    effective_at: datetime | None = None
    kind: str = ""
    metadata: str = ""

    def read(self, shape: ImportShape) -> None:
        """Read what the lines share. Raises Flawed."""
        reference, moment, kind, metadata = self.said
        _text(reference, "reference", 255)
        self.effective_at = _moment(moment)
        self.kind = _kind(kind, shape)
        self.metadata = _metadata(metadata)

    def draft(self) -> Draft:
        """Return the posting."""
        return Draft(
            line=self.line,
            reference=self.said[0],
            effective_at=self.effective_at,
            kind=self.kind,
            metadata=self.metadata,
            legs=tuple(self.legs),
            whole=self.whole,
        )


def _leg(line: int, said: tuple[str, ...], layout: Layout) -> DraftLeg:
    account, currency, *amounts = said
    _currency(currency)
    debit, credit = (_amount(cell or "0", currency, layout.exact) for cell in amounts)
    if (debit > 0) == (credit > 0) or min(debit, credit) < 0:
        raise Flawed("one-side", "a leg is either a debit or a credit, above zero")
    return DraftLeg(line, _text(account, "account", 64), currency, debit, credit)


def _balances(rows: Iterable[Row], layout: Layout, note: Note) -> Iterator[Draft]:
    """Make a posting of each line; a balance of nothing needs none."""
    pick = layout.picker()
    for line, cells in rows:
        try:
            draft = _balance(line, pick(cells), layout)
        except Flawed as flaw:
            note(Flaw(line, flaw.code, flaw.detail))
            continue
        if draft.legs[0].raises:
            yield draft


def _balance(line: int, said: tuple[str, ...], layout: Layout) -> Draft:
    reference, as_of, kind, metadata, account, currency, counter, amount = said
    minor = _amount(amount, _currency(currency), layout.exact)
    return Draft(
        line=line,
        reference=_text(reference or f"opening:{account}:{as_of}", "reference", 255),
        effective_at=_end_of_day(as_of) if _DATE.fullmatch(as_of) else _moment(as_of),
        kind=_kind(kind, layout.shape),
        metadata=_metadata(metadata),
        legs=(
            DraftLeg(line, _text(account, "account", 64), currency, 0, 0, raises=minor),
            DraftLeg(line, _text(counter, "counter_account", 64), currency, 0, 0),
        ),
    )


def _text(cell: str, name: str, longest: int) -> str:
    if not cell:
        raise Flawed("empty", f"{name} is empty")
    if len(cell) > longest:
        raise Flawed("too-long", f"{name} has more than {longest} characters")
    if not cell.isprintable() and _CONTROL.search(cell):
        raise Flawed("control-character", f"{name} holds a line end or another control character")
    if cell[0].isspace() or cell[-1].isspace():
        raise Flawed("space-around", f"{name} begins or ends with a space")
    return cell


def _kind(cell: str, shape: ImportShape) -> str:
    if not cell:
        return _KINDS[shape]
    if _KIND.fullmatch(cell) is None:
        raise Flawed("malformed-kind", "kind is of a-z, 0-9 and -, at most 20 characters")
    if cell in _RESERVED:
        raise Flawed("kind-reserved", f"{cell} is a kind that the ledger itself gives")
    return cell


def _currency(cell: str) -> str:
    if cell not in CURRENCIES:
        raise Flawed("unknown-currency", f"{cell[:10]!r} is not an ISO 4217 currency")
    return cell


def _amount(cell: str, currency: str, exact: bool) -> int:  # noqa: FBT001
    """Return minor units, exactly."""
    if exact:
        try:
            return parse(cell, currency).minor
        except WrongExponent:
            raise Flawed("too-many-decimals", f"more decimals than {currency} has") from None
        except MoneyError:
            raise Flawed("malformed-amount", f"{cell[:40]!r} is no decimal number") from None
    if _INTEGER.fullmatch(cell) is None:
        raise Flawed("not-an-integer", f"{cell[:40]!r} is no whole number of minor units")
    minor = int(cell) if len(cell) <= 20 else MINOR_MAX + 1
    if abs(minor) > MINOR_MAX:
        raise Flawed("out-of-range", "more minor units than 64 bits hold")
    return minor


@lru_cache(maxsize=4096)  # lines of one moment follow each other
def _moment(cell: str) -> datetime:
    found = _TIME.fullmatch(cell)
    if found is None:
        raise Flawed("malformed-time", f"{cell[:40]!r} is no time as 2026-03-31T23:59:59Z")
    if found[1] is None:
        raise Flawed("time-without-zone", "a time says its zone: Z, or +01:00")
    try:
        return datetime.fromisoformat(cell).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Flawed("malformed-time", f"there is no time {cell}") from None


def _end_of_day(cell: str) -> datetime:
    """Return the last moment of the day (UTC): an opening balance is what a day leaves."""
    try:
        return datetime.combine(date.fromisoformat(cell), time.max, tzinfo=UTC)
    except ValueError:
        raise Flawed("malformed-time", f"there is no day {cell}") from None


@lru_cache(maxsize=256)
def _metadata(cell: str) -> str:
    """Return the JSON object as the database takes it, or an empty text."""
    if not cell:
        return ""
    if len(cell) > _METADATA_MAX:
        raise Flawed("too-long", f"metadata has more than {_METADATA_MAX} characters")
    try:
        said = json.loads(cell)
        text = json.dumps(said, allow_nan=False, ensure_ascii=False)
    except (ValueError, RecursionError):
        raise Flawed("malformed-metadata", "metadata is no JSON that can be kept") from None
    if not isinstance(said, dict):
        raise Flawed("malformed-metadata", "metadata is a JSON object")
    if "\\u0000" in text or _CONTROL.search(text):
        raise Flawed("control-character", "metadata holds a character that cannot be kept")
    return text
