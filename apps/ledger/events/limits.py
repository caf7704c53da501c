"""Limits: how much may leave an account, or come in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NewType
from uuid import UUID

from .ids import AccountId

LimitId = NewType("LimitId", UUID)
LimitDirection = Literal["out", "in"]
LimitPeriod = Literal["transaction", "days", "month"]
LimitScope = Literal["all", "each", "one"]
LimitMeasure = Literal["amount", "count"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLimit:
    """How much may leave an account ("out") or come in, and from when until when.

    `maximum` is in minor units, or counts transactions; None: no limit for that time. `period`: in
    one transaction, in the last so many `days` (UTC, the day of booking counts as one), or in a
    calendar month. `scope`: all counterparties together, each on its own, or `counterparty_id`.
    An account has one limit of each shape: setting it anew, its time or its maximum change.
    `effective_from` None: now. `limit_id` is taken where the account has none of this shape.
    """

    limit_id: LimitId
    account_id: AccountId
    maximum: int | None
    direction: LimitDirection = "out"
    period: LimitPeriod = "days"
    days: int = 1
    scope: LimitScope = "all"
    counterparty_id: AccountId | None = None
    measure: LimitMeasure = "amount"
    effective_from: datetime | None = None
    effective_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitView:
    """A limit as it stands at a moment, or as it will: then nothing is used of it yet (None).

    `used` counts the window that ends on that day; where each counterparty has a limit of its own,
    it is what the one has used that has used most. `left` is what remains of `maximum`.
    """

    limit_id: LimitId
    account_id: AccountId
    direction: LimitDirection
    period: LimitPeriod
    days: int
    scope: LimitScope
    counterparty_id: AccountId | None
    measure: LimitMeasure
    maximum: int | None
    effective_from: datetime
    effective_until: datetime | None
    in_force: bool
    used: int | None
    left: int | None
