"""Ten faults a seed, under eight clients that retry: nothing acknowledged is lost, nothing doubles.

Faults come at the k-th acknowledged transfer. Each figure that must be zero has its negative
control: keys are replaced by fresh ones, commits are rolled back, or the books are altered while
clients work; the same checker must then find it.
"""

import contextlib
import functools
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from dev import database

from . import books, record
from .cell import DATABASE, Cell
from .clients import ALWAYS_TOO_MUCH, Auditor, Client, orders, together
from .controls import Saboteur
from .history import History, Transfer, check, figures
from .plan import Conductor, Plan, draw
from .proxy import Proxy

SEEDS = (20261, 20262, 20263)
CLIENTS, TRANSFERS, FAULTS = 8, 45, 10
FEWER, FEWEST = 20, 6  # transfers a client of the negative controls
SHORT_PAUSE = 0.7  # of a frozen or silent server, in seconds; below every time-out
ALTERED = "books altered"  # in negative controls alone
RECOVERS_WITHIN = 30.0  # seconds until the drill gives up; the promise is in the table


@dataclass
class Drill:
    """One run of the clients against a cell, with faults."""

    cell: Cell
    plan: Plan
    history: History = field(default_factory=History)
    transfers: int = TRANSFERS  # of each client
    recoveries: list[float] = field(default_factory=list)  # kill of PostgreSQL to next answer, s
    replies_lost: int = 0
    _damage: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    _answered: threading.Event = field(default_factory=threading.Event)

    def actions(self) -> dict[str, Callable[[], None]]:
        """Return every kind of fault."""
        cell = self.cell
        return {
            "database killed": self._kill_database,
            "web killed": cell.kill_web,
            "web worker killed": cell.kill_web_worker,
            "reply lost after COMMIT": functools.partial(self._lose, cell.wire, None),
            "answer lost": functools.partial(self._lose, cell.front, 0),
            "answer cut short": functools.partial(self._lose, cell.front, 40),
            "database frozen": functools.partial(self._freeze, "postgres"),
            "database silent": self._silence_database,
            "redis frozen": functools.partial(self._freeze, "redis"),
            "redis killed": cell.kill_redis,
        }

    def run(self) -> dict[str, list[str]]:
        """Run clients and faults to the end, and return what the checker found."""
        app = self.cell.database_url(database.APP)
        room = self.cell.furnish(customers=8, opening_minor=100_000)
        before = books.transactions(app)
        actions = self.actions() | {ALTERED: functools.partial(self._alter, room["token"])}
        with self._damage:
            with Auditor(app, self.history), Conductor(self.plan, actions) as conductor:
                session = functools.partial(self._session, room=room, conductor=conductor)
                together([functools.partial(session, number) for number in range(CLIENTS)])
            assert conductor.fired == list(self.plan.steps)
            return check(self.history, books.read(app, before=before))

    def _session(self, number: int, *, room: dict[str, Any], conductor: Conductor) -> None:
        name = f"client-{number}"
        client = Client(self.cell.url, room["token"], name=name, history=self.history)
        numbers = range(1 + number * self.transfers, 1 + (number + 1) * self.transfers)
        seed = f"{self.plan.seed}/{number}"
        for order in orders(seed=seed, accounts=room["accounts"], numbers=numbers):
            self._acknowledged(client.transfer(order), conductor)
            if order.amount % 4 == 0:
                client.read(order.debit)
                client.read(order.credit)
        client.close()

    def _acknowledged(self, transfer: Transfer, conductor: Conductor) -> None:
        if transfer.outcome == "ok":
            self._answered.set()
            conductor.event()

    def _kill_database(self) -> None:
        """Kill it, and let no other fault come before a transfer is acknowledged again."""
        begin = time.monotonic()
        self.cell.kill_postgres()
        self._answered.clear()
        if not self._answered.wait(RECOVERS_WITHIN):
            raise TimeoutError(f"no transfer {RECOVERS_WITHIN} s after the database came back")
        self.recoveries.append(time.monotonic() - begin)

    def _lose(self, proxy: Proxy, after_bytes: int | None) -> None:
        """Lose the next commit's reply, or the next answer after so many bytes; await the loss."""
        before = proxy.lost_replies
        if after_bytes is None:
            proxy.lose_commit_reply()
        else:
            proxy.cut_after(after_bytes, way="back")
        deadline = time.monotonic() + RECOVERS_WITHIN
        while proxy.lost_replies == before:
            if time.monotonic() > deadline:
                raise TimeoutError("no reply came that could be lost")
            time.sleep(0.005)
        self.replies_lost += 1

    def _freeze(self, server: str) -> None:
        with self.cell.frozen(server):
            time.sleep(SHORT_PAUSE)

    def _silence_database(self) -> None:
        self.cell.wire.black_hole("back")
        time.sleep(SHORT_PAUSE)
        self.cell.wire.heal()

    def _alter(self, token: str) -> None:
        """Alter the books until the drill ends; return when the auditor has looked at them."""
        superuser = self.cell.postgres.url(database=DATABASE)
        altered = self._damage.enter_context(Saboteur(superuser)).account
        looks = len(self.history.totals)
        client = Client(self.cell.url, token, name="reader", history=self.history)
        client.read(books.shown("acct", altered))
        client.close()
        deadline = time.monotonic() + RECOVERS_WITHIN
        while len(self.history.totals) < looks + 2 and time.monotonic() < deadline:
            time.sleep(0.01)

    def figures(self) -> Counter[str]:
        """Return what was done and seen."""
        ends = Counter(transfer.outcome for transfer in self.history.transfers)
        return Counter(
            {
                "faults": len(self.plan.steps),
                "replies lost": self.replies_lost,
                "acknowledged": ends["ok"],
                "refused": ends["fail"],
                "given up": ends["info"],
                "attempts": sum(transfer.attempts for transfer in self.history.transfers),
                "reads": len(self.history.reads) + len(self.history.totals),
            }
        )


