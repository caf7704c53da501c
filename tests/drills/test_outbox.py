"""The worker is killed and the broker wiped while 500 events are on their way: each arrives, once.

250 transfers are posted through HTTP. Each is an event; one subscriber queues a mail, which is an
event again and its subscriber sends the mail; another is the drill's witness, whose effect shows as
often as it ran. Faults come at the k-th delivery. In the negative controls what the broker lost is
not sent again, or nothing remembers that an event was handled.
"""

import functools
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, LiteralString

import psycopg
import pytest

from dev import database

from . import record
from .cell import Cell
from .clients import Client, Order, together
from .history import History
from .plan import Conductor, Plan, draw
from .witness import ACTION

SEED, CLIENTS, TRANSFERS, FAULTS = 20264, 4, 250, 6
FEWER, FEWEST = 40, 20  # transfers of the negative controls
DELIVERIES = 3  # of each transfer: witness, queue, send
LEASE = "4"  # seconds until what the broker lost is sent again
NEVER = "100000"
SETTINGS = "tests.drills.settings_witness"
PAUSE = 1.0  # of a frozen worker, in seconds
PATIENCE = 60.0  # seconds without a delivery until the drill gives up; leases grow to 32 s
STILL_FOR = 10.0  # the same for the control: longer than a worker takes to start
_DELIVERIES: LiteralString = """
    SELECT e.event_id::text, e.name, d.subscriber, d.state, d.attempts
    FROM outbox_event e LEFT JOIN outbox_delivery d ON d.event_id = e.id
"""
_SEEN: LiteralString = "SELECT subject, action FROM audit_event"
_MESSAGES: LiteralString = """
    SELECT message_id, transaction_id::text, account_id::text, state FROM notifications_message
"""


@dataclass
class Post:
    """A cell's outbox, broker, worker and mail, and transfers to tell of."""

    cell: Cell
    transfers: int = TRANSFERS
    history: History = field(default_factory=History)

    def __post_init__(self) -> None:
        """Remember what was there before; a module's drills share the cell."""
        self._seen = Counter(self.seen())
        self._events = {event for event, *_ in self.rows(_DELIVERIES)}
        self._messages = {message_id for message_id, *_ in self.rows(_MESSAGES)}

    def run(
        self, plan: Plan, *, lease: str, give_up_after: float, settings: str = SETTINGS
    ) -> None:
        """Post every transfer; let the plan's faults come while events are being delivered.

        Return when everything is delivered, or nothing was for `give_up_after` seconds.
        """
        self.cell.mail.message_ids.clear()
        told = {"OUTBOX_LEASE_SECONDS": lease, "DJANGO_SETTINGS_MODULE": settings}
        self.cell.start_web(settings=settings)
        self.cell.start_relay(**told)
        self.cell.start_worker(**told)
        room = self.cell.furnish(customers=CLIENTS, opening_minor=1_000_000)
        session = functools.partial(self._session, room=room)
        sessions = [functools.partial(session, number) for number in range(CLIENTS)]
        actions: dict[str, Callable[[], None]] = {
            "worker killed": self.cell.kill_worker,
            "worker frozen": self._freeze_worker,
            "worker hung, and restarted": self._hang_worker,
            "broker wiped": self.cell.flush_redis,
        }
        with Conductor(plan, actions) as conductor:
            watch = functools.partial(self._watch, conductor, give_up_after=give_up_after)
            together([*sessions, watch], within=600)
        assert conductor.fired == list(plan.steps)

    def _watch(self, conductor: Conductor, *, give_up_after: float) -> None:
        """Count deliveries; each is an event of the plan."""
        counted, since = 0, time.monotonic()
        while counted < DELIVERIES * self.transfers and time.monotonic() - since < give_up_after:
            for _ in range(self.delivered() - counted):
                conductor.event()
                counted, since = counted + 1, time.monotonic()
            time.sleep(0.05)

    def _freeze_worker(self) -> None:
        with self.cell.frozen("worker"):
            time.sleep(PAUSE)

    def _hang_worker(self) -> None:
        """Let it hang until its leases have run out; then restart it, as its keeper would."""
        with self.cell.frozen("worker"):
            time.sleep(int(LEASE) + PAUSE)
            self.cell.kill_worker()

    def _session(self, number: int, *, room: dict[str, Any]) -> None:
        name = f"client-{number}"
        client = Client(self.cell.url, room["token"], name=name, history=self.history)
        for amount in range(1 + number, 1 + self.transfers, CLIENTS):
            order = Order(room["accounts"][number], room["house"], amount)
            assert client.transfer(order).outcome == "ok"
        client.close()

    def rows(self, query: LiteralString) -> list[tuple[Any, ...]]:
        """Return the rows of a query, as the role that serves."""
        with psycopg.connect(self.cell.database_url(database.APP)) as connection:
            return connection.execute(query).fetchall()

    def seen(self) -> list[str]:
        """Return the subject of each effect that the witness took."""
        return [subject for subject, action in self.rows(_SEEN) if action == ACTION]

    def delivered(self) -> int:
        """Return how many deliveries are done."""
        done = [event for event, _, _, state, _ in self.rows(_DELIVERIES) if state == "done"]
        return sum(event not in self._events for event in done)

    def figures(self) -> Counter[str]:
        """Return what became of the events and of the mail."""
        deliveries = [row for row in self.rows(_DELIVERIES) if row[0] not in self._events]
        messages = [row for row in self.rows(_MESSAGES) if row[0] not in self._messages]
        seen = Counter(self.seen()) - self._seen
        mails = Counter(self.cell.mail.message_ids)
        causes = Counter((transfer, account) for _, transfer, account, _ in messages)
        known = {message_id for message_id, _, _, _ in messages}
        return Counter(
            {
                "events": len({event for event, *_ in deliveries}),
                "never delivered": sum(state != "done" for *_, state, _ in deliveries)
                + self.transfers
                - len(causes),  # a message not queued is an event not made
                "delivered more than once": sum((tries or 0) > 1 for *_, tries in deliveries),
                "effects": sum(seen.values()),
                "effects more than once": sum(count > 1 for count in seen.values())
                + len(mails.keys() - known),
                "mails": sum(mails.values()),
                "mails never sent": len(known - mails.keys()),
                "mail copies of one Message-ID": sum(mails.values()) - len(mails),
            }
        )


