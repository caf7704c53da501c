"""Actors: who acts. Passed into every service and written into every audit event."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person or a part of the system; `key` is stable and carries no personal data.

    `roles` are names, put in at the edge: approvals reads them here and need not know who logs in.
    """

    kind: Literal["staff", "client", "system"]
    key: str
    roles: frozenset[str] = frozenset()
