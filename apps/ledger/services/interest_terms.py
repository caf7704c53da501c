"""Interest schedules are made, changed from a day on, and put on accounts."""

from datetime import date, datetime
from typing import Final

from django.db import transaction

from apps.platform import db
from apps.platform.actors import Actor
from apps.platform.audit import public as audit

from .. import rules, selectors
from ..errors import MalformedSchedule, ScheduleExists, ScheduleNotFound, TermsInUse
from ..events import AccountId, InterestTerms, NewInterestSchedule
from ..models import (
    Account,
    InterestAccrual,
    InterestAssignment,
    InterestSchedule,
    InterestTier,
    InterestVersion,
)

_LOCK: Final = "SELECT pg_advisory_xact_lock(ledger_interest_lock())"


@transaction.atomic
def create_interest_schedule(*, actor: Actor, now: datetime, schedule: NewInterestSchedule) -> None:
    """Make a schedule with its first terms.

    Raises MalformedSchedule (terms, or an account of another kind or currency), AccountNotFound, or
    ScheduleExists.
    """
    rules.check_interest_schedule(schedule)
    db.rows(sql=_LOCK)
    if InterestSchedule.objects.filter(code=schedule.code).exists():
        raise ScheduleExists(f"the code {schedule.code} is taken")
    books, currency = schedule.books, schedule.currency
    made = InterestSchedule.objects.create(
        code=schedule.code,
        name=schedule.name,
        currency=currency,
        day_count=schedule.day_count,
        capitalises=schedule.capitalises,
        expense_account=selectors.booked_to(
            account_id=books.expense_id, kind="expense", currency=currency
        ),
        payable_account=_bears_none(
            selectors.booked_to(account_id=books.payable_id, kind="liability", currency=currency)
        ),
        income_account=selectors.booked_to(
            account_id=books.income_id, kind="income", currency=currency
        ),
        receivable_account=_bears_none(
            selectors.booked_to(account_id=books.receivable_id, kind="asset", currency=currency)
        ),
        recorded_at=now,
    )
    _add(now=now, schedule=made, terms=schedule.terms)
    _record(actor, now, schedule.code, terms=schedule.terms)


@transaction.atomic
def change_interest_terms(*, actor: Actor, now: datetime, code: str, terms: InterestTerms) -> None:
    """Give a schedule other terms from a day on; what accrued before stays as it is.

    Raises ScheduleNotFound, MalformedSchedule, ScheduleExists (it has terms from that day on), or
    TermsInUse (a day of which interest has accrued would change).
    """
    rules.check_terms(terms)
    db.rows(sql=_LOCK)
    schedule = selectors.interest_schedule(code=code)
    if schedule.versions.filter(effective_on=terms.effective_on).exists():
        raise ScheduleExists(f"{code} has terms from {terms.effective_on} on")
    accrued = InterestAccrual.objects.filter(version__schedule=schedule)
    if accrued.filter(day__gte=terms.effective_on).exists():
        raise TermsInUse(f"by {code}, interest has accrued beyond {terms.effective_on}")
    _add(now=now, schedule=schedule, terms=terms)
    _record(actor, now, code, terms=terms)


@transaction.atomic
def assign_interest(
    *, actor: Actor, now: datetime, account_id: AccountId, code: str | None, effective_on: date
) -> None:
    """Put a schedule on an account from a day on, or none (code None).

    Safe to repeat. Raises AccountNotFound, ScheduleNotFound (none that is in force on that day),
    MalformedSchedule (an account that cannot bear it), ScheduleExists (another one from that day
    on), or TermsInUse.
    """
    db.rows(sql=_LOCK)
    account = selectors.row(account_id=account_id)
    schedule = None if code is None else _in_force(code, effective_on)
    if schedule is not None:
        _check_bearer(account, schedule)
    same_day = InterestAssignment.objects.filter(account=account, effective_on=effective_on)
    if (there := same_day.first()) is not None:
        if there.schedule_id == (None if schedule is None else schedule.pk):
            return
        raise ScheduleExists(f"the account has another schedule from {effective_on} on")
    if InterestAccrual.objects.filter(account=account, day__gte=effective_on).exists():
        raise TermsInUse(f"the account's interest has accrued beyond {effective_on}")
    InterestAssignment.objects.create(
        account=account, schedule=schedule, effective_on=effective_on, recorded_at=now
    )
    audit.record(
        actor=actor,
        now=now,
        action="ledger.interest.assign",
        subject=f"account:{account_id}",
        detail={"schedule": code, "from": effective_on.isoformat()},
    )


def _bears_none(account: Account) -> Account:
    if InterestAssignment.objects.filter(account=account).exists():
        raise MalformedSchedule(f"{account.code} bears interest itself")
    return account


def _in_force(code: str, day: date) -> InterestSchedule:
    schedule = selectors.interest_schedule(code=code)
    if not schedule.versions.filter(effective_on__lte=day).exists():
        raise ScheduleNotFound(f"{code} has no terms on {day}")
    return schedule


def _check_bearer(account: Account, schedule: InterestSchedule) -> None:
    if account.currency != schedule.currency:
        raise MalformedSchedule(f"{schedule.code} is for {schedule.currency}")
    is_plain = account.mode == "plain" and account.slot_of_id is None
    if account.kind not in {"asset", "liability"} or not is_plain:
        raise MalformedSchedule("an asset or a liability bears interest, in one plain account")
    booked = InterestSchedule.objects
    if (
        booked.filter(payable_account=account).exists()
        or booked.filter(receivable_account=account).exists()
    ):
        raise MalformedSchedule("accrued interest bears none")


def _add(*, now: datetime, schedule: InterestSchedule, terms: InterestTerms) -> None:
    version = InterestVersion.objects.create(
        schedule=schedule,
        effective_on=terms.effective_on,
        tiering=terms.tiering,
        minimum_minor=terms.minimum_minor,
        recorded_at=now,
    )
    InterestTier.objects.bulk_create(
        InterestTier(version=version, side=side, from_minor=tier.from_minor, rate=tier.rate)
        for side, tiers in (("credit", terms.credit), ("debit", terms.debit))
        for tier in tiers
    )


def _record(actor: Actor, now: datetime, code: str, *, terms: InterestTerms) -> None:
    audit.record(
        actor=actor,
        now=now,
        action="ledger.interest.terms",
        subject=f"interest-schedule:{code}",
        detail={"from": terms.effective_on.isoformat()},
    )
