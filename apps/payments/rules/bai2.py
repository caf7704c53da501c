"""BAI2, the cash management balance reporting format of the BAI, version 2 (ANSI X9.121).

A file (01…99) holds groups (02…98) of accounts (03…49) with transactions (16) and continuations
(88). Record counts and control totals are checked at each level. Text fields are passed over.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from apps.platform.money import Money, UnknownCurrency, exponent

from ..errors import Flaw, Place, StatementRefused, refusal
from .statement import (
    REFERENCE_MAX,
    Balance,
    Draft,
    Entry,
    Reading,
    account_name,
    check_counts,
    running_number,
)

FORMAT: Final = "BAI2"
_FLAWS_MAX: Final = 100  # beyond, the file is not worth reading on
_LENGTH_MAX: Final = 100_000  # characters of a record with its continuations
_RECORD: Final = re.compile(r"(\d\d)(?:,(.*))?", re.DOTALL)
_INTEGER: Final = re.compile(r"[+-]?\d{1,18}")
_OPENING, _CLOSING = "010", "015"  # opening ledger, closing ledger
_GROUP_STATUS: Final = {"2": "a deletion", "3": "a correction", "4": "a test"}
_INTERIM: Final = {"1", "3"}  # as-of-date modifiers: interim of the day before, of the same day


@dataclass(frozen=True, slots=True)
class _Record:
    """A logical record: a physical one and its continuations."""

    line: int
    code: str
    fields: tuple[str, ...]
    lines: int  # how many physical records it takes


@dataclass(slots=True)
class _Level:
    """What the trailer of a file, a group or an account must agree with."""

    line: int
    total: int = 0
    records: int = 0
    parts: int = 0


@dataclass(slots=True)
class _Account:
    """An account of a group while its records come in."""

    position: int
    level: _Level
    number: str
    currency: str
    as_of: date
    identification: str
    balances: dict[str, int] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)


class _Reader:
    """The state of a file being read, record by record."""

    def __init__(self) -> None:
        self.file: _Level | None = None
        self.group: _Level | None = None
        self.account: _Account | None = None
        self.as_of: date | None = None
        self.group_currency = "USD"  # the default of the format
        self.group_identification = ""
        self.closed = False
        self.entries = 0
        self.drafts: list[Draft] = []
        self.flaws: list[Flaw] = []

    def take(self, record: _Record) -> None:
        """Act on one logical record. Raises StatementRefused when it cannot stand here."""
        act = {
            "01": self._open_file,
            "02": self._open_group,
            "03": self._open_account,
            "16": self._add_entry,
            "49": self._close_account,
            "98": self._close_group,
            "99": self._close_file,
        }.get(record.code)
        if act is None or self.closed:
            raise _misplaced(record)
        self.entries += record.code == "16"
        check_counts(statements=len(self.drafts), entries=self.entries)
        act(record)

    def _open_file(self, record: _Record) -> None:
        if self.file is not None:
            raise _misplaced(record)
        self.file = _Level(record.line, records=record.lines)

    def _open_group(self, record: _Record) -> None:
        if self.file is None or self.group is not None:
            raise _misplaced(record)
        self.group = _Level(record.line, records=record.lines)
        status, modifier = _get(record, 2), _get(record, 6)
        at = Place(line=record.line)
        if status in _GROUP_STATUS:
            text = f"the group is {_GROUP_STATUS[status]}, not an update"
            self.flaws.append(Flaw("not-an-update", text, at))
        if modifier in _INTERIM:
            self.flaws.append(Flaw("interim", "the group is an interim report", at))
        self.as_of = _day(_get(record, 3), at=at)
        self.group_currency = _get(record, 5) or "USD"
        self.group_identification = f"{_get(record, 3)} {_get(record, 4)}".strip()

    def _open_account(self, record: _Record) -> None:
        if self.group is None or self.account is not None or self.as_of is None:
            raise _misplaced(record)
        position = len(self.drafts) + 1
        at = Place(statement=position, line=record.line)
        self.account = _Account(
            position=position,
            level=_Level(record.line, records=record.lines),
            number=account_name(_get(record, 0)),
            currency=_currency(_get(record, 1) or self.group_currency, at=at),
            as_of=self.as_of,
            identification=self.group_identification,
        )
        for code, amount in _summaries(record.fields[2:], at=at):
            self.account.level.total += amount
            self.account.balances.setdefault(code, amount)

    def _add_entry(self, record: _Record) -> None:
        if self.account is None:
            raise _misplaced(record)
        account, level = self.account, self.account.level
        level.records += record.lines
        at = Place(statement=account.position, entry=len(account.entries) + 1, line=record.line)
        code = _get(record, 0)
        if code == "890":  # text only, no money
            return
        amount = _integer(_get(record, 1), at=at)
        level.total += amount
        references = record.fields[_behind_funds(record.fields, 2) :]
        account.entries.append(
            Entry(
                position=at.entry,
                line=record.line,
                amount=Money(_sign(code, at=at) * amount, account.currency),
                booking_day=account.as_of,
                value_day=_value_day(record.fields, account.as_of, at=at),
                reference=references[0].strip()[:REFERENCE_MAX] if references else "",
            )
        )

    def _close_account(self, record: _Record) -> None:
        if self.account is None or self.group is None:
            raise _misplaced(record)
        account, level = self.account, self.account.level
        level.records += record.lines
        at = Place(statement=account.position, line=record.line)
        self._check("account", level, record, counted=_get(record, 1), at=at)
        self._carry(level, self.group, stated=_get(record, 0))
        self.drafts.append(_draft(account))
        self.account = None

    def _close_group(self, record: _Record) -> None:
        if self.group is None or self.file is None or self.account is not None:
            raise _misplaced(record)
        self.group.records += record.lines
        at = Place(line=record.line)
        self._check("group", self.group, record, counted=_get(record, 2), at=at)
        self._count_parts("accounts in the group", self.group, _get(record, 1), at=at)
        self._carry(self.group, self.file, stated=_get(record, 0))
        self.group = None

    def _close_file(self, record: _Record) -> None:
        if self.file is None or self.group is not None:
            raise _misplaced(record)
        self.file.records += record.lines
        at = Place(line=record.line)
        self._check("file", self.file, record, counted=_get(record, 2), at=at)
        self._count_parts("groups in the file", self.file, _get(record, 1), at=at)
        self.closed = True

    def _check(self, name: str, level: _Level, record: _Record, *, counted: str, at: Place) -> None:
        """Note where the trailer's total or record count is not what was read."""
        stated = _get(record, 0)
        if stated.strip() and _integer(stated, at=at) != level.total:
            text = f"control total of the {name} is {stated}, its amounts add up to {level.total}"
            self.flaws.append(Flaw("control-total", text, at))
        if counted and _integer(counted, at=at) != level.records:
            text = f"record count of the {name} is {counted}, it has {level.records}"
            self.flaws.append(Flaw("record-count", text, at))

    def _count_parts(self, what: str, level: _Level, stated: str, *, at: Place) -> None:
        if stated and _integer(stated, at=at) != level.parts:
            text = f"the trailer counts {stated} {what}, there are {level.parts}"
            self.flaws.append(Flaw("part-count", text, at))

    @staticmethod
    def _carry(part: _Level, whole: _Level, *, stated: str) -> None:
        """Add a part to the whole by what its trailer states: the next trailer sums trailers."""
        whole.total += int(stated) if _INTEGER.fullmatch(stated) else part.total
        whole.records += part.records
        whole.parts += 1


