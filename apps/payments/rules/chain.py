"""How statements of one account follow each other: no balance jumps, no number is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from apps.platform import money
from apps.platform.money import Money

from ..errors import Flaw, Place
from .statement import Draft, Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What must be known of a statement to say which may follow it."""

    number: int
    page: int
    closing: Money
    closing_day: date


def link_of(statement: Draft | Statement) -> Link | None:
    """Return the link of a statement; None when it has no closing balance to follow."""
    if statement.closing is None:
        return None
    return Link(
        number=statement.number,
        page=statement.page,
        closing=statement.closing.amount,
        closing_day=statement.closing.day,
    )


def follow(previous: Link, statement: Draft | Statement) -> list[Flaw]:
    """Return why `statement` cannot follow `previous`; empty when it can."""
    flaws = []
    place = Place(statement=statement.position)
    opening = statement.opening
    if opening is not None and opening.amount != previous.closing:
        text = (
            f"opening {money.decimal(opening.amount)} is not the closing "
            f"{money.decimal(previous.closing)} of the account's statement before"
        )
        flaws.append(Flaw("broken-chain", text, place))
    if _leaves_gap(previous, statement):
        text = (
            f"statement number {statement.number}/{statement.page} does not follow "
            f"{previous.number}/{previous.page}: one is missing between them"
        )
        flaws.append(Flaw("sequence-gap", text, place))
    return flaws


def chain_flaws(drafts: Sequence[Draft]) -> list[Flaw]:
    """Return where statements of one account within a file do not follow each other."""
    last: dict[tuple[str, str], Link] = {}
    flaws = []
    for draft in drafts:
        key = (draft.account, draft.currency)
        if (previous := last.get(key)) is not None:
            flaws += follow(previous, draft)
        if (link := link_of(draft)) is not None:
            last[key] = link
    return flaws


def _leaves_gap(previous: Link, statement: Draft | Statement) -> bool:
    """Say whether the bank's running numbers show a hole.

    Not counting (0), counting by the day of the year (YYDDD, weekends are no holes) and starting
    anew with a year are usual. A number that stays the same is told by its pages.
    """
    if not previous.number or not statement.number or statement.closing is None:
        return False
    closing_day = statement.closing.day
    if statement.number == int(closing_day.strftime("%y%j")):
        return False
    if statement.number == previous.number:
        return statement.page > previous.page + 1
    restarted = statement.number == 1 and closing_day.year > previous.closing_day.year
    return statement.number != previous.number + 1 and not restarted
