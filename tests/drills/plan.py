"""Fault plans: a seed becomes a list of faults, each bound to the k-th event, never to a moment.

An event is what the drill counts (an acknowledged post, a commit). The same seed gives the same
plan on every machine and Python; the plan's digest is printed with it, so that a run can be named.
"""

import hashlib
import json
import queue
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True, slots=True)
class Step:
    """Inject `fault` when the `at_event`-th event has happened."""

    at_event: int
    fault: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be done to the system, and when in its own time."""

    seed: int
    steps: tuple[Step, ...]

    @property
    def digest(self) -> str:
        """Name of the plan: the same digest is the same faults at the same events."""
        text = json.dumps([[step.at_event, step.fault] for step in self.steps])
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def __str__(self) -> str:
        steps = ", ".join(f"{step.at_event}:{step.fault}" for step in self.steps)
        return f"seed {self.seed} plan {self.digest} [{steps}]"


def draw(*, seed: int, faults: Sequence[str], count: int, events: int) -> Plan:
    """Return `count` faults over the first 90 % of `events` events, at least one of each kind.

    The last tenth is left quiet, so that every fault is followed by work that must succeed.
    Raises ValueError when `count` does not hold every kind or the events are too few.
    """
    last = events * 9 // 10
    if not len(faults) <= count <= last:
        raise ValueError(f"{count} faults of {len(faults)} kinds do not fit {events} events")
    rng = random.Random(seed)  # noqa: S311  a plan is to be repeated, not to be secret
    kinds = [*faults, *(rng.choice(faults) for _ in range(count - len(faults)))]
    rng.shuffle(kinds)
    moments = sorted(rng.sample(range(1, last + 1), count))
    return Plan(seed, tuple(map(Step, moments, kinds)))


@dataclass
class Conductor:
    """Counts events and injects the plan's faults, one after another, on a thread of its own."""

    plan: Plan
    actions: Mapping[str, Callable[[], None]]
    fired: list[Step] = field(default_factory=list)
    events: int = 0
    errors: list[BaseException] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._due: queue.SimpleQueue[Step | None] = queue.SimpleQueue()
        self._waiting = list(self.plan.steps)
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, daemon=True, name="conductor")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._due.put(None)
        self._thread.join(60)
        if self._thread.is_alive():
            raise TimeoutError(f"a fault outlived its budget: {self.plan}")
        if self.errors:
            raise self.errors[0]

    def event(self) -> None:
        """Something that counts has happened."""
        with self._lock:
            self.events += 1
            while self._waiting and self._waiting[0].at_event <= self.events:
                self._due.put(self._waiting.pop(0))

    def _run(self) -> None:
        while (step := self._due.get()) is not None:
            try:
                self.actions[step.fault]()
            except Exception as error:  # noqa: BLE001  raised in the test's thread, at exit
                self.errors.append(error)
                return
            self.fired.append(step)
