"""How many transfers a second: the function, batches, replays, a hot account, the service."""

import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from typing import LiteralString

from dev import database

from . import books, scripts
from .cluster import SMALL, Cluster, rounds
from .table import Row, faster

MANY = 16
_TIMES = 20_000
_LOOKED_AT = 20
_LEFT_BEHIND: LiteralString = """
    SELECT 'ledger_transaction', count(*) FROM ledger_transaction
    UNION ALL SELECT 'ledger_entry', count(*) FROM ledger_entry
    UNION ALL SELECT 'audit_event', count(*) FROM audit_event
    UNION ALL SELECT 'outbox_event', count(*) FROM outbox_event
    UNION ALL SELECT 'outbox_delivery', count(*) FROM outbox_delivery
    ORDER BY 1
"""
_TPCB = f"TPC-B, {MANY} clients"
Series = Mapping[str, Sequence[float]]


def measure(cluster: Cluster) -> list[Row]:
    """Return the rows; every round takes each of them in turn."""
    check(cluster)
    book_replays(cluster)
    with contextlib.ExitStack() as stack:
        probity, hordak = (
            stack.enter_context(cluster.probity()),
            stack.enter_context(cluster.hordak()),
        )
        limit = str(cluster.size.seconds)
        measures: dict[str, Callable[[], float]] = {
            "tpcb": cluster.tpcb(MANY),
            "post": cluster.posting(MANY, scripts.post(fast=cluster.fast)),
            "json": cluster.posting(MANY, scripts.post(fast="")),
            "hot": cluster.posting(MANY, scripts.post(fast=cluster.fast, hot=books.HOT)),
            "deferred": cluster.posting(MANY, scripts.post(fast=cluster.fast, hot=books.DEFERRED)),
            "replay": cluster.posting(MANY, scripts.replay(fast=cluster.fast)),
            "batch-100": lambda: probity.rate("batch-100", "200x"),
            "batch-1000": lambda: probity.rate("batch-1000", "20x"),
            "tpcb-1": cluster.tpcb(1),
            "post-1": cluster.posting(1, scripts.post(fast=cluster.fast)),
            "service": lambda: probity.rate("service", limit),
            "hordak": lambda: hordak.rate("transfer", limit),
        }
        warm(cluster)
        found = rounds(measures, cluster.size.rounds)
    return _rows(found)


def check(cluster: Cluster) -> None:
    """Return when a post leaves behind all that counts as its features; SystemExit otherwise."""
    words = ["--protocol=prepared", "--client=1", f"--transactions={_LOOKED_AT}"]
    words += [f"-Daccounts={cluster.size.accounts}"]
    words += [cluster.script(scripts.post(fast=cluster.fast))]
    with cluster.connect(SMALL) as session:
        before = session.execute(_LEFT_BEHIND).fetchall()
        cluster.pgbench(*words, url=cluster.url(SMALL, role=database.APP))
        after = session.execute(_LEFT_BEHIND).fetchall()
    for (table, rows), (_, earlier) in zip(after, before, strict=True):
        wanted = _LOOKED_AT * (2 if table == "ledger_entry" else 1)
        if rows - earlier != wanted:
            raise SystemExit(f"{wanted} rows of {table} were due, {rows - earlier} came")


def warm(cluster: Cluster) -> None:
    """Read what will be read, and plan what will be planned, before anything counts."""
    cluster.rate(MANY, name="yardstick", seconds=1)
    script = cluster.script(scripts.post(fast=cluster.fast))
    cluster.rate(MANY, script, name=SMALL, role=database.APP, seconds=1)


def book_replays(cluster: Cluster) -> None:
    """Book what the replays repeat: each of the references is sent until all are there."""
    script = cluster.script(scripts.replay(fast=cluster.fast))
    words = ["--protocol=prepared", "--client=4", "--transactions=3000"]
    words += [f"-Daccounts={cluster.size.accounts}", script]
    cluster.pgbench(*words, url=cluster.url(SMALL, role=database.APP))


def _rows(found: Series) -> list[Row]:
    tpcb, post = found["tpcb"], found["post"]
    hordak = "django-hordak 2.0.0, one process"

    def row(name: str, key: str, target: float | None, *, clients: int = 1) -> Row:
        return faster(name, found[key], yard=tpcb, against=_TPCB, clients=clients, target=target)

    return [
        row("post function, all features on", "post", 1.0, clients=MANY),
        faster(
            "post function, all features on",
            found["post-1"],
            yard=found["tpcb-1"],
            against="TPC-B, 1 client",
            target=0.9,
        ),
        row("post function, JSON form", "json", None, clients=MANY),
        row("batch of 100, transfers", "batch-100", 4.0),
        row("batch of 1,000, transfers", "batch-1000", 5.0),
        faster(
            "one hot account, slots",
            found["hot"],
            yard=post,
            against="uniform accounts",
            clients=MANY,
            target=0.9,
        ),
        faster(
            "one hot account, deferred",
            found["deferred"],
            yard=post,
            against="uniform accounts",
            clients=MANY,
        ),
        row("replays of a known key", "replay", 5.0, clients=MANY),
        row("Django service call", "service", 0.35),
        faster(
            "Django service call",
            found["service"],
            yard=found["hordak"],
            against=hordak,
            target=3.0,
        ),
    ]


def cost_of_ids(cluster: Cluster) -> float:
    """Return how long a client's statement takes to make its ids, in microseconds of one core."""
    with cluster.connect(SMALL) as session:
        begin = time.perf_counter()
        session.execute(scripts.IDS, {"times": _TIMES})
        return 1e6 * (time.perf_counter() - begin) / _TIMES