def read(text: str, *, progress: Callable[[int], None]) -> Reading:
    """Return the accounts of the file as statements. Raises StatementRefused with the line."""
    reader = _Reader()
    for record in _records(text, progress, reader.flaws):
        reader.take(record)
    if not reader.closed:
        place = Place(statement=reader.account.position if reader.account else 0)
        raise refusal("truncated", "the file ends before its trailer (record 99)", place)
    if not reader.drafts:
        raise refusal("no-statement", "no account (record 03) in the file")
    return Reading(format=FORMAT, drafts=tuple(reader.drafts), flaws=tuple(reader.flaws))


def _records(text: str, progress: Callable[[int], None], flaws: list[Flaw]) -> Iterator[_Record]:
    """Yield logical records: continuations (88) are joined to what they continue.

    A line that is no record is a flaw, and passed over, so that the sums can still be told.
    """
    line, code, parts, length = 0, "", list[str](), 0
    for number, raw in enumerate(text.splitlines(), start=1):
        progress(len(raw) + 1)
        if not (physical := raw.strip("\ufeff\x1a \t")):
            continue
        found = _RECORD.fullmatch(physical.removesuffix("/"))
        length += len(physical)
        if found is None or (found[1] == "88" and not parts):
            flaws.append(Flaw("malformed-record", "not a BAI2 record", Place(line=number)))
        elif found[1] == "88":
            parts.append(found[2] or "")
        else:
            if parts:
                yield _record(line, code, parts)
            line, code, parts, length = number, found[1], [found[2] or ""], len(physical)
        _check_caps(flaws, length, line=number)
    if parts:
        yield _record(line, code, parts)


