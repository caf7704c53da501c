"""The clock: the one place that asks the time. Edges read it and pass `now` down."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)
