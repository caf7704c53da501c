"""Periods, and what closing one would book."""

from apps.platform.actors import Actor

from .. import rules
from ..errors import PeriodNotFound
from ..events import ClosingView, PeriodView, ReopeningView, ResultView, TransactionId
from ..models import Period, PeriodClosing, PeriodReopening, ReopeningRequest
from .reports import trial_balance


def periods() -> list[PeriodView]:
    """Return every period, the latest first, with its closings. As many queries however many."""
    found = Period.objects.prefetch_related(
        "closings__journals__transaction", "closings__requests__agreement"
    )
    return [_view(row) for row in found.order_by("-number")]


def period(*, number: int) -> PeriodView:
    """Return a period. Raises PeriodNotFound."""
    found = Period.objects.filter(number=number).first()
    if found is None:
        raise PeriodNotFound("there is no such period")
    return _view(found)


def closing_preview(*, number: int) -> tuple[ResultView, ...]:
    """Return what income and expense leave at the end of a period: what closing entries would move.

    Raises PeriodNotFound.
    """
    ends_on = period(number=number).ends_on
    lines = trial_balance(as_of=rules.last_moment(ends_on), kinds=("income", "expense"))
    return rules.results(lines)


def _view(row: Period) -> PeriodView:
    return PeriodView(
        number=row.number,
        name=row.name,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        closings=tuple(_closing(one) for one in sorted(row.closings.all(), key=lambda c: c.pk)),
    )


def _closing(row: PeriodClosing) -> ClosingView:
    return ClosingView(
        reason=row.reason,
        closed_by=_actor(row),
        closed_at=row.recorded_at,
        journals=tuple(
            TransactionId(one.transaction.public_id)
            for one in sorted(row.journals.all(), key=lambda journal: journal.pk)
        ),
        reopenings=tuple(
            _reopening(one) for one in sorted(row.requests.all(), key=lambda request: request.pk)
        ),
    )


def _reopening(row: ReopeningRequest) -> ReopeningView:
    agreement: PeriodReopening | None = getattr(row, "agreement", None)
    return ReopeningView(
        request_id=row.pk,
        reason=row.reason,
        asked_by=_actor(row),
        asked_at=row.recorded_at,
        agreed_by=None if agreement is None else _actor(agreement),
        agreed_at=None if agreement is None else agreement.recorded_at,
    )


def _actor(row: PeriodClosing | ReopeningRequest | PeriodReopening) -> Actor:
    return Actor(kind=row.actor_kind, key=row.actor_key)  # type: ignore[arg-type]
