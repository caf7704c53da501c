"""Sixteen clients among twenty accounts: transfers, holds and reads, PostgreSQL killed half-way.

Each client draws its steps from a seed; all stop when the time is over (DRILL_SECONDS, ten unless
set). Meanwhile one statement after another reads the twenty balances and what is held of each.
"""

import functools
import os
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from dev import database

from . import books, record
from .cell import Cell
from .clients import together
from .history import History, figures
from .holds import Seen
from .tampering import Evidence, found
from .tellers import Onlooker, Pool, Shift, Teller, promises

SEED, CLIENTS, ACCOUNTS, OPENING = 20265, 16, 20, 20_000
SECONDS = float(os.environ.get("DRILL_SECONDS", "10"))
MOST = 100_000  # steps of one client
ROW, CONTROL = "twenty-accounts", "tampered with"


def drill(cell: Cell, seconds: float) -> Evidence:
    """Let the clients work for so long, kill PostgreSQL half-way, and return what to check."""
    app = cell.database_url(database.APP)
    room = cell.furnish(customers=ACCOUNTS, opening_minor=OPENING)
    before = books.transactions(app)
    history, seen, pool = History(), Seen(), Pool()
    begin = time.monotonic()

    def session(number: int) -> None:
        name = f"client-{number}"
        teller = Teller(cell.url, room["token"], name=name, history=history, seen=seen)
        shift = Shift(teller, accounts=room["accounts"], pool=pool, seed=f"{SEED}/{number}")
        shift.work(until=begin + seconds, numbers=range(1 + number, CLIENTS * MOST, CLIENTS))

    def killer() -> None:
        threading.Event().wait(seconds / 2)
        cell.kill_postgres()
        history.note("killed")

    with Onlooker(app, history, seen=seen, accounts=room["accounts"]):
        work = [functools.partial(session, number) for number in range(CLIENTS)]
        together([killer, *work], within=seconds + 60)
    return Evidence(history, books.read(app, before=before), seen, promises(app))


def counts(told: Evidence) -> dict[str, int]:
    """Return what was done and seen."""
    ends = Counter((act.kind, act.outcome) for act in told.seen.acts)
    killed = next(line["at"] for line in told.history.lines if line["type"] == "killed")
    done = [transfer for transfer in told.history.transfers if transfer.outcome == "ok"]
    return {
        "clients": CLIENTS,
        "acknowledged": len(done) + ends["place", "ok"] + ends["void", "ok"],
        "holds": ends["place", "ok"],
        "captures": ends["capture", "ok"],
        "voids": ends["void", "ok"],
        "refused": sum(count for (_, outcome), count in ends.items() if outcome == "fail"),
        "after the kill": sum(transfer.at > killed for transfer in done),
        "reads": len(told.seen.snapshots) + len(told.seen.looks),
    }


@pytest.mark.slow
def test_transfers_and_holds_survive_a_kill(cell: Cell, tmp_path: Path) -> None:
    record.forget(ROW)
    record.forget(ROW, control=CONTROL)
    cell.start_web()
    told = drill(cell, SECONDS)
    told.history.dump(tmp_path / "history.jsonl")
    findings = told.findings()
    done = counts(told)
    sys.stdout.write(f"{done} {figures(findings)}\n")
    record.write(ROW, figures={**done, **figures(findings)}, runs=[{"seed": SEED}])
    tampered: Counter[str] = Counter()
    for anomaly, what, times in found(told):
        assert times, what
        tampered[anomaly] += times
    what = "what clients saw and the books hold, altered after this very drill"
    record.control(ROW, CONTROL, figures=tampered, what=what)
    assert not any(findings.values()), findings
    assert min(done.values()) > 0, done
