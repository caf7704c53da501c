"""What a reader may see: the ledger asks its caller, and applies it to every row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet

from ..models import Account


def _all(rows: QuerySet[Account]) -> QuerySet[Account]:
    return rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Which accounts a reader may see, and whose references: "" means everybody's."""

    accounts: Callable[[QuerySet[Account]], QuerySet[Account]]
    source: str

    @property
    def whole(self) -> bool:
        """Whether nothing is kept from the reader."""
        return not self.source

    def among(self, rows: QuerySet[Account]) -> QuerySet[Account]:
        """Return those of the rows that the reader may see; who sees an account sees its slots."""
        if self.whole:
            return rows
        seen = self.accounts(Account.objects.all()).values("pk")
        return rows.filter(Q(pk__in=seen) | Q(slot_of__in=seen))

    def keys(self, among: set[int]) -> set[int]:
        """Return those of the accounts' keys that the reader may see. One query, or none."""
        if self.whole or not among:
            return among
        seen = self.among(Account.objects.filter(pk__in=among))
        return set(seen.values_list("pk", flat=True))

    def reference(self, source: str, reference: str) -> str:
        """Return the reference, or "" where somebody else booked it."""
        own = self.whole or source == self.source or source.startswith(f"{self.source}:")
        return reference if own else ""


EVERYTHING: Final = Sight(accounts=_all, source="")
