"""The chart of accounts as a tree, and the balance of each day."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from ..events import AccountKind, ChartLine, DayBalance
from .balances import on_normal_side


@dataclass(slots=True)
class Branch:
    """An account with those below it, and what they come to: currency -> minor units.

    `wanted`: it was asked for itself, and does not only lead to one that was.
    """

    line: ChartLine
    wanted: bool
    below: "list[Branch]" = field(default_factory=list)
    sums: dict[str, int] = field(default_factory=dict)

    def walk(self, depth: int = 0) -> "Iterator[tuple[int, Branch]]":
        """Yield itself and all below it, each with its depth, in the order of the codes."""
        yield depth, self
        for branch in self.below:
            yield from branch.walk(depth + 1)


def tree(lines: Sequence[ChartLine], *, wanted: Callable[[ChartLine], bool]) -> list[Branch]:
    """Return the branches with no parent; those that hold nothing wanted are left out.

    `lines` come by code, and so does each level. Sums are of the wanted accounts alone, on the side
    of the branch they are under: an asset below a liability counts against it.
    """
    branches = {line.row: Branch(line, wanted(line)) for line in lines}
    tops: list[Branch] = []
    for branch in branches.values():
        above = branches.get(branch.line.parent) if branch.line.parent is not None else None
        (tops if above is None else above.below).append(branch)
    return [branch for branch in tops if _add_up(branch)]


def _add_up(branch: Branch) -> bool:
    """Fill in the sums from below, drop what holds nothing wanted; return whether it does."""
    branch.below = [one for one in branch.below if _add_up(one)]
    sums: dict[str, int] = defaultdict(int)
    if branch.wanted:
        sums[branch.line.currency] = branch.line.posted_minor
    for one in branch.below:
        sign = 1 if _same_side(branch.line.kind, one.line.kind) else -1
        for currency, minor in one.sums.items():
            sums[currency] += sign * minor
    branch.sums = dict(sorted(sums.items()))
    return branch.wanted or bool(branch.below)


def _same_side(one: AccountKind, other: AccountKind) -> bool:
    return on_normal_side(kind=one, debit=1, credit=0) == on_normal_side(
        kind=other, debit=1, credit=0
    )


def by_day(
    moved: Sequence[tuple[date, int, int]], *, kind: AccountKind, since: date, until: date
) -> tuple[DayBalance, ...]:
    """Return one balance for each day; `moved` holds (day, debit, credit), in order.

    What moved before `since` is what the first day begins with.
    """
    found = {day: (debit, credit) for day, debit, credit in moved}
    balance = sum(
        on_normal_side(kind=kind, debit=debit, credit=credit)
        for day, debit, credit in moved
        if day < since
    )
    days = []
    for place in range((until - since).days + 1):
        day = since + timedelta(days=place)
        debit, credit = found.get(day, (0, 0))
        balance += on_normal_side(kind=kind, debit=debit, credit=credit)
        days.append(DayBalance(day, debit, credit, balance))
    return tuple(days)
