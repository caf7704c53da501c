"""MT940 as banks really write it: SWIFT User Handbook category 9, and what has grown around it.

Only fields 20, 25, 28, 60, 61 and 62 are read. Information to the account owner (86) and the
owner's own references name people, so they are passed over.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from apps.platform.money import CURRENCIES, Money

from ..errors import Place, refusal
from .statement import (
    Balance,
    Draft,
    Entry,
    Reading,
    account_name,
    check_counts,
    read_amount,
    running_number,
)

FORMAT: Final = "MT940"
_FRAMES: Final = "\x01\x02\x03\x1a"  # SOH, STX, ETX and the DOS end of file around messages
_BLOCKS: Final = re.compile(r"^(?:-\}(?:\{5:.*?\})?)?(?:\{[1-3]:.*\}|\{1:.*?)?\{4:")
_HEADER_MAX: Final = 1000  # characters of a line with block headers; a SWIFT line has few
_FIELD: Final = re.compile(r":(20|25P?|28C?|60[FM]|61|62[FM]):(.*)")
_BALANCE: Final = re.compile(r"([CD])(\d{6})([A-Z]{3})?([\d,.]+)\s*")
_ENTRY: Final = re.compile(
    r"(?P<value>\d{6})\s*(?P<booking>\d{4})?\s*(?P<mark>E?R?[CD])[A-Z]?"
    r"(?P<amount>\d[\d,.]*)(?:[A-Z][A-Z0-9]{3})?(?P<references>.*)"
)
_NUMBER: Final = re.compile(r"\s*(\d*)\s*(?:/\s*(\d*))?")


@dataclass(slots=True)
class _Message:
    """One message while its fields come in."""

    position: int
    line: int
    transaction_reference: str = ""
    account: str = ""
    number_text: str = ""
    currency: str = ""
    opening: Balance | None = None
    closing: Balance | None = None
    entries: list[Entry] = field(default_factory=list)


def read(text: str, *, progress: Callable[[int], None]) -> Reading:
    """Return the statements of the text, a message each. Raises StatementRefused with the line."""
    messages: list[_Message] = []
    entries = 0
    for line, tag, content in _fields(text, progress):
        entries += tag == "61"
        check_counts(statements=len(messages), entries=entries)
        if _begins(tag, messages):
            messages.append(_Message(len(messages) + 1, line))
        if messages:
            _take(messages[-1], line=line, tag=tag, content=content)
    if not messages:
        raise refusal("no-statement", "no MT940 message (field :20:) in the file")
    return Reading(format=FORMAT, drafts=tuple(_draft(message) for message in messages))


def _fields(text: str, progress: Callable[[int], None]) -> Iterator[tuple[int, str, str]]:
    """Yield (line, tag, first line of content) of the fields we read.

    Continuation lines hold what we pass over, and a line of narrative that happens to look like
    another field (`:26:37 …`) is none of these tags.
    """
    for number, raw in enumerate(text.splitlines(keepends=True), start=1):
        progress(len(raw))
        line = raw.strip(_FRAMES + "\r\n \ufeff")
        if len(line) < _HEADER_MAX:
            line = _BLOCKS.sub("", line)
        if (found := _FIELD.match(line)) is not None:
            yield number, found[1][:2], found[2]


def _begins(tag: str, messages: list[_Message]) -> bool:
    """Say whether the field starts a message: each has one :20:, and some files but one for all."""
    if tag == "20":
        return True
    return tag in {"25", "60"} and bool(messages) and messages[-1].closing is not None


def _take(message: _Message, *, line: int, tag: str, content: str) -> None:
    at = Place(statement=message.position, line=line)
    match tag:
        case "20":
            message.transaction_reference = content.strip()
        case "25":
            message.account = account_name(content)
        case "28":
            message.number_text = content.strip()
        case "60":
            message.opening = _balance(content, currency="", at=at)
            message.currency = message.opening.amount.currency
        case "62":
            message.closing = _balance(content, currency=message.currency, at=at)
        case _:
            entry = len(message.entries) + 1
            at = Place(statement=message.position, entry=entry, line=line)
            message.entries.append(_entry(content, currency=message.currency, at=at))


def _balance(content: str, *, currency: str, at: Place) -> Balance:
    """Return the balance; one that states no currency is in the currency of the opening."""
    found = _BALANCE.fullmatch(content)
    if found is None:
        raise refusal("malformed-balance", f"{content[:40]!r} is no balance", at)
    mark, day, stated, text = found.groups()
    if not (stated or currency):
        raise refusal("no-currency", "the balance states no currency", at)
    amount = _amount(text, stated or currency, at=at)
    return Balance(amount=-amount if mark == "D" else amount, day=_day(_year(day), day[2:], at=at))


def _entry(content: str, *, currency: str, at: Place) -> Entry:
    """Return the entry of a field 61; reversing a credit (RC) is a debit, and RD is a credit."""
    found = _ENTRY.match(content)
    if found is None:
        raise refusal("malformed-entry", "field :61: does not have the form of an entry", at)
    if not currency:
        raise refusal("no-opening-balance", "an entry without an opening balance before it", at)
    amount = _amount(found["amount"], currency, at=at)
    value = found["value"]
    value_day = _day(_year(value), value[2:], at=at, thirty_days=True)
    return Entry(
        position=at.entry,
        line=at.line,
        amount=-amount if found["mark"].lstrip("E") in {"D", "RC"} else amount,
        booking_day=_booking_day(found["booking"], value_day, at=at),
        value_day=value_day,
        reference=found["references"].partition("//")[2].strip()[:16],  # the bank's; none of ours
        booked=not found["mark"].startswith("E"),
    )


def _amount(text: str, currency: str, *, at: Place) -> Money:
    """Return the money; the decimal mark is a comma.

    A point is read as one only where it cannot be a thousands mark: before no more digits than the
    currency has decimals.
    """
    decimals = len(text.partition(".")[2])
    if "." in text and ("," in text or decimals > CURRENCIES.get(currency, 0)):
        raise refusal("malformed-amount", f"{text!r} is not an amount with a decimal comma", at)
    return read_amount(text.replace(",", "."), currency, at=at)


def _year(text: str) -> int:
    """Return the year of YYMMDD; from 80 on it is of the last century."""
    year = int(text[:2])
    return year + (1900 if year >= 80 else 2000)


def _day(year: int, text: str, *, at: Place, thirty_days: bool = False) -> date:
    """Return the day of MMDD.

    With `thirty_days` (value days) 29 and 30 February, which the 30/360 interest year has every
    year, are the last day of the month.
    """
    if thirty_days and text in {"0229", "0230"}:
        return date(year, 2, monthrange(year, 2)[1])
    try:
        return date(year, int(text[:2]), int(text[2:]))
    except ValueError as error:
        shown = f"{year}-{text[:2]}-{text[2:]}"
        raise refusal("no-such-day", f"the calendar has no {shown}", at) from error


def _booking_day(text: str | None, value_day: date, *, at: Place) -> date:
    """Return the booking day of MMDD in the year nearest the value day; that day when absent."""
    if text is None:
        return value_day
    years = range(value_day.year - 1, value_day.year + 2)
    days = [_day(year, text, at=at, thirty_days=True) for year in years]
    return min(days, key=lambda day: abs(day - value_day))


def _draft(message: _Message) -> Draft:
    found = _NUMBER.match(message.number_text)
    number, page = (running_number(part or "") for part in found.groups()) if found else (0, 0)
    named = (
        [message.number_text] if number else [message.transaction_reference, message.number_text]
    )
    return Draft(
        position=message.position,
        line=message.line,
        account=_account(message.account, message.currency),
        currency=message.currency,
        identification=" ".join(part for part in named if part),
        number=number,
        page=page,
        opening=message.opening,
        closing=message.closing,
        entries=tuple(message.entries),
    )


def _account(text: str, currency: str) -> str:
    """Return the account without the currency that some banks put behind it."""
    return text.removesuffix(currency) if currency else text
