"""Reports of the whole books as of any date, from roll-ups and what they have not added up yet."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, cast

from django.db.models import Exists, OuterRef

from apps.platform import db

from .. import rules
from ..events import (
    AccountId,
    AccountKind,
    BalanceSheet,
    Heading,
    IncomeStatement,
    Rates,
    TrialBalanceLine,
)
from ..models import Account

_TURNOVERS: Final = db.load_sql(package="apps.ledger", name="turnovers.sql")
_NEXT: Final = timedelta(microseconds=1)  # PostgreSQL knows no moment in between


def trial_balance(
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    kinds: Sequence[AccountKind] | None = None,
) -> list[TrialBalanceLine]:
    """Return every account that has moved, by currency and code, in its column. One query.

    It counts what took effect by `as_of`, as it was known by `known_at` (None: no bound), of
    accounts of those kinds (None: all). Slots are added up in the account that they belong to.
    """
    if as_of is None and known_at is None:
        return _standing(kinds)
    return _moved(since=None, until=as_of, known_at=known_at, kinds=kinds)


def balance_sheets(
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
    rates: Rates | None = None,
) -> list[BalanceSheet]:
    """Return the balance sheet of each currency; with `rates`, one of all that is translated.

    Two queries. Raises ReportRateMissing.
    """
    lines = trial_balance(as_of=as_of, known_at=known_at)
    if rates is not None:
        lines = rules.translated(lines, rates=rates)
    return rules.balance_sheets(lines, headings=_headings())


def income_statements(
    *,
    since: datetime,
    until: datetime,
    known_at: datetime | None = None,
    rates: Rates | None = None,
) -> list[IncomeStatement]:
    """Return what was earned and spent from `since` to `until`, both included, by currency.

    Closing entries are left out. With `rates`, one of all that is translated. Two queries. Raises
    ReportRateMissing.
    """
    lines = _moved(since=since, until=until, known_at=known_at, kinds=("income", "expense"))
    if rates is not None:
        lines = rules.translated(lines, rates=rates)
    return rules.income_statements(lines, headings=_headings())


def currencies() -> list[str]:
    """Return the currencies of all accounts, by code. One query."""
    return sorted(Account.objects.order_by().values_list("currency", flat=True).distinct())


def _moved(
    *,
    since: datetime | None,
    until: datetime | None,
    known_at: datetime | None,
    kinds: Sequence[AccountKind] | None,
) -> list[TrialBalanceLine]:
    """Return what moved; a span (`since`) is of results, and leaves their closing out."""
    params = {
        "since": since,
        "before": _after(until),
        "known_before": _after(known_at),
        "kinds": None if kinds is None else list(kinds),
        "closings": since is None,
    }
    found = []
    for *named, debit, credit in db.rows(sql=_TURNOVERS, params=params):
        account_id, code, name, kind, currency, parent_id, row_id = named
        on_debit, on_credit = rules.in_columns(
            kind=kind,
            posted_minor=rules.on_normal_side(kind=kind, debit=int(debit), credit=int(credit)),
        )
        found.append(
            TrialBalanceLine(
                account_id=AccountId(account_id),
                row_id=row_id,
                code=code,
                name=name,
                kind=kind,
                currency=currency,
                parent_id=None if parent_id is None else AccountId(parent_id),
                debit_minor=on_debit,
                credit_minor=on_credit,
            )
        )
    return found


def _after(moment: datetime | None) -> datetime | None:
    """Return the moment that follows; None, no bound, where there is none."""
    try:
        return None if moment is None else moment + _NEXT
    except OverflowError:
        return None


def _standing(kinds: Sequence[AccountKind] | None) -> list[TrialBalanceLine]:
    """Return what stands now, from the accounts' own balances."""
    moved = Account.objects.filter(version__gt=0).select_related("parent", "slot_of__parent")
    if kinds is not None:
        moved = moved.filter(kind__in=kinds)
    accounts: dict[int, Account] = {}
    posted: dict[int, int] = defaultdict(int)
    for row in moved:
        account = row.slot_of or row
        accounts[account.pk] = account
        posted[account.pk] += row.posted_minor
    ordered = sorted(accounts.values(), key=lambda account: (account.currency, account.code))
    return [_standing_line(account, posted[account.pk]) for account in ordered]


def _standing_line(account: Account, posted_minor: int) -> TrialBalanceLine:
    kind = cast("AccountKind", account.kind)
    debit, credit = rules.in_columns(kind=kind, posted_minor=posted_minor)
    return TrialBalanceLine(
        account_id=AccountId(account.public_id),
        row_id=account.pk,
        code=account.code,
        name=account.name,
        kind=kind,
        currency=account.currency,
        parent_id=None if account.parent is None else AccountId(account.parent.public_id),
        debit_minor=debit,
        credit_minor=credit,
    )


def _headings() -> list[Heading]:
    """Return the accounts that others stand below. One query."""
    below = Account.objects.filter(parent=OuterRef("pk"))
    found = Account.objects.filter(Exists(below)).select_related("parent").order_by("pk")
    return [
        Heading(
            account_id=AccountId(row.public_id),
            row_id=row.pk,
            code=row.code,
            name=row.name,
            kind=cast("AccountKind", row.kind),
            parent_id=None if row.parent is None else AccountId(row.parent.public_id),
        )
        for row in found
    ]
