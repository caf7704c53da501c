"""Sixteen clients at once send each transfer three times under one key: it happens once.

The copies of the first part are sent side by side, so that they race; those of the rest come later
and are answered from memory.
"""

import functools
import queue
from collections import defaultdict

import pytest

from apps.platform import ids
from dev import database

from . import books, record
from .cell import Cell
from .clients import Auditor, Client, Order, Verdict, orders, together
from .history import Books, History, check, figures

CLIENTS, COPIES = 16, 3


def send_copies(cell: Cell, *, count: int, raced: int) -> tuple[History, Books]:
    """Send `count` transfers three times each, the first `raced` of them at once."""
    app = cell.database_url(database.APP)
    room = cell.furnish(customers=16, opening_minor=5_000_000)
    before = books.transactions(app)
    numbers = [number for number in range(1, count * 2) if number % 20]  # none is too large
    wanted = orders(seed="same key", accounts=room["accounts"], numbers=numbers[:count])
    keys = {order: str(ids.new_id()) for order in wanted}
    work: queue.SimpleQueue[Order] = queue.SimpleQueue()
    for order in [o for o in wanted[:raced] for _ in range(COPIES)] + wanted[raced:] * COPIES:
        work.put(order)
    history = History()
    told: dict[Order, list[Verdict]] = defaultdict(list)

    def session(number: int) -> None:
        client = Client(cell.url, room["token"], name=f"client-{number}", history=history)
        while not work.empty():
            try:
                order = work.get_nowait()
            except queue.Empty:
                break
            told[order].append(client.insist(order, key=keys[order])[0])
        client.close()

    with Auditor(app, history):
        together([functools.partial(session, number) for number in range(CLIENTS)], within=300)
    clerk = Client(cell.url, room["token"], name="clerk", history=history)
    for order in wanted:
        clerk.ended(order, told[order], attempts=COPIES)
    clerk.close()
    return history, books.read(app, before=before)


@pytest.mark.slow
def test_three_copies_of_each_transfer_are_one_transaction(cell: Cell) -> None:
    record.forget("same-key")
    cell.start_web()
    history, after = send_copies(cell, count=2_000, raced=800)
    findings = check(history, after)
    made = len(after.transactions) - len(after.before)
    facts = {"clients": CLIENTS, "sent": 2_000 * COPIES, "transactions": made}
    record.write("same-key", figures={**facts, **figures(findings)})
    assert not any(findings.values()), findings
    assert made == 2_000
    assert all(len(transfer.answers) == COPIES for transfer in history.transfers)


@pytest.mark.slow
def test_without_idempotency_three_copies_are_three_transactions(cell: Cell) -> None:
    record.forget("same-key", control="idempotency off")
    cell.start_web(settings="tests.drills.settings_no_idempotency")
    history, after = send_copies(cell, count=40, raced=20)
    found = figures(check(history, after))
    made = len(after.transactions) - len(after.before)
    facts = {"clients": CLIENTS, "sent": 40 * COPIES, "transactions": made}
    what = "every Idempotency-Key replaced by a fresh one"
    record.control("same-key", "idempotency off", figures={**facts, **found}, what=what)
    assert made == 40 * COPIES
    assert found["doubled"] == found["contradicted"] == 40
