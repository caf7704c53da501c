"""An independent checker: did the books end up as the clients were told?

Its model is its own. It knows the recorded calls of real clients and the final rows as SQL read
them, and imports nothing of the application. A transfer's *amount* is its name: every invocation of
a drill moves an amount nobody else moves, so the checker finds a transfer in the books without
trusting any id or key that the application keeps.

Operations end as Jepsen names them: `ok` (acknowledged), `fail` (refused for good: it must not
exist) or `info` (the client gave up and cannot know: it may exist once, or not at all).
"""

import json
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Outcome = Literal["ok", "fail", "info"]
DEBIT_NORMAL = frozenset({"asset", "expense"})


# what the clients saw


@dataclass(frozen=True, slots=True)
class Transfer:
    """One invocation and how it ended, after all its attempts."""

    session: str
    debit: str
    credit: str
    amount: int  # unique in the drill: the name of the invocation
    currency: str
    outcome: Outcome
    answers: tuple[str, ...] = ()  # what each definite answer said: transaction id, or the refusal
    attempts: int = 1
    at: int = 0  # order in which it ended, over all sessions


@dataclass(frozen=True, slots=True)
class Read:
    """A balance as one session read it; `version` counts the account's entries so far."""

    session: str
    account: str
    version: int
    balance: int
    at: int = 0


