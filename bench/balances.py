"""How long a balance takes to read: now, as of a date, as of a recorded time."""

import random
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from apps.platform.db import load_sql
from dev import database

from .cluster import LARGE, Cluster
from .table import Row, at_most

_KEY = "SELECT posted_minor FROM ledger_account WHERE id = %(number)s"
_TARGET_MS = 2.0
Params = Callable[[], Mapping[str, Any]]


def measure(cluster: Cluster) -> list[Row]:
    """Return the 99th percentiles over accounts and days at random, in milliseconds."""
    sql = {
        name: load_sql(package="apps.ledger", name=f"{name}.sql")
        for name in ("balance", "balance_at")
    }
    now = datetime.now(UTC)

    def account() -> str:
        return f"00000000-0000-7000-8000-{random.randint(1, cluster.size.accounts):012}"

    def moment() -> datetime:
        return now - timedelta(seconds=random.randint(0, 180 * 24 * 3600))

    def at(**when: Callable[[], datetime]) -> Params:
        unbound = {"as_of": None, "known_at": None}
        return lambda: unbound | {"account_id": account()} | {k: v() for k, v in when.items()}

    asked: dict[str, tuple[str, Params]] = {
        "primary key": (_KEY, lambda: {"number": random.randint(1, cluster.size.accounts)}),
        "balance now": (sql["balance"], lambda: {"account_id": account(), "at": now}),
        "balance as of a date": (sql["balance_at"], at(as_of=moment)),
        "balance as of a recorded time": (sql["balance_at"], at(known_at=moment)),
        "balance as of both": (sql["balance_at"], at(as_of=moment, known_at=moment)),
    }
    found: dict[str, list[float]] = {name: [] for name in asked}
    with cluster.connect(LARGE, role=database.APP) as session:
        session.prepare_threshold = 0
        for query, params in asked.values():
            _percentile(session, query, params, times=50)  # plans, and what is read the first time
        for _ in range(cluster.size.rounds):
            for name, (query, params) in asked.items():
                found[name].append(_percentile(session, query, params, times=cluster.size.reads))
    yard = found.pop("primary key")
    where = f"at {cluster.size.told} entries"
    return [
        at_most(
            f"{name}, p99, {where}",
            values,
            unit="ms",
            target=_TARGET_MS,
            yard=yard,
            against="select by primary key, p99",
        )
        for name, values in found.items()
    ]


def _percentile(
    session: psycopg.Connection[Any], query: str, params: Params, *, times: int
) -> float:
    taken = []
    for _ in range(times):
        told = params()
        begin = time.perf_counter()
        session.execute(query, told).fetchall()
        taken.append(time.perf_counter() - begin)
    return 1e3 * sorted(taken)[times * 99 // 100]
