"""How fast does Probity post? Ratios to yard-sticks that are measured in the same run.

    python -m bench.posting            SIZE=small (about a minute) or SIZE=full

A rate says as much about the machine as about the program; a ratio to something well known, taken
on the same machine in the same minutes, says more. All on a cluster that keeps its promises
(fsync, full_page_writes, synchronous_commit on):

- the ledger's function `ledger_post`, with header, legs, balances, audit event, outbox event and
  delivery, to pgbench's TPC-B-like transaction, with 1, 8 and 16 clients, both driven by pgbench;
- HTTP: POST /v1/ledger/transfers to a DRF view that authenticates, throttles, parses and renders
  and does nothing else, and to a Django view that answers a constant; 8 clients, two workers.
"""

import contextlib
import functools
import os
import re
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg

from dev import database, servers
from tests.drills.cell import DATABASE, Cell
from tests.drills.clients import Client, Order, together
from tests.drills.history import History

HERE = Path(__file__).resolve().parent
SIZES = {"small": (4, 10, 60), "full": (30, 100, 1_000)}  # seconds, TPC-B scale, HTTP calls
CLIENTS = (1, 8, 16)
CALLERS = 8
_ACCOUNTS = """
    INSERT INTO ledger_account
        (public_id, code, name, kind, currency, status, posted_minor, version, opened_at)
    SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'bench.' || n, 'bench',
           'asset', 'EUR', 'open', 0, 0, now()
    FROM generate_series(1, 1000) AS n
"""


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


@dataclass(frozen=True, slots=True)
class Bench:
    """A cell and how long to measure on it."""

    cell: Cell
    seconds: int
    scale: int
    calls: int

    def pgbench(self, *words: str, url: str) -> str:
        """Run pgbench to its end and return what it printed."""
        command = [str(servers.postgres_bin() / "pgbench"), "--no-vacuum", *words, url]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise SystemExit(f"pgbench: {done.stderr[-2000:]}")
        return done.stdout

    def rate(self, clients: int, *words: str, url: str) -> float:
        """Return transactions a second."""
        duration = [f"--client={clients}", f"--jobs={min(clients, 2)}", f"--time={self.seconds}"]
        printed = self.pgbench("--protocol=prepared", *duration, *words, url=url)
        found = re.search(r"tps = ([\d.]+)", printed)
        if found is None:
            raise SystemExit(f"pgbench printed no rate:\n{printed}")
        return float(found[1])

    def in_database(self) -> None:
        """Print the ledger's function against TPC-B."""
        yard = self.cell.postgres.url(database="yardstick")
        ledger = self.cell.database_url(database.APP)
        with psycopg.connect(
            self.cell.postgres.url(database="postgres"), autocommit=True
        ) as connection:
            connection.execute("CREATE DATABASE yardstick")
        with psycopg.connect(self.cell.postgres.url(database=DATABASE)) as connection:
            connection.execute(_ACCOUNTS)
        self.pgbench("--initialize", "--quiet", f"--scale={self.scale}", url=yard)
        print(f"{'in the database':<28}{'ledger_post/s':>15}{'TPC-B/s':>12}{'ratio':>8}")
        for clients in CLIENTS:
            base = self.rate(clients, url=yard)
            rate = self.rate(clients, f"--file={HERE / 'post.sql'}", url=ledger)
            print(f"{f'{clients} clients':<28}{rate:>15,.0f}{base:>12,.0f}{rate / base:>8.2f}")

    def over_http(self) -> None:
        """Print POST /v1/ledger/transfers against views that do less."""
        self.cell.start_web(settings="bench.settings")
        room = self.cell.furnish(customers=CALLERS, opening_minor=10_000_000)
        with contextlib.ExitStack() as stack:
            callers = [Caller(self.cell.url, room, number) for number in range(CALLERS)]
            for caller in callers:
                stack.callback(caller.close)
            rates = {
                "POST /v1/ledger/transfers": self.calls_a_second(callers, Caller.transfer),
                "plain DRF view": self.calls_a_second(callers, Caller.plain),
                "plain Django view": self.calls_a_second(callers, Caller.nothing),
            }
        transfers = rates["POST /v1/ledger/transfers"]
        print(f"\n{f'over HTTP, {CALLERS} clients':<28}{'requests/s':>15}{'transfers to it':>20}")
        for name, rate in rates.items():
            print(f"{name:<28}{rate:>15,.0f}{transfers / rate:>20.2f}")

    def calls_a_second(
        self, callers: Sequence["Caller"], call: Callable[["Caller"], None]
    ) -> float:
        """Return the rate of calls, one thread a caller, after a warm-up."""

        def repeat(caller: Caller, *, times: int) -> None:
            for _ in range(times):
                call(caller)

        together([functools.partial(repeat, caller, times=3) for caller in callers])
        begin = time.perf_counter()
        together([functools.partial(repeat, caller, times=self.calls) for caller in callers])
        return len(callers) * self.calls / (time.perf_counter() - begin)


def main() -> None:
    """Measure and print."""
    size = os.environ.get("SIZE", "small")
    if size not in SIZES:
        raise SystemExit(f"SIZE is one of {', '.join(SIZES)}")
    with Cell() as cell:
        bench = Bench(cell, *SIZES[size])
        bench.in_database()
        bench.over_http()


if __name__ == "__main__":
    main()
