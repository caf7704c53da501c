"""How long the statement of ten thousand entries takes, as JSON, through HTTP."""

import json
import statistics
import time
from datetime import datetime
from typing import LiteralString
from uuid import UUID

import httpx

from dev import database
from tests.drills.books import shown

from .books import STATEMENT
from .cluster import LARGE, Cluster
from .table import Row, at_most, not_there

_ACCOUNT = UUID("00000000-0000-7000-8000-000000000001")
_TARGET_MS = 300.0
_CALLS = 10  # a round
_UNTIL: LiteralString = """
    SELECT max(effective_at), count(*) FROM (
        SELECT t.effective_at FROM ledger_entry AS e
        JOIN ledger_transaction AS t ON t.id = e.transaction_id
        WHERE e.account_id = (SELECT id FROM ledger_account WHERE public_id = %s)
        ORDER BY t.effective_at LIMIT %s) AS first
"""


def measure(cluster: Cluster) -> list[Row]:
    """Return the row: the median of the calls of each round, in milliseconds, until all is read."""
    cell, url = cluster.cell, cluster.url(LARGE, role=database.APP)
    with cluster.connect(LARGE) as session:
        [[until, entries]] = session.execute(_UNTIL, [_ACCOUNT, STATEMENT])
    name = f"statement of {entries:,} entries as JSON"
    token = json.loads(
        cell.python("-m", "tests.drills.furnish", '{"customers": 1}', env={"DATABASE_URL": url})
    )["token"]
    cell.start_web(DATABASE_URL=url)
    headers = {"Authorization": f"Bearer {token}"}
    base = f"http://127.0.0.1:{cell.web_port}"
    with httpx.Client(base_url=base, headers=headers, trust_env=False, timeout=30) as client:
        answer = _ask(client, until)
        if answer.status_code == 404:
            return [not_there(name, unit="ms", target=_TARGET_MS)]
        answer.raise_for_status()
        if (told := len(answer.json()["movements"])) != entries:
            raise SystemExit(f"the statement has {told} movements, not {entries}")
        found = [_median(client, until) for _ in range(cluster.size.rounds)]
    cell.end("web")
    return [at_most(name, found, unit="ms", target=_TARGET_MS)]


def _ask(client: httpx.Client, until: datetime) -> httpx.Response:
    asked = {"from": "2000-01-01", "to": until.isoformat()}
    return client.get(f"/v1/ledger/accounts/{shown('acct', _ACCOUNT)}/statements", params=asked)


def _median(client: httpx.Client, until: datetime) -> float:
    taken = []
    for _ in range(_CALLS):
        begin = time.perf_counter()
        _ask(client, until).raise_for_status()
        taken.append(1e3 * (time.perf_counter() - begin))
    return statistics.median(taken)
