"""Reports of the books: amounts in minor units, each account on the normal side of its kind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from .ids import AccountId, AccountKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """An account that others stand below in the chart."""

    account_id: AccountId
    row_id: int
    code: str
    name: str
    kind: AccountKind
    parent_id: AccountId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """An account in the tree: what stands on itself, and with all below it; `depth` from 0."""

    row_id: int
    code: str
    name: str
    depth: int
    own_minor: int
    total_minor: int
    heads: bool  # others stand below it


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The accounts of one kind, each heading before what stands below it."""

    kind: AccountKind
    lines: tuple[ReportLine, ...]
    total_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceSheet:
    """What is owned, and whose it is. `result_minor`: income less expense, not yet moved to equity.

    `difference_minor` is what rates and rounding leave between the sides of translated books; in
    their own currency it is 0.
    """

    currency: str
    assets: Section
    liabilities: Section
    equity: Section
    result_minor: int
    difference_minor: int

    @property
    def claims_minor(self) -> int:
        """What stands against the assets: the same sum."""
        owed = self.liabilities.total_minor + self.equity.total_minor
        return owed + self.result_minor + self.difference_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomeStatement:
    """What was earned and spent; closing entries are left out."""

    currency: str
    income: Section
    expense: Section

    @property
    def result_minor(self) -> int:
        """Income less expense: negative, a loss."""
        return self.income.total_minor - self.expense.total_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What one unit of a currency is worth in units of `currency`, exactly.

    `closing` is for what stands at the end. Where it names the currency, `average` is for income
    and expense and `historical` for equity (IAS 21, 39; the difference is shown, not hidden).
    """

    currency: str
    closing: Mapping[str, Fraction]
    average: Mapping[str, Fraction] = field(default_factory=dict)
    historical: Mapping[str, Fraction] = field(default_factory=dict)
