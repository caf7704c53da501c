"""What is loaded in bulk: lines of a file, what is wrong with them, and how far a load has come."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias

ImportShape: TypeAlias = Literal["postings", "balances"]


class Flaw(NamedTuple):
    """What is wrong with a file, and on which line (of a Parquet file: row), from 1."""

    line: int
    code: str
    detail: str


class DraftLeg(NamedTuple):
    """One leg as a file has it: the account by code or id; one side above zero, in minor units.

    `raises` instead of a side: by how much the account goes up on its normal side.
    """

    line: int
    account: str
    currency: str
    debit: int
    credit: int
    raises: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One posting as a file has it. `whole`: each of its lines could be read."""

    line: int
    reference: str
    effective_at: datetime | None
    kind: str
    metadata: str
    legs: tuple[DraftLeg, ...]
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportCheck:
    """What a whole file holds; `known`: of its postings, those that are booked already.

    `flaws` are the first ones, of `flaw_count` altogether; with one of them nothing is booked.
    """

    digest: str
    rows: int
    postings: int
    entries: int
    known: int
    flaws: tuple[Flaw, ...]
    flaw_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportView:
    """A load and how far it has come: the first `done` of its `postings`, in the file's order.

    `booked` leaves out those that had been booked before. `stopped_for` says what stopped it last.
    """

    digest: str
    source: str
    rows: int
    postings: int
    entries: int
    done: int
    booked: int
    began_at: datetime
    finished_at: datetime | None
    stopped_for: str