def _record(line: int, code: str, parts: list[str]) -> _Record:
    return _Record(line, code, tuple(",".join(parts).split(",")), len(parts))


def _check_caps(flaws: list[Flaw], length: int, *, line: int) -> None:
    """Give up on a file that is no use reading, or that is made to hurt."""
    if len(flaws) > _FLAWS_MAX:
        raise StatementRefused(flaws)
    if length > _LENGTH_MAX:
        text = f"a record is longer than {_LENGTH_MAX} characters"
        raise refusal("malformed-record", text, Place(line=line))


def _summaries(fields: tuple[str, ...], *, at: Place) -> Iterator[tuple[str, int]]:
    """Yield (type code, amount) of the groups of code, amount, item count and funds type."""
    place = 0
    while place < len(fields):
        code, amount = fields[place].strip(), "".join(fields[place + 1 : place + 2]).strip()
        if code and amount:
            yield code, _integer(amount, at=at)
        place = _behind_funds(fields, place + 3)


def _behind_funds(fields: tuple[str, ...], place: int) -> int:
    """Return the place behind the funds type at `place` and what it brings along."""
    kind = fields[place].strip() if place < len(fields) else ""
    pairs = "".join(fields[place + 1 : place + 2]).strip() if kind == "D" else ""
    return place + {"V": 3, "S": 4, "D": 2 + 2 * running_number(pairs)}.get(kind, 1)


def _value_day(fields: tuple[str, ...], as_of: date, *, at: Place) -> date:
    """Return the value day of a transaction record; the as-of day unless it states one."""
    kind, day = ("".join(fields[place : place + 1]).strip() for place in (2, 3))
    return _day(day, at=at) if kind == "V" and day else as_of


def _sign(code: str, *, at: Place) -> int:
    """Return +1 for credits (100-399, custom 920-959), -1 for debits (400-699, 960-999)."""
    number = int(code) if re.fullmatch(r"\d{3}", code) else 0
    if 100 <= number <= 399 or 920 <= number <= 959:
        return 1
    if 400 <= number <= 699 or 960 <= number <= 999:
        return -1
    raise refusal("unknown-type", f"type code {code[:8]!r} is neither a credit nor a debit", at)


def _integer(text: str, *, at: Place) -> int:
    """Return the whole number of minor units: BAI2 writes no decimal mark."""
    if _INTEGER.fullmatch(text.strip()) is None:
        raise refusal("malformed-amount", f"{text[:40]!r} is not a whole number", at)
    return int(text)


def _day(text: str, *, at: Place) -> date:
    """Return the day of YYMMDD; years from 80 on are of the last century."""
    try:
        year = int(text[:2])
        return date(year + (1900 if year >= 80 else 2000), int(text[2:4]), int(text[4:]))
    except ValueError as error:
        raise refusal("no-such-day", f"{text[:16]!r} is no day YYMMDD", at) from error


def _currency(code: str, *, at: Place) -> str:
    try:
        exponent(code.strip())
    except UnknownCurrency as error:
        raise refusal("unknown-currency", str(error), at) from error
    return code.strip()


def _get(record: _Record, index: int) -> str:
    return record.fields[index].strip() if index < len(record.fields) else ""


def _draft(account: _Account) -> Draft:
    return Draft(
        position=account.position,
        line=account.level.line,
        account=account.number,
        currency=account.currency,
        identification=account.identification,
        opening=_balance(account, _OPENING),
        closing=_balance(account, _CLOSING),
        entries=tuple(account.entries),
    )


def _balance(account: _Account, code: str) -> Balance | None:
    minor = account.balances.get(code)
    if minor is None:
        return None
    return Balance(amount=Money(minor, account.currency), day=account.as_of)


def _misplaced(record: _Record) -> Exception:
    text = f"record {record.code} cannot stand here"
    return refusal("misplaced-record", text, Place(line=record.line))
