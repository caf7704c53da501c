"""Posting in large books against posting in small ones."""

from . import scripts
from .cluster import LARGE, SMALL, Cluster, rounds
from .rates import MANY
from .table import Row, faster


def measure(cluster: Cluster) -> list[Row]:
    """Return the row: large books against those that began with an entry an account."""
    script = scripts.post(fast=cluster.fast)
    found = rounds(
        {
            "small": cluster.posting(MANY, script, name=SMALL),
            "large": cluster.posting(MANY, script, name=LARGE),
        },
        cluster.size.rounds,
    )
    few = f"{cluster.size.accounts // 1000 or 1} k entries"
    row = faster(
        f"posting at {cluster.size.told} entries",
        found["large"],
        yard=found["small"],
        against=f"at {few}",
        clients=MANY,
        target=0.9,
    )
    return [row]
