"""Interest: what is due on accounts, and what has accrued."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final, cast

from django.db.models import Max, Sum

from apps.platform import db

from .. import rules
from ..errors import MalformedSchedule, ScheduleNotFound
from ..events import (
    AccountId,
    AccountKind,
    Capitalises,
    DayCount,
    InterestBooks,
    InterestTerms,
    InterestView,
    Tier,
    Tiering,
)
from ..models import (
    Account,
    InterestAccrual,
    InterestAssignment,
    InterestCapital,
    InterestSchedule,
    InterestVersion,
)
from .books import row

_DUE: Final = db.load_sql(package="apps.ledger", name="interest_due.sql")
_MOVES: Final = db.load_sql(package="apps.ledger", name="interest_moves.sql")
_WRITTEN: Final = db.load_sql(package="apps.ledger", name="interest_written.sql")
_BOOKED: Final = ("expense_account", "payable_account", "income_account", "receivable_account")


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is known of an account's interest: its last row (number, totals in grains, last day).

    `changed` and `uncounted`: from which day on it does not hold any more; see interest_due.sql.
    """

    pk: int
    account_id: AccountId
    version: int
    number: int
    paid: int
    charged: int
    reached: date | None
    changed: date | None
    uncounted: date | None


def interest_accounts(*, after: int, limit: int) -> list[int]:
    """Return the next accounts that have, or had, a schedule, by key. One query."""
    found = InterestAssignment.objects.filter(account_id__gt=after).order_by("account_id")
    return list(found.values_list("account_id", flat=True).distinct()[:limit])


def interest_due(*, accounts: Sequence[int]) -> list[Due]:
    """Return what is known of the interest of those accounts, by key. One query."""
    return [
        Due(
            pk=pk,
            account_id=AccountId(public_id),
            version=version,
            number=number,
            paid=int(paid),
            charged=int(charged),
            reached=reached,
            changed=changed,
            uncounted=uncounted,
        )
        for pk, public_id, version, number, paid, charged, reached, changed, uncounted in db.rows(
            sql=_DUE, params={"accounts": list(accounts)}
        )
    ]


def interest_terms(*, accounts: Sequence[int]) -> dict[int, tuple[rules.Term, ...]]:
    """Return the schedules of each account, oldest first. Four queries, however many accounts."""
    assignments: dict[int, list[InterestAssignment]] = defaultdict(list)
    found = InterestAssignment.objects.filter(account_id__in=accounts)
    for one in found.order_by("account_id", "effective_on"):
        assignments[one.account_id].append(one)
    keys = {one.schedule_id for ones in assignments.values() for one in ones if one.schedule_id}
    schedules = InterestSchedule.objects.prefetch_related(*_BOOKED).in_bulk(keys)
    versions: dict[int, list[tuple[int, InterestTerms]]] = defaultdict(list)
    dated = InterestVersion.objects.filter(schedule_id__in=keys).prefetch_related("tiers")
    for version in dated.order_by("schedule_id", "effective_on"):
        versions[version.schedule_id].append((version.pk, terms_of(row=version)))
    return {
        account: tuple(
            _term(
                one,
                following,
                schedule=schedules[one.schedule_id],
                versions=versions[one.schedule_id],
            )
            for one, following in zip(ones, [*ones[1:], None], strict=True)
            if one.schedule_id is not None
        )
        for account, ones in assignments.items()
    }


def interest_moves(
    *, spans: Mapping[int, tuple[date, date]]
) -> dict[int, tuple[int, dict[date, int]]]:
    """Return of each account its version, and what each of its days adds to it (credit side).

    The day before the first one stands for the balance at its end. One query.
    """
    params = {
        "accounts": list(spans),
        "firsts": [first for first, _ in spans.values()],
        "lasts": [last for _, last in spans.values()],
    }
    found: dict[int, tuple[int, dict[date, int]]] = {}
    for account, day, minor, version in db.rows(sql=_MOVES, params=params):
        found.setdefault(account, (version, {}))[1][day] = minor
    return found


