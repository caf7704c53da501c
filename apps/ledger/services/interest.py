"""Interest accrues day by day, is corrected when a day turns out otherwise, and is capitalised."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from apps.platform import db
from apps.platform.actors import Actor
from apps.platform.audit import public as audit
from apps.platform.problems import Problem

from .. import rules, selectors
from ..errors import DayNotOver
from ..events import AccountId, InterestRefusal, InterestRun
from ..models import Books
from .interest_rows import write

_LOCK: Final = "SELECT pg_advisory_xact_lock(ledger_interest_lock())"
_AT_ONCE: Final = 200  # accounts in one transaction,
_DAYS: Final = 1000  # unless they have more days than this to walk over
_TRIES: Final = 5
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """What a run shall do."""

    actor: Actor
    now: datetime
    through: date
    capitalise: bool = True
    close: bool = False  # capitalise what has accrued, whatever the schedule says


def accrue_interest(*, actor: Actor, now: datetime, through: date) -> InterestRun:
    """Accrue the interest of every account up to the end of `through`, and capitalise what is due.

    Days that were accrued on a balance which has changed since are corrected, and the difference is
    booked: then, or at present where the books are closed then. Some accounts at a time, so that a
    run that is stopped is finished by the next; a run that finds nothing new books nothing. An
    account that cannot be booked is left out, and told. Raises DayNotOver.
    """
    job, after, done = _job(actor, now, through), 0, InterestRun()
    while accounts := selectors.interest_accounts(after=after, limit=_AT_ONCE):
        done += _settle(job, accounts)
        after = accounts[-1]
    if done != InterestRun():
        audit.record(
            actor=actor,
            now=now,
            action="ledger.interest.accrue",
            subject="ledger",
            detail={
                "through": through.isoformat(),
                "accrued": done.accrued,
                "corrected": done.corrected,
                "capitalised": done.capitalised,
                "refused": len(done.refused),
            },
        )
    return done


def capitalise_interest(
    *, actor: Actor, now: datetime, account_id: AccountId, through: date
) -> InterestRun:
    """Accrue the interest of an account up to the end of `through`, and move it on to the account.

    For an account that is closed before its schedule says so. Safe to repeat. Raises DayNotOver,
    AccountNotFound, or what posting raises.
    """
    job = replace(_job(actor, now, through), close=True)
    left, done = [selectors.row(account_id=account_id).pk], InterestRun()
    for _ in range(_TRIES):
        if left:
            with transaction.atomic():
                found, left = _book(job, left)
            done += found
    return done


def _job(actor: Actor, now: datetime, through: date) -> _Job:
    if rules.after(through) > now:
        raise DayNotOver(f"{through} is not over")
    return _Job(actor=actor, now=now, through=through)


def _settle(job: _Job, accounts: list[int]) -> InterestRun:
    """Book the accounts together; when one is refused, each half, and so on down to that one."""
    done, idle = InterestRun(), 0
    while accounts and idle < _TRIES:
        try:
            with transaction.atomic():
                found, left = _book(job, accounts)
        except Problem as problem:
            return done + _without(job, accounts, problem)
        idle = idle + 1 if len(left) == len(accounts) else 0
        done, accounts = done + found, left
    return done


def _without(job: _Job, accounts: list[int], problem: Problem) -> InterestRun:
    if len(accounts) > 1:
        half = len(accounts) // 2
        return _settle(job, accounts[:half]) + _settle(job, accounts[half:])
    if job.capitalise:
        found = _settle(replace(job, capitalise=False), accounts)
        if found.refused:
            return found
    else:
        found = InterestRun()
    refused = selectors.interest_due(accounts=accounts)[0].account_id
    return found + InterestRun(refused=(InterestRefusal(refused, problem.slug),))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """What is known of an account."""

    due: selectors.Due
    terms: tuple[rules.Term, ...]
    capitalised: Mapping[date, rules.Capitalised]


def _book(job: _Job, accounts: list[int]) -> tuple[InterestRun, list[int]]:
    """Book what is due of as many of the accounts as are not too many; return those that are left.

    An account that moves while its days are being read is left, too.
    """
    db.rows(sql=_LOCK)
    terms = selectors.interest_terms(accounts=accounts)
    capitalised = selectors.interest_capitalised(accounts=accounts)
    spans: dict[int, tuple[date, date]] = {}
    cases: dict[int, _Case] = {}
    left: list[int] = []
    total = 0
    for due in selectors.interest_due(accounts=accounts):
        case = _Case(due=due, terms=terms[due.pk], capitalised=capitalised.get(due.pk, {}))
        if (span := _span(job, case)) is None:
            continue
        total += (span[1] - span[0]).days + 1
        if spans and total > _DAYS:
            left.append(due.pk)
        else:
            spans[due.pk], cases[due.pk] = span, case
    if not spans:
        return InterestRun(), left
    courses, moving = _courses(job, cases, spans=spans)
    known = [(cases[pk].due, course) for pk, course in courses.items()]
    return write(actor=job.actor, now=job.now, courses=known), left + moving


def _span(job: _Job, case: _Case) -> tuple[date, date] | None:
    if not case.terms:
        return None
    due, stale = case.due, [case.due.changed]
    if job.capitalise:
        last = max(case.capitalised, default=None)
        stale += [due.uncounted]
        stale += [rules.waiting(terms=case.terms, capitalised=last, reached=due.reached)]
    found = rules.span(
        terms=case.terms,
        through=job.through,
        reached=due.reached,
        stale_from=min((day for day in stale if day is not None), default=None),
    )
    if found is None and job.close and due.reached is not None:
        return due.reached, due.reached
    return found


def _courses(
    job: _Job, cases: Mapping[int, _Case], *, spans: Mapping[int, tuple[date, date]]
) -> tuple[dict[int, rules.Course], list[int]]:
    """Return the walk of each account, and the accounts that have moved since they were read."""
    moves = selectors.interest_moves(spans=spans)
    written = selectors.interest_written(firsts={pk: first for pk, (first, _) in spans.items()})
    closed_before = Books.objects.values_list("closed_before", flat=True).first()
    courses, moving = {}, []
    for pk, (first, last) in spans.items():
        due, (version, moved), ours = cases[pk].due, moves[pk], written.get(pk, {})
        if version != due.version:
            moving.append(pk)
            continue
        courses[pk] = rules.Course(
            first=first,
            last=last,
            opening_minor=moved[first - _DAY],
            moved=moved,
            terms=cases[pk].terms,
            written=ours,
            paid=due.paid - sum(one.paid for one in ours.values()),
            charged=due.charged - sum(one.charged for one in ours.values()),
            capitalised=cases[pk].capitalised,
            close_on=last if job.close else None,
            uncounted=due.uncounted is not None,
            capitalise=job.capitalise,
            closed_before=closed_before,
        )
    return courses, moving
