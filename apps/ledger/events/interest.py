"""Interest: schedules, on which accounts they are, and what has accrued."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from .ids import AccountId

DayCount = Literal["ACT/365F", "ACT/360", "ACT/ACT ISDA", "30/360", "30E/360"]
Tiering = Literal["marginal", "whole"]
Capitalises = Literal["monthly", "quarterly", "yearly", "at_end"]


@dataclass(frozen=True, slots=True)
class Tier:
    """From which size of a balance (minor units) which yearly rate counts: 0.025 is 2.5 %."""

    from_minor: int
    rate: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestTerms:
    """What a schedule says from `effective_on` on.

    `credit` are the rates that a holder is paid, `debit` those that a holder who owes is charged.
    "marginal": each tier's rate is for the slice of the balance above it, up to the next tier;
    "whole": the rate of the tier that the balance reaches is for all of it. A credit balance below
    `minimum_minor` earns nothing.
    """

    effective_on: date
    credit: tuple[Tier, ...] = ()
    debit: tuple[Tier, ...] = ()
    tiering: Tiering = "marginal"
    minimum_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestBooks:
    """Where a schedule books, all in its currency.

    As interest accrues, what is paid goes from the expense to the payable account, and what is
    charged from the receivable to the income account; capitalisation moves it on to the holder's.
    """

    expense_id: AccountId
    payable_id: AccountId
    income_id: AccountId
    receivable_id: AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInterestSchedule:
    """A schedule to be made, with its first terms."""

    code: str
    name: str
    currency: str
    day_count: DayCount
    capitalises: Capitalises
    books: InterestBooks
    terms: InterestTerms


@dataclass(frozen=True, slots=True)
class InterestRefusal:
    """An account whose interest could not be booked, and the code of why."""

    account_id: AccountId
    code: str


@dataclass(frozen=True, slots=True)
class InterestRun:
    """What a run did: days accrued for the first time, days corrected, amounts capitalised.

    `refused`: accounts that wait for the next run; of a frozen one the capitalisation alone waits.
    """

    accrued: int = 0
    corrected: int = 0
    capitalised: int = 0
    refused: tuple[InterestRefusal, ...] = ()

    def __add__(self, other: "InterestRun") -> "InterestRun":
        """Return both together."""
        return InterestRun(
            self.accrued + other.accrued,
            self.corrected + other.corrected,
            self.capitalised + other.capitalised,
            self.refused + other.refused,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestView:
    """What has accrued on an account up to the end of `through`, in minor units.

    `*_minor` is what is booked, accrued and not yet capitalised; `*_carried` is the exact part of
    a minor unit that is carried on, as a fraction below 1 ("13/90").
    """

    account_id: AccountId
    currency: str
    schedule: str | None
    through: date | None
    paid_minor: int
    paid_carried: str
    charged_minor: int
    charged_carried: str