@dataclass
class History:
    """What real clients did and saw, in the order of its happening; safe to use from threads."""

    transfers: list[Transfer] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    totals: list[Mapping[str, int]] = field(default_factory=list)  # snapshots: currency to sum
    lines: list[dict[str, Any]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def note(self, kind: str, **facts: object) -> int:
        """Write one line (invoke, ok, fail, info, read ...) and return its place in the order."""
        with self._lock:
            self.lines.append({"at": len(self.lines), "type": kind, **facts})
            return len(self.lines) - 1

    def dump(self, path: Path) -> None:
        """Write the history as JSONL, for whoever must explain a finding."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(line, default=str) + "\n" for line in self.lines))


# what the database holds


@dataclass(frozen=True, slots=True)
class Leg:
    """A row of the entries; exactly one of debit and credit is above zero, in minor units."""

    transaction: str
    account: str
    debit: int
    credit: int
    currency: str
    version: int
    balance_after: int  # on the account's normal side


@dataclass(frozen=True, slots=True)
class Account:
    """An account's row: the projection that must equal the fold of its entries."""

    kind: str
    currency: str
    balance: int  # on the normal side
    version: int
    floor: int | None = None

    def effect(self, leg: Leg) -> int:
        """What a leg does to this account, on its normal side."""
        change = leg.debit - leg.credit
        return change if self.kind in DEBIT_NORMAL else -change


@dataclass
class Books:
    """The final state, in one snapshot."""

    accounts: dict[str, Account]
    transactions: dict[str, str]  # id to kind
    legs: list[Leg]
    announced: list[str] = field(default_factory=list)  # transaction id of each outbox event
    effects: list[tuple[str, str]] = field(default_factory=list)  # (subscriber, event) of the inbox
    before: frozenset[str] = frozenset()  # transactions that were there when the drill began


# the checks: each returns its evidence, one line a finding


@dataclass
class _Case:
    history: History
    books: Books

    def __post_init__(self) -> None:
        self.legs: dict[str, list[Leg]] = defaultdict(list)
        self.entries: dict[str, list[Leg]] = defaultdict(list)
        for leg in self.books.legs:
            self.legs[leg.transaction].append(leg)
            self.entries[leg.account].append(leg)
        for entries in self.entries.values():
            entries.sort(key=lambda leg: leg.version)
        self.named: dict[int, list[str]] = defaultdict(list)  # amount to transactions
        for transaction in self.new:
            for amount in {leg.debit + leg.credit for leg in self.legs[transaction]}:
                self.named[amount].append(transaction)

    @property
    def new(self) -> list[str]:
        return [name for name in self.books.transactions if name not in self.books.before]


def _lost(case: _Case) -> Iterable[str]:
    """Acknowledged and not in the books."""
    for transfer in case.history.transfers:
        if transfer.outcome == "ok" and not case.named[transfer.amount]:
            yield f"acknowledged and gone: {transfer}"


def _doubled(case: _Case) -> Iterable[str]:
    """One invocation, more than one transaction; an unknown outcome is one of both, never two."""
    for transfer in case.history.transfers:
        if len(found := case.named[transfer.amount]) > 1:
            yield f"booked {len(found)} times: {transfer}: {found}"


def _refused_yet_booked(case: _Case) -> Iterable[str]:
    for transfer in case.history.transfers:
        if transfer.outcome == "fail" and case.named[transfer.amount]:
            yield f"refused and yet booked: {transfer}: {case.named[transfer.amount]}"


def _uninvited(case: _Case) -> Iterable[str]:
    """In the books, and nobody asked for it."""
    asked = {transfer.amount for transfer in case.history.transfers}
    for amount, found in case.named.items():
        if amount not in asked:
            yield f"nobody moved {amount}: {found}"
    for transaction in case.new:
        if not case.legs[transaction]:
            yield f"a transaction without legs: {transaction}"


def _altered(case: _Case) -> Iterable[str]:
    """Booked otherwise than asked: other accounts, other way round, other currency."""
    for transfer in case.history.transfers:
        wanted = {
            (transfer.debit, transfer.amount, 0, transfer.currency),
            (transfer.credit, 0, transfer.amount, transfer.currency),
        }
        for transaction in case.named[transfer.amount]:
            legs = case.legs[transaction]
            if {(leg.account, leg.debit, leg.credit, leg.currency) for leg in legs} != wanted:
                yield f"booked otherwise: {transfer}: {legs}"


def _contradicted(case: _Case) -> Iterable[str]:
    """One invocation was told two different things, or told an id that is not its own."""
    for transfer in case.history.transfers:
        if len(set(transfer.answers)) > 1:
            yield f"answered in two ways: {transfer}"
        told = set(transfer.answers) if transfer.outcome == "ok" else set()
        if told - set(case.named[transfer.amount]):
            yield f"told another id than was booked: {transfer}"


def _unbalanced(case: _Case) -> Iterable[str]:
    """Two legs a transfer, one side each, zero-sum in each currency."""
    for transaction, kind in case.books.transactions.items():
        legs = case.legs[transaction]
        sums: Counter[str] = Counter()
        for leg in legs:
            sums[leg.currency] += leg.debit - leg.credit
            if min(leg.debit, leg.credit) != 0 or max(leg.debit, leg.credit) <= 0:
                yield f"not one side above zero: {leg}"
        if any(sums.values()) or (kind == "transfer" and len(legs) != 2):
            yield f"does not balance: {transaction}: {legs}"


def _drift(case: _Case) -> Iterable[str]:
    """The projection is not the fold of the entries, at the end or at any entry on the way."""
    for name, account in case.books.accounts.items():
        balance = 0
        for leg in case.entries[name]:
            balance += account.effect(leg)
            if leg.balance_after != balance:
                yield f"balance_after is not the fold ({balance}): {leg}"
        if account.balance != balance:
            yield f"balance of {name} is {account.balance}, its entries sum to {balance}"


def _gaps(case: _Case) -> Iterable[str]:
    for name, account in case.books.accounts.items():
        versions = [leg.version for leg in case.entries[name]]
        if versions != list(range(1, len(versions) + 1)) or account.version != len(versions):
            yield f"versions of {name} are not 1..n: {account.version}, {versions[-5:]}"


def _below_floor(case: _Case) -> Iterable[str]:
    for name, account in case.books.accounts.items():
        balance = 0
        for leg in case.entries[name]:
            balance += account.effect(leg)
            if account.floor is not None and account.effect(leg) < 0 and balance < account.floor:
                yield f"{name} fell to {balance}, its floor is {account.floor}: {leg}"


def _bad_totals(case: _Case) -> Iterable[str]:
    """A snapshot in which the books as a whole did not sum to zero."""
    for snapshot in case.history.totals:
        if any(snapshot.values()):
            yield f"a snapshot that does not sum to zero: {dict(snapshot)}"


def _stale_reads(case: _Case) -> Iterable[str]:
    """Reads of one session that go back in time, miss its own writes, or are of no moment."""
    seen: dict[tuple[str, str], int] = {}
    ended = _own_versions(case)
    for read in sorted(case.history.reads, key=lambda read: read.at):
        moments = [0, *(leg.balance_after for leg in case.entries[read.account])]
        if moments[read.version : read.version + 1] != [read.balance]:
            yield f"no moment had this balance: {read}"
        if read.version < seen.get((read.session, read.account), 0):
            yield f"went back in time: {read}"
        seen[read.session, read.account] = read.version
        own = [version for at, version in ended[read.session, read.account] if at < read.at]
        if own and read.version < max(own):
            yield f"does not see its own write (version {max(own)}): {read}"


def _own_versions(case: _Case) -> Mapping[tuple[str, str], list[tuple[int, int]]]:
    """Per session and account: when each own write was acknowledged, and its entry's version."""
    ended: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for transfer in case.history.transfers:
        if transfer.outcome == "ok":
            for leg in (leg for tx in case.named[transfer.amount] for leg in case.legs[tx]):
                ended[transfer.session, leg.account].append((transfer.at, leg.version))
    return ended


def _unannounced(case: _Case) -> Iterable[str]:
    """Outbox and transfers are a bijection: each transfer announced once, and nothing else."""
    announced = Counter(case.books.announced)
    transfers = {name for name, kind in case.books.transactions.items() if kind == "transfer"}
    for name in sorted(transfers | set(announced)):
        if announced[name] != (name in transfers):
            yield f"announced {announced[name]} times: {name}"


def _repeated_effects(case: _Case) -> Iterable[str]:
    for (subscriber, event), count in Counter(case.books.effects).items():
        if count > 1:
            yield f"{subscriber} took effect {count} times for {event}"


CHECKS = {
    "lost": _lost,
    "doubled": _doubled,
    "refused yet booked": _refused_yet_booked,
    "uninvited": _uninvited,
    "altered": _altered,
    "contradicted": _contradicted,
    "unbalanced": _unbalanced,
    "projection drift": _drift,
    "version gaps": _gaps,
    "below floor": _below_floor,
    "bad totals": _bad_totals,
    "stale reads": _stale_reads,
    "unannounced": _unannounced,
    "repeated effects": _repeated_effects,
}


def check(history: History, books: Books) -> dict[str, list[str]]:
    """Return the evidence against the books per anomaly; an empty list is a check that passed."""
    case = _Case(history, books)
    return {name: list(finding(case)) for name, finding in CHECKS.items()}


def figures(findings: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return how many findings there are of each kind."""
    return {name: len(evidence) for name, evidence in findings.items()}