@pytest.mark.slow
def test_a_killed_worker_and_a_wiped_broker_lose_and_double_nothing(cell: Cell) -> None:
    record.forget("outbox")
    record.forget("broker-wiped")
    kinds = ("worker killed", "worker frozen", "worker hung, and restarted", "broker wiped")
    plan = draw(seed=SEED, faults=kinds, count=FAULTS, events=DELIVERIES * TRANSFERS)
    sys.stdout.write(f"{plan}\n")
    post = Post(cell)
    post.run(plan, lease=LEASE, give_up_after=PATIENCE)
    found = post.figures()
    sys.stdout.write(f"{dict(found)}\n")
    runs = [{"seed": SEED, "plan": plan.digest}]
    wipes = sum(step.fault == "broker wiped" for step in plan.steps)
    lost = {"wipes": wipes, "lost": found["never delivered"]}
    record.write("outbox", figures=found, runs=runs)
    record.write("broker-wiped", figures=lost, runs=runs)
    assert found["events"] == 2 * TRANSFERS
    assert found["never delivered"] == found["mails never sent"] == 0
    assert found["effects"] == TRANSFERS
    assert found["effects more than once"] == 0
    assert found["mails"] >= TRANSFERS


@pytest.mark.slow
def test_without_sending_again_a_wiped_broker_loses_events(cell: Cell) -> None:
    record.forget("outbox", control="nothing sent again")
    record.forget("broker-wiped", control="nothing sent again")
    post = Post(cell, FEWER)
    plan = draw(seed=SEED, faults=("broker wiped",), count=1, events=FEWER)
    post.run(plan, lease=NEVER, give_up_after=STILL_FOR)
    lost = post.figures()["never delivered"]
    what = "the relay never sends again what the broker lost"
    record.control("outbox", "nothing sent again", figures={"never delivered": lost}, what=what)
    record.control("broker-wiped", "nothing sent again", figures={"lost": lost}, what=what)
    assert lost > 0


@pytest.mark.slow
def test_without_a_memory_of_what_was_handled_effects_double(cell: Cell) -> None:
    record.forget("outbox", control="nothing remembered")
    post = Post(cell, FEWEST)
    plan = draw(seed=SEED, faults=("worker killed",), count=1, events=FEWEST)
    settings = "tests.drills.settings_forgetful"
    post.run(plan, lease="1", give_up_after=STILL_FOR, settings=settings)
    found = post.figures()
    what = "neither delivery nor inbox knows what was handled"
    record.control("outbox", "nothing remembered", figures=found, what=what)
    assert found["effects more than once"] > 0
