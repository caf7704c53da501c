"""The checker's other half: holds, and balances of all accounts as they were seen at one moment.

Its model is its own, as in `history`. A hold's *amount* is its name: no two holds of a drill have
the same. A capture moves money, so it stands among the transfers of the history as well, by an
amount that nobody else moves.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from .history import Outcome

Kind = Literal["place", "capture", "void"]


# what the clients saw


@dataclass(frozen=True, slots=True)
class Act:
    """One thing asked of a hold, and how it ended, after all its attempts."""

    session: str
    kind: Kind
    outcome: Outcome
    account: str
    amount: int  # placed: of the hold, its name; captured: of the capture, its name; voided: 0
    hold: str = ""  # its id, as far as anybody was told
    ends: bool = False  # the answer said that the hold is open no more


@dataclass(frozen=True, slots=True)
class Sight:
    """An account as it was seen: what is posted, what is held, and its floor."""

    posted: int
    held: int
    floor: int | None


Snapshot = Mapping[str, Sight]  # account to what was seen of it, all at one moment


@dataclass
class Seen:
    """What clients asked of holds, and every look at balances."""

    acts: list[Act] = field(default_factory=list)
    snapshots: list[Snapshot] = field(default_factory=list)  # of all accounts
    looks: list[Sight] = field(default_factory=list)  # at one account, through HTTP


# what the database holds


@dataclass(frozen=True, slots=True)
class Hold:
    """A row of the holds; `left` is what is still open, None where no open hold is kept."""

    account: str
    amount: int
    left: int | None


@dataclass
class Promises:
    """The final state of the holds, in one snapshot."""

    holds: dict[str, Hold]
    captures: list[tuple[str, str, int]]  # hold, transaction, amount
    ends: list[tuple[str, str]]  # hold, outcome


# the checks: each returns its evidence, one line a finding


@dataclass
class _Case:
    seen: Seen
    books: Promises

    def __post_init__(self) -> None:
        self.named: dict[int, list[str]] = defaultdict(list)  # amount to holds
        for name, placed in self.books.holds.items():
            self.named[placed.amount].append(name)
        self.captured: Counter[str] = Counter()
        for hold, _, amount in self.books.captures:
            self.captured[hold] += amount
        self.ends: dict[str, list[str]] = defaultdict(list)
        for hold, outcome in self.books.ends:
            self.ends[hold].append(outcome)

    def acts(self, kind: Kind) -> Iterable[Act]:
        return (act for act in self.seen.acts if act.kind == kind)


def _lost(case: _Case) -> Iterable[str]:
    """Acknowledged, and the books know nothing of it."""
    taken = {(hold, amount) for hold, _, amount in case.books.captures}
    for act in case.seen.acts:
        if act.outcome != "ok":
            continue
        known = {
            "place": act.hold in case.named[act.amount],
            "capture": (act.hold, act.amount) in taken,
            "void": "voided" in case.ends[act.hold],
        }
        if not known[act.kind]:
            yield f"acknowledged and gone: {act}"


def _doubled(case: _Case) -> Iterable[str]:
    for act in case.acts("place"):
        if len(found := case.named[act.amount]) > 1:
            yield f"placed {len(found)} times: {act}: {found}"
    taken = Counter((hold, amount) for hold, _, amount in case.books.captures)
    for (name, amount), count in taken.items():
        if count > 1:
            yield f"captured {count} times: {amount} of {name}"


def _refused_yet_done(case: _Case) -> Iterable[str]:
    taken = {(hold, amount) for hold, _, amount in case.books.captures}
    for act in case.seen.acts:
        placed = act.kind == "place" and case.named[act.amount]
        captured = act.kind == "capture" and (act.hold, act.amount) in taken
        if act.outcome == "fail" and (placed or captured):
            yield f"refused and yet done: {act}"


def _ended_twice(case: _Case) -> Iterable[str]:
    """Two ends in the books, or two clients that were each told that theirs was the end."""
    for hold, outcomes in case.ends.items():
        if len(outcomes) > 1:
            yield f"{hold} ended {len(outcomes)} times: {outcomes}"
    told = Counter(act.hold for act in case.seen.acts if act.outcome == "ok" and act.ends)
    for hold, count in told.items():
        if count > 1:
            yield f"{count} clients ended {hold}"


def _captured_above_held(case: _Case) -> Iterable[str]:
    for name, hold in case.books.holds.items():
        if case.captured[name] > hold.amount:
            yield f"captured {case.captured[name]} of {name}: {hold}"


def _open_drift(case: _Case) -> Iterable[str]:
    """What is open is what was placed less what was taken; at its end a hold is open no more."""
    for name, hold in case.books.holds.items():
        left = None if case.ends[name] else hold.amount - case.captured[name]
        if hold.left != left:
            yield f"{name} is open with {hold.left}, its rows say {left}"


def _not_conserved(case: _Case) -> Iterable[str]:
    """Money moves among the accounts alone: their sum is the same at every moment, holds or not."""
    totals = [sum(sight.posted for sight in snapshot.values()) for snapshot in case.seen.snapshots]
    for place, total in enumerate(totals):
        if total != totals[0]:
            yield f"snapshot {place} sums to {total}, the first one to {totals[0]}"


def _overspent(case: _Case) -> Iterable[str]:
    """Below its floor, or less than nothing available."""
    sights = [sight for snapshot in case.seen.snapshots for sight in snapshot.values()]
    for sight in [*sights, *case.seen.looks]:
        if sight.floor is not None and sight.posted - sight.held < sight.floor:
            yield f"more was promised than there was: {sight}"


CHECKS = {
    "holds lost": _lost,
    "holds doubled": _doubled,
    "holds refused yet done": _refused_yet_done,
    "ended twice": _ended_twice,
    "captured above held": _captured_above_held,
    "open drift": _open_drift,
    "not conserved": _not_conserved,
    "overspent": _overspent,
}


def check(seen: Seen, books: Promises) -> dict[str, list[str]]:
    """Return the evidence per anomaly; an empty list is a check that passed."""
    case = _Case(seen, books)
    return {name: list(finding(case)) for name, finding in CHECKS.items()}
