"""What the invariants found."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One invariant: its tables, how many rows were looked at, and up to 20 that offend."""

    invariant: str
    tables: tuple[str, ...]
    looked_at: int
    offenders: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a run of all invariants found at one moment; `tables`: how many rows each has."""

    at: datetime
    findings: tuple[Finding, ...]
    tables: dict[str, int] = field(default_factory=dict)

    @property
    def looked_at(self) -> int:
        """Rows looked at, over all invariants."""
        return sum(finding.looked_at for finding in self.findings)

    @property
    def offenders(self) -> int:
        """Rows that offend, over all invariants."""
        return sum(len(finding.offenders) for finding in self.findings)

    @property
    def ok(self) -> bool:
        """Whether all hold."""
        return self.offenders == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """One thing made again from what is booked: rows made, and up to 20 that differ."""

    made: str
    tables: tuple[str, ...]
    rows: int
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvariantBroken:
    """A run of the invariants found rows that offend; which, the audit trail tells."""

    event_name: ClassVar[str] = "ledger.invariant.broken.v1"
    verified_at: datetime
    invariants: int
    offenders: int
