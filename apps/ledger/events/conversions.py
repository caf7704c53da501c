"""Exchanges: money of one currency against money of another, at a rate that is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Literal

from apps.platform.money import Money

from .ids import AccountId, TransactionId

Rounding = Literal["half_even", "half_up", "down", "up"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """How much is bought for one unit that is sold, in major units (1.0842 USD for a EUR).

    `source` says who quoted it, `quoted_at` when.
    """

    rate: Fraction
    source: str
    quoted_at: datetime
    rounding: Rounding = "half_even"


@dataclass(frozen=True, slots=True)
class Fee:
    """What an exchange costs besides: to `account_id`, from the side that keeps its currency."""

    account_id: AccountId
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class NewExchange:
    """An account pays in one currency, another receives in a second one, at `quote`.

    `fixed` is the side that is known, the other one follows from the rate: with `fixes` "sell" it
    is what `from_account_id` pays, with "buy" what `to_account_id` receives.
    """

    transaction_id: TransactionId
    from_account_id: AccountId
    to_account_id: AccountId
    fixes: Literal["sell", "buy"]
    fixed: Money
    quote: Quote
    effective_at: datetime
    source: str
    reference: str
    fees: tuple[Fee, ...] = ()
    metadata: Mapping[str, str | int | bool | None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """What an exchange comes to. `rate` is exact: minor units bought for a minor unit sold."""

    sold: Money
    bought: Money
    rate: Fraction
    fixes: Literal["sell", "buy"]
    quote: Quote


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionView:
    """The rate that a transaction was booked at; `rate` is in major units, as it was quoted."""

    sold: Money
    bought: Money
    rate: Fraction
    fixes: Literal["sell", "buy"]
    rounding: Rounding
    source: str
    quoted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What the house's trading accounts of a currency stand at, and what that is worth.

    `open_minor` above zero: the house is long. `worth_minor` is in the currency asked for; None: no
    rate was given. All of them together are what exchanging has earned so far.
    """

    currency: str
    open_minor: int
    worth_minor: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Positions:
    """The open positions, and their sum in `base` (None: a rate is missing)."""

    base: str
    lines: tuple[Position, ...] = field(default_factory=tuple)
    gain_minor: int | None
