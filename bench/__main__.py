"""`make bench`: measure everything, print the table, and write var/bench/latest.json.

SIZE=small (under ten minutes) or SIZE=full (ten million entries).
"""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime

from dev import places

from . import balances, footprint, growth, over_http, rates, statements
from .cluster import BENCH, LARGE, SMALL, Cluster
from .sizes import SIZES, Size
from .table import Row, render, write


def main() -> None:
    """Measure, print and write."""
    name = os.environ.get("SIZE", "small")
    if name not in SIZES:
        raise SystemExit(f"SIZE is one of {', '.join(SIZES)}")
    run(SIZES[name])


def run(size: Size) -> None:
    """Measure at one size."""
    begin = time.monotonic()
    with Cluster(size) as cluster:
        settings = cluster.settings() | {
            "commit": _commit(),
            "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds_a_measure": size.seconds,
            "rounds": size.rounds,
            "accounts": size.accounts,
        }
        _say("TPC-B, and books of two sizes", begin)
        cluster.make_yardstick()
        cluster.make_books(SMALL, entries=size.accounts + 1)
        filling = time.monotonic()
        cluster.make_books(LARGE, entries=size.entries)
        settings["filled_in_seconds"] = round(time.monotonic() - filling, 1)
        settings["ids_cost_microseconds"] = round(rates.cost_of_ids(cluster), 1)
        rows, table = _measure(cluster, begin)
    settings["took_seconds"] = round(time.monotonic() - begin)
    where = places.ROOT / "var" / "bench" / "latest.json"
    write(where, rows, settings=settings, parts={"bytes": table})
    print(f"\n{render(rows)}\n\n{footprint.render(table)}\n")
    print(_explained(settings))
    print(f"{settings['took_seconds']} s; written to {where.relative_to(places.ROOT)}")


def _measure(cluster: Cluster, begin: float) -> tuple[list[Row], list[dict[str, object]]]:
    rows: list[Row] = []
    for told, measure in (
        ("transfers a second", rates.measure),
        ("large books against small ones", growth.measure),
        ("balances", balances.measure),
        ("a statement", statements.measure),
    ):
        _say(told, begin)
        rows += measure(cluster)
    _say("bytes", begin)
    found, table = footprint.measure(cluster)
    rows += found
    _say("over HTTP", begin)
    return rows + over_http.measure(cluster), table


def _say(what: str, begin: float) -> None:
    print(f"{time.monotonic() - begin:>5.0f} s  {what}", file=sys.stderr, flush=True)


def _explained(settings: dict[str, object]) -> str:
    return (
        "Ratios are medians of rounds taken in turn, with the least and the greatest beside them. "
        f"A statement of pgbench takes {settings['ids_cost_microseconds']} µs to make its ids, "
        "which the service's caller makes; that is counted against Probity."
    )


def _commit() -> str:
    git = ["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    done = subprocess.run(  # noqa: S603  a fixed command
        git, cwd=places.ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"


if __name__ == "__main__":
    BENCH.mkdir(parents=True, exist_ok=True)
    main()
