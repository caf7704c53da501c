"""How long the statement of ten thousand entries takes, as JSON through the API."""

from .cluster import Cluster
from .table import Row, not_there


def measure(cluster: Cluster) -> list[Row]:
    """Return the row."""
    return [not_there("statement of 10,000 entries as JSON", unit="ms", target=300.0)]
