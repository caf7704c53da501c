"""What the invariants found."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One invariant: how many rows were looked at, and which of them offend."""

    invariant: str
    looked_at: int
    offenders: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a run of all invariants found: rows looked at, and how many offend."""

    at: datetime
    looked_at: int
    offenders: int
