"""A transfer's request dies at every boundary it passes, one after another; a retry makes it whole.

Before COMMIT nothing of it exists, after COMMIT everything does: transaction, legs, event, audit
and key; of a refusal, which is kept too, the key. Each enumeration ends with the request that
passes all its boundaries.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import LiteralString

import psycopg
import pytest

from apps.platform import ids
from dev import database, ports

from . import books, record
from .cell import DATABASE, Cell
from .clients import ALWAYS_TOO_MUCH, Client, Order, Verdict, orders
from .controls import Saboteur, triggers_off
from .history import History, check, figures

MOST = 80  # boundaries: far above what one transfer may need
_WRITTEN: LiteralString = """
    SELECT (SELECT count(*) FROM ledger_transaction), (SELECT count(*) FROM ledger_entry),
           (SELECT count(*) FROM outbox_event), (SELECT count(*) FROM audit_event),
           (SELECT count(*) FROM idempotency_key)
"""
_NOTHING = (0, 0, 0, 0, 0)
_TRANSFER = (1, 2, 1, 1, 1)
_REFUSAL = (0, 0, 0, 0, 1)


@dataclass
class Subject:
    """A server that forks for each request, and the one client who makes its requests die."""

    cell: Cell
    settings: str
    history: History = field(default_factory=History)

    def __post_init__(self) -> None:
        self.cell.web_port = self.cell.front.target_port = ports.free_port()
        server = [sys.executable, "-m", "tests.drills.failpoints.server", str(self.cell.web_port)]
        self.cell.run(self.settings, server, DJANGO_SETTINGS_MODULE=self.settings)
        self.cell.wait_for_web()
        room = self.cell.furnish(customers=2, opening_minor=100_000)
        self.app = self.cell.database_url(database.APP)
        self.before = books.transactions(self.app)
        self.client = Client(self.cell.url, room["token"], name="client", history=self.history)
        wanted = orders(seed="f", accounts=room["accounts"], numbers=range(1, 20 * MOST))
        self.too_much = iter([order for order in wanted if order.amount > ALWAYS_TOO_MUCH])
        self.payable = iter([order for order in wanted if order.amount < ALWAYS_TOO_MUCH])

    def written(self) -> tuple[int, ...]:
        """Return how many rows there are of each thing a transfer writes."""
        with psycopg.connect(self.cell.postgres.url(database=DATABASE)) as connection:
            return connection.execute(_WRITTEN).fetchone() or ()

    def die_and_retry(
        self, order: Order, number: int
    ) -> tuple[Verdict, tuple[int, ...], tuple[int, ...]]:
        """Die at boundary `number`; return what was heard, what was left, and left by a retry."""
        key = str(ids.new_id())
        start = self.written()
        heard = self.client.attempt(order, key=key, **{"X-Failpoint": str(number)})
        left = _more(start, self.written())
        self._settle(order, key, heard)
        return heard, left, _more(start, self.written())

    def _settle(self, order: Order, key: str, heard: Verdict) -> None:
        told, attempts = self.client.insist(order, key=key)
        assert attempts == 1, "the retry is answered at once"
        self.client.ended(order, [heard, told], attempts=2)

    def findings(self) -> dict[str, list[str]]:
        """Return what the checker says of the books."""
        return check(self.history, books.read(self.app, before=self.before))

    def boundaries(self) -> list[str]:
        """Return the boundary at which each request died, from the server's log."""
        log = self.cell.programs[self.settings].log.read_text()
        lines = [line.split(" ", 2) for line in log.splitlines() if line.startswith("failpoint ")]
        return [name for _, _, name in lines]

    def exits(self) -> Counter[str]:
        """Return how often a request ended with which exit code, other than 0."""
        log = self.cell.programs[self.settings].log.read_text()
        return Counter(line for line in log.splitlines() if line.startswith("exit "))


