"""What an account would be after postings that are not booked yet: as the engine will count."""

from dataclasses import dataclass
from uuid import UUID

from apps.platform.money import MINOR_MAX

from ..events import AccountKind, AccountStatus


@dataclass(slots=True, kw_only=True)
class Standing:
    """An account on its way through postings; `posted_minor` moves with them."""

    account_id: UUID
    kind: AccountKind
    currency: str
    status: AccountStatus
    floor_minor: int | None
    ceiling_minor: int | None
    held_minor: int
    posted_minor: int

    def move(self, change: int) -> str:
        """Raise the balance by `change` (minor units, normal side); return what the engine says.

        Empty when it books it, else the code of its refusal.
        """
        self.posted_minor += change
        lowered = change < 0
        if self.status in {"closed", "frozen"} or (self.status == "frozen_debit" and lowered):
            return "account-closed" if self.status == "closed" else "account-frozen"
        if abs(self.posted_minor) > MINOR_MAX:
            return "balance-overflow"
        floor, ceiling = self.floor_minor, self.ceiling_minor
        if lowered and floor is not None and self.posted_minor - self.held_minor < floor:
            return "insufficient-funds"
        if not lowered and ceiling is not None and self.posted_minor > ceiling:
            return "above-ceiling"
        return ""
