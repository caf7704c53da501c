"""Periods of the books, for whoever closes or reads them."""

from dataclasses import dataclass
from datetime import date, datetime

from apps.platform.actors import Actor

from .balances import TrialBalanceLine
from .ids import TransactionId


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPeriod:
    """A span of days (UTC) to come after the last one, both ends included."""

    name: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopeningView:
    """A request to undo a closing; `agreed_by` and `agreed_at` None: nobody has agreed."""

    request_id: int
    reason: str
    asked_by: Actor
    asked_at: datetime
    agreed_by: Actor | None
    agreed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingView:
    """A closing with the journals that it booked, and the requests to undo it."""

    reason: str
    closed_by: Actor
    closed_at: datetime
    journals: tuple[TransactionId, ...]
    reopenings: tuple[ReopeningView, ...]

    @property
    def undone(self) -> bool:
        """Whether two people opened the period again."""
        return any(one.agreed_at is not None for one in self.reopenings)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodView:
    """A period with its closings, the first one first."""

    number: int
    name: str
    starts_on: date
    ends_on: date
    closings: tuple[ClosingView, ...]

    @property
    def standing(self) -> ClosingView | None:
        """The closing that holds it closed; None: it is open."""
        return next((one for one in self.closings if not one.undone), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultView:
    """What a closing would move to equity in one currency, in minor units; negative: a loss."""

    currency: str
    lines: tuple[TrialBalanceLine, ...]
    result_minor: int
