"""What a scrape of /metrics is told of the ledger's proof, whichever process ran it."""

from collections.abc import Iterator

from django.db import DatabaseError
from prometheus_client.core import GaugeMetricFamily, Metric

from .verification import last_verification


class VerificationMetrics:
    """When the invariants were last run, and how many rows offended: asked of the database."""

    def describe(self) -> list[Metric]:
        """Return nothing: to register it must not ask the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Return both gauges; none before the first run, or while the database is away."""
        try:
            last = last_verification()
        except DatabaseError:
            return
        if last is not None:
            yield GaugeMetricFamily(
                "probity_ledger_verified_timestamp_seconds",
                "When every invariant of the ledger was last run.",
                value=last.at.timestamp(),
            )
            yield GaugeMetricFamily(
                "probity_ledger_offending_rows",
                "Rows that offended in the last run of the invariants.",
                value=last.offenders,
            )