def interest_written(*, firsts: Mapping[int, date]) -> dict[int, dict[date, rules.Written]]:
    """Return what was accrued of each account's days from its first one on. One query."""
    params = {"accounts": list(firsts), "firsts": list(firsts.values())}
    found: dict[int, dict[date, rules.Written]] = defaultdict(dict)
    for account, day, base, paid, charged, revision in db.rows(sql=_WRITTEN, params=params):
        found[account][day] = rules.Written(
            base_minor=base, paid=int(paid), charged=int(charged), revision=revision
        )
    return found


def interest_capitalised(*, accounts: Sequence[int]) -> dict[int, dict[date, rules.Capitalised]]:
    """Return what was capitalised of each account at the end of each day. One query."""
    summed = (
        InterestCapital.objects.filter(account_id__in=accounts)
        .values_list("account_id", "day")
        .annotate(Sum("paid_minor"), Sum("charged_minor"), Max("revision"))
    )
    found: dict[int, dict[date, rules.Capitalised]] = defaultdict(dict)
    for account, day, paid, charged, revision in summed:
        found[account][day] = rules.Capitalised(
            paid_minor=int(paid), charged_minor=int(charged), revision=revision
        )
    return found


def booked_to(*, account_id: AccountId, kind: AccountKind, currency: str) -> Account:
    """Return the row of an account that a schedule books to.

    Raises AccountNotFound, or MalformedSchedule where it is of another kind or currency.
    """
    account = row(account_id=account_id)
    if (account.kind, account.currency) != (kind, currency):
        raise MalformedSchedule(f"{account.code} is no {kind} account in {currency}")
    return account


def interest_schedule(*, code: str) -> InterestSchedule:
    """Return the schedule's row. Raises ScheduleNotFound."""
    if (found := InterestSchedule.objects.filter(code=code).first()) is None:
        raise ScheduleNotFound(f"no interest schedule has the code {code}")
    return found


def interest(*, account_id: AccountId) -> InterestView:
    """Return what has accrued on an account and is not capitalised. Raises AccountNotFound."""
    account = row(account_id=account_id)
    accruals = InterestAccrual.objects.filter(account=account)
    last = accruals.order_by("-number").first()
    moved = InterestCapital.objects.filter(account=account).aggregate(
        paid=Sum("paid_minor"), charged=Sum("charged_minor")
    )
    newest = InterestAssignment.objects.filter(account=account).select_related("schedule")
    on = newest.order_by("-effective_on").first()
    paid, charged = (int(last.paid_total), int(last.charged_total)) if last else (0, 0)
    return InterestView(
        account_id=account_id,
        currency=account.currency,
        schedule=on.schedule.code if on is not None and on.schedule is not None else None,
        through=accruals.aggregate(day=Max("day"))["day"],
        paid_minor=paid // rules.GRAINS - int(moved["paid"] or 0),
        paid_carried=str(Fraction(paid % rules.GRAINS, rules.GRAINS)),
        charged_minor=charged // rules.GRAINS - int(moved["charged"] or 0),
        charged_carried=str(Fraction(charged % rules.GRAINS, rules.GRAINS)),
    )


def terms_of(*, row: InterestVersion) -> InterestTerms:
    """Return what a version says; its tiers are fetched along where they were asked for."""
    tiers = sorted(row.tiers.all(), key=lambda tier: tier.from_minor)
    return InterestTerms(
        effective_on=row.effective_on,
        credit=tuple(Tier(one.from_minor, one.rate) for one in tiers if one.side == "credit"),
        debit=tuple(Tier(one.from_minor, one.rate) for one in tiers if one.side == "debit"),
        tiering=cast("Tiering", row.tiering),
        minimum_minor=row.minimum_minor,
    )


def _term(
    one: InterestAssignment,
    following: InterestAssignment | None,
    *,
    schedule: InterestSchedule,
    versions: Sequence[tuple[int, InterestTerms]],
) -> rules.Term:
    return rules.Term(
        key=one.pk,
        begins_on=one.effective_on,
        ends_on=None if following is None else following.effective_on,
        day_count=cast("DayCount", schedule.day_count),
        capitalises=cast("Capitalises", schedule.capitalises),
        versions=tuple(versions),
        currency=schedule.currency,
        books=InterestBooks(
            expense_id=AccountId(schedule.expense_account.public_id),
            payable_id=AccountId(schedule.payable_account.public_id),
            income_id=AccountId(schedule.income_account.public_id),
            receivable_id=AccountId(schedule.receivable_account.public_id),
        ),
    )