def _more(start: tuple[int, ...], end: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(after - before for before, after in zip(start, end, strict=True))


def die_everywhere(
    subject: Subject, wanted: Iterator[Order], *, whole: tuple[int, ...]
) -> list[str]:
    """Let one request after another die a boundary later, until one passes them all.

    Return where something else was left than nothing before COMMIT and the whole after it, or
    where a retry did not make it whole.
    """
    earlier, seen = len(subject.boundaries()), []
    for number in range(1, MOST):
        heard, left, settled = subject.die_and_retry(next(wanted), number)
        if heard[0] != "again":
            break
        seen.append((left, settled))
    names = subject.boundaries()[earlier:]
    assert len(names) == len(seen) < MOST - 1, "each of them died, and one did not"
    committed = names.index("after COMMIT")
    right = [(_NOTHING, whole)] * committed + [(whole, whole)] * (len(seen) - committed)
    return [
        f"{name}: {found}"
        for name, found, due in zip(names, seen, right, strict=True)
        if found != due
    ]


@pytest.mark.slow
def test_a_request_that_dies_anywhere_leaves_nothing_or_everything(cell: Cell) -> None:
    record.forget("failpoints")
    subject = Subject(cell, "tests.drills.settings_failpoints")
    halves = die_everywhere(subject, subject.payable, whole=_TRANSFER)
    halves += die_everywhere(subject, subject.too_much, whole=_REFUSAL)
    names, findings = subject.boundaries(), subject.findings()
    facts = {"boundaries": len(names), "half-written": len(halves)}
    record.write("failpoints", figures={**facts, **figures(findings)}, boundaries=names)
    assert subject.exits() == {"exit 137": len(names)}
    assert not halves
    assert not any(findings.values()), findings


@pytest.mark.slow
def test_without_idempotency_a_death_after_commit_doubles(cell: Cell) -> None:
    record.forget("failpoints", control="idempotency off")
    subject = Subject(cell, "tests.drills.settings_failpoints_no_idempotency")
    for number in range(1, MOST):
        heard, _, _ = subject.die_and_retry(next(subject.payable), number)
        if heard[0] == "ok" or subject.boundaries()[-1] == "after COMMIT":
            break
    found = figures(subject.findings())
    what = "every Idempotency-Key replaced by a fresh one"
    record.control("failpoints", "idempotency off", figures=found, what=what)
    assert found["doubled"] > 0


def count_halves(subject: Subject) -> int:
    """Let requests die a boundary later each, without a retry; return how many left a half."""
    halves = 0
    for number in range(1, MOST):
        start, key = subject.written(), str(ids.new_id())
        order = next(subject.payable)
        heard, _ = subject.client.attempt(order, key=key, **{"X-Failpoint": str(number)})
        halves += _more(start, subject.written()) not in (_NOTHING, _TRANSFER)
        if heard == "ok":
            return halves
    raise AssertionError("no request passed all its boundaries")


@pytest.mark.slow
def test_a_write_in_two_transactions_is_found_half_written(cell: Cell) -> None:
    record.forget("failpoints", control="write split")
    subject = Subject(cell, "tests.drills.settings_failpoints_split_writes")
    superuser = psycopg.connect(cell.postgres.url(database=DATABASE), autocommit=True)
    with superuser, triggers_off(superuser, "idempotency_key"):
        halves = count_halves(subject)
    what = "the key claimed in a transaction of its own"
    record.control("failpoints", "write split", figures={"half-written": halves}, what=what)
    assert halves > 0


@pytest.mark.slow
def test_forgotten_commits_and_altered_books_are_found(cell: Cell) -> None:
    record.forget("failpoints", control="commits forgotten, books altered")
    subject = Subject(cell, "tests.drills.settings_failpoints_forgotten_commits")
    for _ in range(20):
        subject.client.transfer(next(subject.payable))
    with Saboteur(cell.postgres.url(database=DATABASE)):
        found = figures(subject.findings())
    what = "every other transfer rolled back, a leg and a balance altered"
    record.control("failpoints", "commits forgotten, books altered", figures=found, what=what)
    for figure in ("lost", "unbalanced", "projection drift"):
        assert found[figure] > 0, figure