def accepted(transfers: int) -> int:
    """Return how many of the clients' transfers are posted: the twentieth is too large."""
    return CLIENTS * transfers * 19 // 20


def run(drill: Drill, *, dump: Path) -> dict[str, list[str]]:
    """Run one plan, print its seed and digest, and keep the history should it be needed."""
    sys.stdout.write(f"{drill.plan}\n")
    findings = drill.run()
    drill.history.dump(dump / f"history-{drill.plan.seed}.jsonl")
    sys.stdout.write(f"{dict(drill.figures())} {figures(findings)} {drill.recoveries}\n")
    return findings


def assert_only_too_much_was_refused(history: History) -> None:
    for transfer in history.transfers:
        too_much = transfer.amount > ALWAYS_TOO_MUCH
        assert (transfer.outcome == "fail") is too_much, transfer
        assert not too_much or "insufficient-funds" in transfer.answers[0], transfer


@pytest.mark.slow
def test_ten_faults_a_seed_lose_nothing_and_double_nothing(cell: Cell, tmp_path: Path) -> None:
    record.forget("faults")
    record.forget("recovery")
    cell.start_web()
    kinds = tuple(Drill(cell, Plan(0, ())).actions())
    total: Counter[str] = Counter()
    evidence, recoveries, runs = [], [], []
    for seed in SEEDS:
        plan = draw(seed=seed, faults=kinds, count=FAULTS, events=accepted(TRANSFERS))
        drill, begin = Drill(cell, plan), time.monotonic()
        findings = run(drill, dump=tmp_path)
        runs.append({"seed": seed, "plan": plan.digest, "seconds": round(time.monotonic() - begin)})
        evidence += [f"{plan.seed} {name}: {found}" for name, found in findings.items() if found]
        recoveries += drill.recoveries
        total.update(drill.figures())
        total.update(figures(findings))
        assert_only_too_much_was_refused(drill.history)
    record.write("faults", figures=total, runs=runs)
    record.write("recovery", figures={"seconds": round(max(recoveries), 2)}, runs=runs)
    assert not evidence


@pytest.mark.slow
def test_without_idempotency_the_checker_finds_doubles(cell: Cell, tmp_path: Path) -> None:
    kinds = ("reply lost after COMMIT", "answer lost", "answer cut short")
    plan = draw(seed=SEEDS[0], faults=kinds, count=FAULTS, events=accepted(FEWER))
    record.forget("faults", control="idempotency off")
    cell.start_web(settings="tests.drills.settings_no_idempotency")
    drill = Drill(cell, plan, transfers=FEWER)
    found = figures(run(drill, dump=tmp_path))
    what = "every Idempotency-Key replaced by a fresh one"
    told = {**drill.figures(), **found}
    record.control("faults", "idempotency off", figures=told, what=what)
    assert found["doubled"] > 0
    assert found["lost"] == found["unbalanced"] == 0, "the switch breaks one guarantee alone"


@pytest.mark.slow
def test_an_acknowledged_transfer_that_is_rolled_back_is_found(cell: Cell, tmp_path: Path) -> None:
    record.forget("faults", control="commits forgotten")
    cell.start_web(settings="tests.drills.settings_forgotten_commits")
    drill = Drill(cell, Plan(SEEDS[0], ()), transfers=FEWEST)
    found = figures(run(drill, dump=tmp_path))
    what = "every other transfer acknowledged and rolled back"
    record.control("faults", "commits forgotten", figures=found, what=what)
    assert found["lost"] > 0
    assert found["doubled"] == found["unbalanced"] == 0, "the switch breaks one guarantee alone"


@pytest.mark.slow
def test_books_altered_while_clients_work_are_found(cell: Cell, tmp_path: Path) -> None:
    record.forget("faults", control=ALTERED)
    cell.start_web()
    plan = draw(seed=SEEDS[0], faults=(ALTERED,), count=1, events=accepted(FEWEST))
    found = figures(run(Drill(cell, plan, transfers=FEWEST), dump=tmp_path))
    what = "a leg and a balance altered by a superuser, triggers off"
    record.control("faults", ALTERED, figures=found, what=what)
    for figure in ("unbalanced", "projection drift", "bad totals", "stale reads"):
        assert found[figure] > 0, figure
    assert found["lost"] == found["doubled"] == 0, "the switch breaks other guarantees"
