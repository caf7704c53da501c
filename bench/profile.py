"""Where the time of a post goes, and its WAL: `python -m bench.profile [small|full]`.

Time by function comes from `track_functions = all`: its own, and with what it calls; what is left
of a transaction is parsing, planning, COMMIT and the disk. WAL comes from pg_walinspect, relation
by relation, with the full images of pages that a checkpoint brings beside it.
"""

import sys
import time
from typing import Any, LiteralString

import psycopg

from dev import database

from . import scripts
from .cluster import SMALL, Cluster
from .sizes import SIZES

_POSTS = 5_000
_FUNCTIONS: LiteralString = """
    SELECT funcname, calls, self_time, total_time FROM pg_stat_user_functions
    ORDER BY self_time DESC LIMIT 20
"""
_WAL: LiteralString = """
    SELECT coalesce(c.relname, 'other'), count(*), sum(b.block_data_length)::bigint,
           sum(b.block_fpi_length)::bigint
    FROM pg_get_wal_block_info(%s, %s) AS b
    LEFT JOIN pg_class AS c ON c.relfilenode = b.relfilenode
    GROUP BY 1 ORDER BY 3 DESC LIMIT 25
"""


def main() -> None:
    """Post, and print both tables."""
    size = SIZES[sys.argv[1] if len(sys.argv) > 1 else "small"]
    with Cluster(size) as cluster:
        cluster.make_books(SMALL, entries=size.accounts + 1)
        with cluster.connect(SMALL) as session:
            session.execute("ALTER ROLE probity_app SET track_functions = 'all'")
            session.execute("CREATE EXTENSION pg_walinspect")
            _post(cluster, 500)
            session.execute("SELECT pg_stat_reset()")
            begin, since = _position(session), time.perf_counter()
            _post(cluster, _POSTS)
            seconds = time.perf_counter() - since
            print(f"{1e6 * seconds / _POSTS:,.0f} µs a post, one client, waiting for the disk\n")
            _print_functions(session)
            _print_wal(session, begin)


def _post(cluster: Cluster, posts: int) -> None:
    words = ["--protocol=prepared", "--client=1", f"--transactions={posts}"]
    words += [f"-Daccounts={cluster.size.accounts}"]
    words += [cluster.script(scripts.post(fast=cluster.fast))]
    cluster.pgbench(*words, url=cluster.url(SMALL, role=database.APP))


def _position(session: psycopg.Connection[Any]) -> str:
    [[position]] = session.execute("SELECT pg_current_wal_flush_lsn()")
    return str(position)


def _print_functions(session: psycopg.Connection[Any]) -> None:
    print(f"{'function, µs a post':<40}{'calls':>8}{'itself':>10}{'with calls':>12}")
    for name, calls, itself, total in session.execute(_FUNCTIONS):
        mine, all_of_it = 1e3 * itself / _POSTS, 1e3 * total / _POSTS
        print(f"{name:<40}{calls / _POSTS:>8.1f}{mine:>10.1f}{all_of_it:>12.1f}")


def _print_wal(session: psycopg.Connection[Any], begin: str) -> None:
    print(f"\n{'WAL, bytes a post':<48}{'records':>8}{'data':>10}{'page images':>13}")
    for name, records, data, images in session.execute(_WAL, [begin, _position(session)]):
        cells = f"{records / _POSTS:>8.2f}{data / _POSTS:>10.1f}{images / _POSTS:>13.1f}"
        print(f"{name[:46]:<48}{cells}")


if __name__ == "__main__":
    main()
