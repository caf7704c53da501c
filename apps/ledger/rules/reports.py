"""How balances make a report: by kind and tree, and translated into one currency."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from apps.platform.money import exponent

from ..errors import ReportRateMissing
from ..events import (
    AccountId,
    AccountKind,
    BalanceSheet,
    Heading,
    IncomeStatement,
    Rates,
    ReportLine,
    Section,
    TrialBalanceLine,
)
from .balances import on_normal_side

_Headings = Mapping[AccountId, Heading]


def balance_sheets(
    lines: Sequence[TrialBalanceLine], *, headings: Iterable[Heading]
) -> list[BalanceSheet]:
    """Return the balance sheet of each currency that the lines have, by currency."""
    found = []
    by_id = {heading.account_id: heading for heading in headings}
    for currency, own in _by_currency(lines):
        assets, liabilities, equity = (
            _section(own, kind=kind, headings=by_id) for kind in ("asset", "liability", "equity")
        )
        result = _total(own, kind="income") - _total(own, kind="expense")
        claims = liabilities.total_minor + equity.total_minor + result
        found.append(
            BalanceSheet(
                currency=currency,
                assets=assets,
                liabilities=liabilities,
                equity=equity,
                result_minor=result,
                difference_minor=assets.total_minor - claims,
            )
        )
    return found


def income_statements(
    lines: Sequence[TrialBalanceLine], *, headings: Iterable[Heading]
) -> list[IncomeStatement]:
    """Return the income statement of each currency that the lines have, by currency."""
    by_id = {heading.account_id: heading for heading in headings}
    return [
        IncomeStatement(
            currency=currency,
            income=_section(own, kind="income", headings=by_id),
            expense=_section(own, kind="expense", headings=by_id),
        )
        for currency, own in _by_currency(lines)
    ]


def translated(lines: Sequence[TrialBalanceLine], *, rates: Rates) -> list[TrialBalanceLine]:
    """Return the lines in the currency of `rates`, each rounded half to even on its own.

    Raises ReportRateMissing.
    """
    return [
        replace(
            line,
            currency=rates.currency,
            debit_minor=_convert(line.debit_minor, line=line, rates=rates),
            credit_minor=_convert(line.credit_minor, line=line, rates=rates),
        )
        for line in lines
    ]


def _convert(minor: int, *, line: TrialBalanceLine, rates: Rates) -> int:
    scale = Fraction(10) ** (exponent(rates.currency) - exponent(line.currency))
    return round(minor * _rate(line, rates) * scale)


def _rate(line: TrialBalanceLine, rates: Rates) -> Fraction:
    if line.currency == rates.currency:
        return Fraction(1)
    special: Mapping[str, Fraction] = {}
    if line.kind in {"income", "expense"}:
        special = rates.average
    elif line.kind == "equity":
        special = rates.historical
    rate = special.get(line.currency) or rates.closing.get(line.currency)
    if rate is None or rate <= 0:
        raise ReportRateMissing(f"no rate says what {line.currency} is in {rates.currency}")
    return rate


def _by_currency(
    lines: Sequence[TrialBalanceLine],
) -> list[tuple[str, list[TrialBalanceLine]]]:
    found: dict[str, list[TrialBalanceLine]] = {}
    for line in lines:
        found.setdefault(line.currency, []).append(line)
    return sorted(found.items())


def _minor(line: TrialBalanceLine) -> int:
    return on_normal_side(kind=line.kind, debit=line.debit_minor, credit=line.credit_minor)


def _total(lines: Sequence[TrialBalanceLine], *, kind: AccountKind) -> int:
    return sum(_minor(line) for line in lines if line.kind == kind)


def _section(
    lines: Sequence[TrialBalanceLine], *, kind: AccountKind, headings: _Headings
) -> Section:
    """Return the accounts of a kind as a tree.

    Where the heading is of another kind, a root begins; a circle of headings loses nothing.
    """
    own = {line.account_id: _minor(line) for line in lines if line.kind == kind}
    nodes = {line.account_id: _heading(line) for line in lines if line.kind == kind}
    for account_id in own:
        above = nodes[account_id].parent_id
        while above and above in headings and above not in nodes and headings[above].kind == kind:
            nodes[above] = headings[above]
            above = headings[above].parent_id
    paths = {account_id: _path(account_id, nodes) for account_id in nodes}
    totals = dict.fromkeys(nodes, 0)
    for account_id, minor in own.items():
        for step in paths[account_id]:
            totals[step] += minor
    heads = {step for path in paths.values() for step in path[:-1]}
    order = sorted(nodes, key=lambda account_id: [nodes[step].code for step in paths[account_id]])
    return Section(
        kind=kind,
        lines=tuple(
            ReportLine(
                row_id=nodes[account_id].row_id,
                code=nodes[account_id].code,
                name=nodes[account_id].name,
                depth=len(paths[account_id]) - 1,
                own_minor=own.get(account_id, 0),
                total_minor=totals[account_id],
                heads=account_id in heads,
            )
            for account_id in order
        ),
        total_minor=sum(own.values()),
    )


def _heading(line: TrialBalanceLine) -> Heading:
    return Heading(
        account_id=line.account_id,
        row_id=line.row_id,
        code=line.code,
        name=line.name,
        kind=line.kind,
        parent_id=line.parent_id,
    )


def _path(account_id: AccountId, nodes: _Headings) -> list[AccountId]:
    """Return the ids from the root down to the account."""
    path = [account_id]
    while (above := nodes[path[-1]].parent_id) and above in nodes and above not in path:
        path.append(above)
    return path[::-1]
