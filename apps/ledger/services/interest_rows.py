"""What interest walks found becomes postings and rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from apps.platform import ids
from apps.platform.actors import Actor

from .. import rules, selectors
from ..events import InterestRun, Leg, Posting, TransactionId
from ..models import InterestAccrual, InterestCapital, Transaction
from .posting import post_many

_SOURCE: Final = "interest"
_Row = InterestAccrual | InterestCapital


@dataclass(slots=True, kw_only=True)
class _Account:
    """How far the writing of an account is: the number and the totals of its last row."""

    due: selectors.Due
    course: rules.Course
    number: int
    paid: int
    charged: int


@dataclass(slots=True)
class _Sheet:
    """What is to be written at `now`: postings, and rows with the posting of each."""

    now: datetime
    postings: list[Posting] = field(default_factory=list)
    accruals: list[InterestAccrual] = field(default_factory=list)
    capitals: list[InterestCapital] = field(default_factory=list)
    of: list[tuple[_Row, TransactionId]] = field(default_factory=list)


def write(
    *, actor: Actor, now: datetime, courses: Sequence[tuple[selectors.Due, rules.Course]]
) -> InterestRun:
    """Walk, book what the walks found and write it down; return how many of each there were.

    In the caller's transaction and under its lock. Raises what posting raises.
    """
    sheet = _Sheet(now)
    for due, course in courses:
        account = _Account(
            due=due, course=course, number=due.number, paid=due.paid, charged=due.charged
        )
        found = rules.walk(course)
        days = [item for item in found if isinstance(item, rules.Day)]
        for item in found:
            if isinstance(item, rules.Day):
                _accrual(sheet, account=account, item=item)
            else:
                _capital(sheet, account=account, item=item, number=due.number + len(days))
    _post(actor, sheet)
    InterestAccrual.objects.bulk_create(sheet.accruals)
    InterestCapital.objects.bulk_create(sheet.capitals)
    corrected = sum(row.revision > 0 for row in sheet.accruals)
    return InterestRun(
        accrued=len(sheet.accruals) - corrected,
        corrected=corrected,
        capitalised=sum(row.transaction_id is not None for row in sheet.capitals),
    )


def _accrual(sheet: _Sheet, *, account: _Account, item: rules.Day) -> None:
    before = account.course.written.get(item.day)
    paid = account.paid + item.paid - (before.paid if before else 0)
    charged = account.charged + item.charged - (before.charged if before else 0)
    account.number += 1
    row = InterestAccrual(
        account_id=account.due.pk,
        number=account.number,
        day=item.day,
        revision=item.revision,
        assignment_id=item.term.key,
        version_id=item.version,
        base_minor=item.base_minor,
        paid_grains=item.paid,
        charged_grains=item.charged,
        paid_total=paid,
        charged_total=charged,
        paid_minor=paid // rules.GRAINS - account.paid // rules.GRAINS,
        charged_minor=charged // rules.GRAINS - account.charged // rules.GRAINS,
        seen_version=account.due.version,
        recorded_at=sheet.now,
    )
    account.paid, account.charged = paid, charged
    sheet.accruals.append(row)
    legs = rules.accrual_legs(item.term.books, paid=row.paid_minor, charged=row.charged_minor)
    posting = _posting(
        "interest",
        f"{account.due.account_id}/{item.day}/{item.revision}",
        legs=legs,
        term=item.term,
        at=_dated(sheet, account, rules.end_of(item.day)),
    )
    _put(sheet, row, posting)


def _capital(sheet: _Sheet, *, account: _Account, item: rules.Capital, number: int) -> None:
    row = InterestCapital(
        account_id=account.due.pk,
        day=item.day,
        revision=item.revision,
        number=number,
        assignment_id=item.term.key,
        paid_minor=item.paid_minor,
        charged_minor=item.charged_minor,
        recorded_at=sheet.now,
    )
    sheet.capitals.append(row)
    legs = rules.capital_legs(
        item.term.books,
        account_id=account.due.account_id,
        paid=item.paid_minor,
        charged=item.charged_minor,
    )
    posting = _posting(
        "capitalisation",
        f"{account.due.account_id}/{item.day}/capital/{item.revision}",
        legs=legs,
        term=item.term,
        at=_dated(sheet, account, rules.after(item.day)),
    )
    _put(sheet, row, posting)


def _dated(sheet: _Sheet, account: _Account, at: datetime) -> datetime:
    """Return when a posting counts: then, or at present where the books are closed then."""
    return sheet.now if rules.is_closed(at, account.course.closed_before) else at


def _posting(
    kind: str, reference: str, *, legs: tuple[Leg, ...], term: rules.Term, at: datetime
) -> Posting:
    return Posting(
        transaction_id=TransactionId(ids.new_id()),
        legs=legs,
        currency=term.currency,
        effective_at=at,
        source=_SOURCE,
        reference=reference,
        kind=kind,
    )


def _put(sheet: _Sheet, row: _Row, posting: Posting) -> None:
    """Put a posting with the others, unless it moves nothing."""
    if posting.legs:
        sheet.postings.append(posting)
        sheet.of.append((row, posting.transaction_id))


def _post(actor: Actor, sheet: _Sheet) -> None:
    """Book the postings, and tell each row its transaction."""
    for first in range(0, len(sheet.postings), rules.BATCH_MAX):
        batch = sheet.postings[first : first + rules.BATCH_MAX]
        post_many(actor=actor, now=sheet.now, postings=batch)
    booked = Transaction.objects.filter(public_id__in=[one for _, one in sheet.of])
    keys = {TransactionId(one): pk for one, pk in booked.values_list("public_id", "pk")}
    for row, transaction_id in sheet.of:
        row.transaction_id = keys[transaction_id]
