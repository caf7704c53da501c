"""camt.053, the ISO 20022 bank-to-customer statement: 001.01 to 001.14, and without namespace.

The file is read as a stream of events: what is kept at a time is one balance or one entry without
its details, so that a large file costs what its entries cost. A document type declaration, and with
it every entity, is refused (OWASP ASVS 1.5.1). Names and remittance information (NtryDtls) are
passed over.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from apps.platform.money import Money

from ..errors import Place, refusal
from .statement import (
    REFERENCE_MAX,
    Balance,
    Draft,
    Entry,
    Reading,
    account_name,
    check_counts,
    read_amount,
    running_number,
)

FORMAT: Final = "camt.053"
_CHUNK: Final = 1 << 16
_DEPTH_MAX: Final = 64  # the schemas nest about 15 deep
_ELEMENTS_MAX: Final = 5_000_000
_PART_MAX: Final = 10_000  # elements of one balance, entry or account that are kept at a time
_VERSION: Final = re.compile(r"camt\.053\.\d{3}\.\d{2}")
_OTHER: Final = {
    "BkToCstmrAcctRpt": "camt.052, an interim report: its entries may change",
    "BkToCstmrDbtCdtNtfctn": "camt.054, a notification: it has no balances to prove",
}
_KEPT: Final = {"Id", "ElctrncSeqNb", "StmtPgntn", "Acct", "Bal", "Ntry"}
_SKIPPED: Final = {"NtryDtls", "Svcr", "Ownr", "Nm"}
_OPENING: Final = ("OPBD", "PRCD")  # opening booked; previously closed booked


@dataclass(slots=True)
class _Node:
    """An element that is kept, with what lies below it."""

    name: str
    line: int
    attributes: dict[str, str]
    text: list[str] = field(default_factory=list)
    children: list["_Node"] = field(default_factory=list)

    def find(self, path: str) -> "_Node | None":
        """Return the first element at a path such as `Tp/CdOrPrtry/Cd`."""
        name, _, rest = path.partition("/")
        for child in self.children:
            if child.name == name:
                return child.find(rest) if rest else child
        return None

    def value(self, *paths: str) -> str:
        """Return the text at the first of the paths that has one; empty when none has."""
        for path in paths:
            if (node := self.find(path)) is not None and (text := "".join(node.text).strip()):
                return text
        return ""


@dataclass(slots=True)
class _Open:
    """A statement while its parts come in."""

    position: int
    line: int
    parts: dict[str, _Node] = field(default_factory=dict)
    balances: list[tuple[str, Balance]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def value(self, path: str) -> str:
        """Return the text at a path that starts with a part of the statement."""
        name, _, rest = path.partition("/")
        part = self.parts.get(name)
        if part is None:
            return ""
        return part.value(rest) if rest else "".join(part.text).strip()


class _Reader:
    """The target of the parser: events in, drafts out."""

    def __init__(self, line: Callable[[], int]) -> None:
        self.line = line
        self.format = FORMAT
        self.drafts: list[Draft] = []
        self.path: list[str] = []
        self.elements = 0
        self.statement: _Open | None = None
        self.nodes: list[_Node] = []
        self.kept = 0
        self.entries = 0
        self.skipped_at = 0  # the depth at which passing over began; 0: not passing over

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        namespace, _, name = tag.rpartition("}")
        self._count(name)
        if name == "BkToCstmrStmt" and (found := _VERSION.search(namespace)):
            self.format = found[0]
        if name in _OTHER and self.statement is None:
            raise refusal("other-message", f"this is {_OTHER[name]}", Place(line=self.line()))
        if self.skipped_at:
            return
        if name == "Stmt" and self.path[-2:-1] == ["BkToCstmrStmt"]:
            self.statement = _Open(len(self.drafts) + 1, self.line())
        elif self.nodes:
            self._descend(name, attributes)
        elif self.statement is not None and self.path[-2] == "Stmt" and name in _KEPT:
            self.nodes.append(_Node(name, self.line(), attributes))
            self.kept = 0
            self.entries += name == "Ntry"
            check_counts(statements=len(self.drafts), entries=self.entries)

    def _count(self, name: str) -> None:
        self.path.append(name)
        self.elements += 1
        if len(self.path) > _DEPTH_MAX:
            raise refusal("too-deep", f"nested deeper than {_DEPTH_MAX}", Place(line=self.line()))
        if self.elements > _ELEMENTS_MAX:
            raise refusal("too-many-elements", f"more than {_ELEMENTS_MAX} elements")

    def _descend(self, name: str, attributes: dict[str, str]) -> None:
        if name in _SKIPPED:
            self.skipped_at = len(self.path)
            return
        self.kept += 1
        if self.kept > _PART_MAX:
            raise refusal("too-many-elements", "one part has too many", Place(line=self.line()))
        node = _Node(name, self.line(), attributes)
        self.nodes[-1].children.append(node)
        self.nodes.append(node)

    def data(self, text: str) -> None:
        if self.nodes and not self.skipped_at:
            self.nodes[-1].text.append(text)

    def end(self, tag: str) -> None:
        depth = len(self.path)
        self.path.pop()
        name = tag.rpartition("}")[2]
        if self.skipped_at:
            self.skipped_at = 0 if depth == self.skipped_at else self.skipped_at
        elif self.nodes:
            node = self.nodes.pop()
            if not self.nodes and self.statement is not None:
                _take(self.statement, node)
        elif name == "Stmt" and self.statement is not None and self.path[-1:] == ["BkToCstmrStmt"]:
            self.drafts.append(_draft(self.statement))
            self.statement = None

    def close(self) -> None:
        """Nothing is left to do: what was open has ended with its tag."""


def read(content: bytes, *, progress: Callable[[int], None]) -> Reading:
    """Return the statements of the document. Raises StatementRefused with the line."""
    reader = _Reader(line=lambda: parser.parser.CurrentLineNumber)
    parser = DefusedXMLParser(target=reader, forbid_dtd=True)
    try:
        for start in range(0, len(content), _CHUNK):
            chunk = content[start : start + _CHUNK]
            parser.feed(chunk)
            progress(len(chunk))
        parser.close()
    except ParseError as error:
        place = Place(statement=_inside(reader), line=error.position[0])
        raise refusal("bad-xml", f"not well-formed XML: {error}", place) from error
    except DefusedXmlException as error:
        text = "it declares a document type or entities, which are never expanded here"
        raise refusal("forbidden-xml", text, Place(line=reader.line())) from error
    except (LookupError, UnicodeError) as error:
        raise refusal("wrong-encoding", "the declared encoding is not known or not true") from error
    if not reader.drafts:
        raise refusal("no-statement", "no camt.053 statement (BkToCstmrStmt/Stmt) in the file")
    return Reading(format=reader.format, drafts=tuple(reader.drafts))


def _inside(reader: _Reader) -> int:
    return reader.statement.position if reader.statement is not None else 0


def _take(statement: _Open, node: _Node) -> None:
    match node.name:
        case "Bal":
            statement.balances.append(_balance(statement, node))
        case "Ntry":
            statement.entries.append(_entry(statement, node))
        case _:
            statement.parts.setdefault(node.name, node)


def _balance(statement: _Open, node: _Node) -> tuple[str, Balance]:
    """Return the type and the balance; without a mark it is read as a credit, and remarked."""
    at = Place(statement=statement.position, line=node.line)
    kind = node.value("Tp/CdOrPrtry/Cd", "Tp/Cd", "Tp/CdOrPrtry/Prtry")
    mark = node.value("CdtDbtInd")
    if not mark:
        statement.remarks.append(f"balance {kind} has no CdtDbtInd and is read as a credit")
    amount = _amount(node, mark or "CRDT", at=at)
    return kind, Balance(amount=amount, day=_day(node, "Dt", at=at))


def _entry(statement: _Open, node: _Node) -> Entry:
    """Return the entry; a reversal (RvslInd) needs no care: its mark says the true direction."""
    position = len(statement.entries) + 1
    at = Place(statement=statement.position, entry=position, line=node.line)
    status = node.value("Sts/Cd", "Sts")
    if not status:
        statement.remarks.append("entries without a status (Sts) are read as booked")
    booking_day = _booking_day(statement, node, at=at)
    return Entry(
        position=position,
        line=node.line,
        amount=_amount(node, node.value("CdtDbtInd"), at=at),
        booking_day=booking_day,
        value_day=_day(node, "ValDt", at=at) if node.find("ValDt") else booking_day,
        reference=node.value("AcctSvcrRef")[:REFERENCE_MAX],
        booked=status in {"BOOK", ""},
    )


def _amount(node: _Node, mark: str, *, at: Place) -> Money:
    """Return the signed money of `Amt`, whose currency is its own attribute."""
    element = node.find("Amt")
    currency = element.attributes.get("Ccy", "") if element is not None else ""
    if not currency:
        raise refusal("no-currency", "the amount has no currency (Amt/@Ccy)", at)
    amount = read_amount(node.value("Amt"), currency, at=at)
    if mark not in {"CRDT", "DBIT"}:
        raise refusal("no-direction", f"CdtDbtInd is {mark[:8]!r}, not CRDT or DBIT", at)
    return amount if mark == "CRDT" else -amount


def _day(node: _Node, name: str, *, at: Place) -> date:
    """Return the day of a date-or-moment element; a moment counts on its own local day."""
    text = node.value(f"{name}/Dt", f"{name}/DtTm", name)
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise refusal("no-such-day", f"{name} is no date: {text[:32]!r}", at) from error


def _booking_day(statement: _Open, node: _Node, *, at: Place) -> date:
    """Return the booking day; where it is left out the value day, or the day of the closing."""
    for name in ("BookgDt", "ValDt"):
        if node.find(name) is not None:
            return _day(node, name, at=at)
    days = [balance.day for kind, balance in statement.balances if kind == "CLBD"]
    if not days:
        raise refusal("no-such-day", "the entry has neither a booking nor a value day", at)
    return days[0]


def _draft(statement: _Open) -> Draft:
    number, page = statement.value("ElctrncSeqNb"), statement.value("StmtPgntn/PgNb")
    opening, closing = _bounds(statement)
    named = opening or closing
    stated = statement.value("Acct/Ccy")
    others = [f"{kind} {balance.amount}" for kind, balance in statement.balances]
    if others and (opening is None or closing is None):
        statement.remarks.append(f"balances in the file: {', '.join(others)}")
    return Draft(
        position=statement.position,
        line=statement.line,
        account=_account(statement),
        currency=stated or (named.amount.currency if named is not None else ""),
        identification=statement.value("Id"),
        number=running_number(number),
        page=running_number(page),
        opening=opening,
        closing=closing,
        entries=tuple(statement.entries),
        remarks=tuple(dict.fromkeys(statement.remarks)),
    )


def _account(statement: _Open) -> str:
    """Return the identification: the IBAN, or what there is; version 01 has its own names."""
    for path in (
        "Acct/Id/IBAN",
        "Acct/Id/Othr/Id",
        "Acct/Id/BBAN",
        "Acct/Id/PrtryAcct/Id",
        "Acct/Id/UPIC",
    ):
        if text := statement.value(path):
            return account_name(text)
    return ""


def _bounds(statement: _Open) -> tuple[Balance | None, Balance | None]:
    """Return the opening and the closing booked balance.

    A page in the middle of a statement is bounded by interim balances (ITBD) instead, of which the
    first opens it and the last closes it.
    """
    opening = _one_of(statement, _OPENING)
    closing = _one_of(statement, ("CLBD",))
    interim = [balance for kind, balance in statement.balances if kind == "ITBD"]
    page, last = statement.value("StmtPgntn/PgNb"), statement.value("StmtPgntn/LastPgInd")
    if opening is None and interim and running_number(page) > 1:
        opening = interim[0]
    if closing is None and interim and last == "false":
        closing = interim[-1]
    return opening, closing


def _one_of(statement: _Open, kinds: tuple[str, ...]) -> Balance | None:
    """Return the balance of the first kind that there is. Raises when that kind has two amounts."""
    for kind in kinds:
        found = [balance for stated, balance in statement.balances if stated == kind]
        if len({balance.amount for balance in found}) > 1:
            place = Place(statement=statement.position, line=statement.line)
            raise refusal("two-balances", f"balance {kind} stands with two amounts", place)
        if found:
            return found[0]
    return None
