"""Fees: schedules, and what is charged by them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from apps.platform.money import Money

from .ids import AccountId, TransactionId
from .interest import Tiering


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeTier:
    """The fee from an amount (minor units) on: so much flat, and a rate of the amount."""

    from_minor: int = 0
    flat_minor: int = 0
    rate: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeTerms:
    """What a fee schedule says from `effective_on` on.

    A flat fee is one tier that has no rate, a percentage one that has nothing else. "whole": the
    tier that the amount reaches says the fee; "marginal": each tier reached adds its flat part, and
    its rate of the slice above it. The sum is rounded to the minor unit, half to even, and then
    kept between `min_minor` and `max_minor` (None: no bound).
    """

    effective_on: date
    tiers: tuple[FeeTier, ...]
    tiering: Tiering = "whole"
    min_minor: int | None = None
    max_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFeeSchedule:
    """A fee schedule to be made, with its first terms; fees are credited to the income account."""

    code: str
    name: str
    currency: str
    income_account_id: AccountId
    terms: FeeTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeCharge:
    """A fee on `amount` to be charged to an account, by the terms in force at `effective_at`."""

    schedule: str
    account_id: AccountId
    amount: Money
    transaction_id: TransactionId
    effective_at: datetime
    source: str
    reference: str


@dataclass(frozen=True, slots=True)
class FeeCharged:
    """What was charged; `transaction_id` None: nothing. `replayed`: it had been charged before."""

    fee: Money
    transaction_id: TransactionId | None
    replayed: bool
