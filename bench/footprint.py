"""How many bytes a two-leg transfer takes, and where they go."""

from collections.abc import Mapping
from typing import Any, LiteralString

import psycopg

from dev import database

from . import scripts
from .cluster import LARGE, Cluster
from .table import Row, at_most

COUNTED = ("ledger_transaction", "ledger_entry")
SHOWN = (*COUNTED, "audit_event", "outbox_event", "outbox_delivery")
_TARGET = 600.0
_SIZES: LiteralString = """
    SELECT t.relname, t.relname, pg_table_size(t.oid) FROM pg_class AS t
    WHERE t.relname = ANY (%(tables)s) AND t.relkind = 'r'
    UNION ALL
    SELECT t.relname, i.relname, pg_relation_size(i.oid)
    FROM pg_class AS t
    JOIN pg_index AS x ON x.indrelid = t.oid JOIN pg_class AS i ON i.oid = x.indexrelid
    WHERE t.relname = ANY (%(tables)s)
"""
_COUNT: LiteralString = "SELECT count(*) FROM ledger_transaction"
Sizes = Mapping[tuple[str, str], int]


def measure(cluster: Cluster) -> tuple[list[Row], list[dict[str, Any]]]:
    """Return the row, and a table: relation, bytes a new transfer, bytes a transfer of all."""
    posts = cluster.size.posts
    with cluster.connect(LARGE) as session:
        before, booked = _sizes(session), _count(session)
        _post(cluster, posts)
        after = _sizes(session)
    new = {name: (size - before.get(name, 0)) / posts for name, size in after.items()}
    table = [
        {
            "table": table,
            "relation": relation,
            "counted": table in COUNTED,
            "bytes": round(new[table, relation], 1),
            "bytes_of_all": round(size / (booked + posts), 1) if table in COUNTED else None,
        }
        for (table, relation), size in after.items()
    ]
    table.sort(key=lambda line: (not line["counted"], -float(str(line["bytes"]))))
    total = sum(size for (table, _), size in new.items() if table in COUNTED)
    name = f"bytes a two-leg transfer, at {cluster.size.told} entries"
    return [at_most(name, [total], unit="B", target=_TARGET)], table


def _post(cluster: Cluster, posts: int) -> None:
    """Post so many transfers between accounts at random, without waiting for the disk.

    One client: PostgreSQL gives several that wait for each other room in advance.
    """
    words = ["--protocol=prepared", "--client=1", f"--transactions={posts}"]
    words += [
        f"-Daccounts={cluster.size.accounts}",
        cluster.script(scripts.post(fast=cluster.fast)),
    ]
    url = cluster.url(LARGE, role=database.APP)
    cluster.pgbench(*words, url=url, PGOPTIONS="-c synchronous_commit=off")


def _sizes(session: psycopg.Connection[Any]) -> Sizes:
    session.execute("VACUUM (ANALYZE) ledger_transaction, ledger_entry, audit_event, outbox_event")
    found = session.execute(_SIZES, {"tables": list(SHOWN)})
    return {(table, relation): size for table, relation, size in found}


def _count(session: psycopg.Connection[Any]) -> int:
    [[count]] = session.execute(_COUNT)
    return int(count)


def render(table: list[dict[str, Any]]) -> str:
    """Return the table to read."""
    lines = [f"{'bytes a transfer':<48}{'new':>9}{'of all':>9}"]
    lines += [_line(line) for line in table if line["counted"]]
    counted = [line for line in table if line["counted"]]
    lines.append(
        f"{'sum':<48}{sum(line['bytes'] for line in counted):>9.1f}"
        f"{sum(line['bytes_of_all'] for line in counted):>9.1f}"
    )
    lines += ["besides, and pruned or sealed by their own rules:"]
    lines += [_line(line) for line in table if not line["counted"]]
    return "\n".join(lines)


def _line(line: Mapping[str, Any]) -> str:
    every = "" if line["bytes_of_all"] is None else f"{line['bytes_of_all']:.1f}"
    return f"{line['relation'][:46]:<48}{line['bytes']:>9.1f}{every:>9}"
