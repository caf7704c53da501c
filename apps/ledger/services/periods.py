"""Periods are defined, closed and opened again: each act and its audit event in one round trip."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from apps.platform import db, ids
from apps.platform.actors import Actor

from .. import rules, selectors
from ..errors import AccountNotFound
from ..events import AccountId, AccountView, NewPeriod, PeriodView, TransactionId
from . import engine
from .posting import post

_OPEN: Final = db.load_sql(package="apps.ledger", name="open_periods.sql")
_LOCK: Final = db.load_sql(package="apps.ledger", name="lock_books.sql")
_CLOSE: Final = db.load_sql(package="apps.ledger", name="close_period.sql")
_ASK: Final = db.load_sql(package="apps.ledger", name="ask_reopening.sql")
_REOPEN: Final = db.load_sql(package="apps.ledger", name="reopen_period.sql")


@transaction.atomic
def open_periods(*, actor: Actor, now: datetime, periods: Sequence[NewPeriod]) -> int:
    """Define periods that follow the last one, all or none; return the number of the first.

    Raises PeriodOutOfOrder where one does not begin on the day after the one before it ends.
    """
    told = [
        {
            "name": one.name,
            "starts_on": one.starts_on.isoformat(),
            "ends_on": one.ends_on.isoformat(),
        }
        for one in periods
    ]
    params = {"periods": json.dumps(told)}
    return int(engine.call(actor=actor, now=now, sql=_OPEN, params=params)[0][0])


@transaction.atomic
def close_period(
    *,
    actor: Actor,
    now: datetime,
    number: int,
    reason: str = "",
    retained: Mapping[str, str] | None = None,
) -> PeriodView:
    """Close the first open period: from then on nothing takes effect in it, nor before it.

    With `retained` (currency to the code of an equity account) it first books closing entries,
    which move what stands on each income and expense account at the period's end to equity. All
    or nothing, behind the posts that are on their way into the period. Raises PeriodNotFound,
    PeriodOutOfOrder, PeriodNotOver, MalformedClosing, or what posting does.
    """
    db.rows(sql=_LOCK)
    period = selectors.period(number=number)
    journals: list[TransactionId] = []
    if retained is not None and period.standing is None:
        journals = _book_closing(actor=actor, now=now, period=period, codes=retained)
    params = {
        "number": number,
        "reason": reason.strip(),
        "journals": [str(one) for one in journals],
    }
    engine.call(actor=actor, now=now, sql=_CLOSE, params=params)
    return selectors.period(number=number)


@transaction.atomic
def ask_reopening(*, actor: Actor, now: datetime, number: int, reason: str) -> int:
    """Ask for the last closed period to be opened again; return the request's id.

    Another person has a week to agree. Raises ReasonMissing, PeriodNotFound or PeriodOutOfOrder.
    """
    rules.check_reason(reason)
    params = {"number": number, "reason": reason.strip()}
    return int(engine.call(actor=actor, now=now, sql=_ASK, params=params)[0][0])


@transaction.atomic
def reopen_period(*, actor: Actor, now: datetime, request_id: int) -> PeriodView:
    """Agree to a request: its period is open again.

    Raises SecondPersonNeeded where the same person asked, ReopeningLapsed, PeriodOutOfOrder where a
    later period has been closed, or PeriodNotFound.
    """
    params = {"request": request_id}
    number = int(engine.call(actor=actor, now=now, sql=_REOPEN, params=params)[0][0])
    return selectors.period(number=number)


def _book_closing(
    *, actor: Actor, now: datetime, period: PeriodView, codes: Mapping[str, str]
) -> list[TransactionId]:
    due = selectors.closing_preview(number=period.number)
    retained: dict[str, AccountId] = {
        result.currency: rules.check_retained(
            currency=result.currency, account=_account(codes.get(result.currency, ""))
        )
        for result in due
    }
    postings = rules.closing_postings(
        due,
        retained=retained,
        at=rules.last_moment(period.ends_on),
        reference=f"period {period.number}, closing {len(period.closings) + 1}",
        new_id=ids.new_id,
    )
    return [post(actor=actor, now=now, posting=one).transaction_id for one in postings]


def _account(code: str) -> AccountView | None:
    try:
        return selectors.account_by_code(code=code)
    except AccountNotFound:
        return None
