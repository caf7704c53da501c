"""POST /v1/ledger/transfers against views that do less, with two workers and eight clients."""

import contextlib
import functools
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx

from tests.drills.clients import Client, Order, together
from tests.drills.history import History

from .cluster import Cluster, rounds
from .table import Row, faster

CALLERS = 8


class Caller:
    """One HTTP client with a connection of its own."""

    def __init__(self, url: str, room: Mapping[str, Any], number: int) -> None:
        """Pay from its own account to the next caller's."""
        held, token = room["accounts"], room["token"]
        self.order = Order(held[number], held[(number + 1) % CALLERS], 1)
        self._client = Client(url, token, name=str(number), history=History())
        headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx.Client(base_url=url, headers=headers, trust_env=False)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()
        self._http.close()

    def transfer(self) -> None:
        """Post a transfer."""
        if self._client.transfer(self.order).outcome != "ok":
            raise SystemExit("a transfer was refused")

    def plain(self) -> None:
        """Post the same body to the view that does nothing."""
        self._http.post("/bench/plain", json=self.order.body).raise_for_status()

    def nothing(self) -> None:
        """Get the constant."""
        self._http.get("/bench/nothing").raise_for_status()


def measure(cluster: Cluster) -> list[Row]:
    """Return transfers a second against each of the lesser views; nothing is promised."""
    cell = cluster.cell
    cell.start_web(settings="bench.settings")
    room = cell.furnish(customers=CALLERS, opening_minor=10_000_000)
    with contextlib.ExitStack() as stack:
        callers = [Caller(cell.url, room, number) for number in range(CALLERS)]
        for caller in callers:
            stack.callback(caller.close)
        measures: dict[str, Callable[[], float]] = {
            call.__name__: functools.partial(_rate, callers, call, cluster.size.calls)
            for call in (Caller.plain, Caller.nothing, Caller.transfer)
        }
        for call in (Caller.plain, Caller.nothing, Caller.transfer):
            _rate(callers, call, 3)
        found = rounds(measures, cluster.size.rounds)
    cell.end("web")
    name = "POST /v1/ledger/transfers"
    against = {"plain": "a DRF view that does nothing", "nothing": "a Django view, a constant"}
    return [
        faster(name, found["transfer"], yard=found[key], against=told, clients=CALLERS)
        for key, told in against.items()
    ]


def _rate(callers: Sequence[Caller], call: Callable[[Caller], None], times: int) -> float:
    """Return the rate of calls, one thread a caller."""

    def repeat(caller: Caller) -> None:
        for _ in range(times):
            call(caller)

    begin = time.perf_counter()
    together([functools.partial(repeat, caller) for caller in callers])
    return len(callers) * times / (time.perf_counter() - begin)
