"""What the platform calls in the ledger: schedules. Thin."""

from contextlib import suppress
from datetime import timedelta

from celery import shared_task

from apps.platform import clock, observability
from apps.platform.actors import Actor

from . import services
from .errors import VerificationRunning

_log = observability.logger(__name__)


@shared_task(name="ledger.verify", soft_time_limit=7000, time_limit=7200)
def verify() -> None:
    """Run every invariant nightly; what broke is in the log, the outbox and on the staff home.

    It may take longer than the broker waits before it hands a task out again: the copy finds the
    run under way, and is done.
    """
    with suppress(VerificationRunning):
        services.record_verification(
            actor=Actor(kind="system", key="ledger.verify"), now=clock.now()
        )


@shared_task(name="ledger.expire_holds")
def expire_holds() -> None:
    """Close the holds whose end has come; their money was free already."""
    services.expire_holds(actor=Actor(kind="system", key="ledger.holds"), now=clock.now())


@shared_task(name="ledger.roll_up")
def roll_up() -> None:
    """Add up nightly what was booked since the night before."""
    services.roll_up(actor=Actor(kind="system", key="ledger.roll-up"), now=clock.now())


@shared_task(name="ledger.add_spans")
def add_spans() -> None:
    """Sum what was booked in the last minutes, so that balances in time stay quick."""
    services.add_spans(actor=Actor(kind="system", key="ledger.spans"), now=clock.now())


@shared_task(name="ledger.fold")
def fold() -> None:
    """Book what deferred accounts have gathered."""
    services.fold(actor=Actor(kind="system", key="ledger.fold"), now=clock.now())


@shared_task(name="ledger.accrue_interest")
def accrue_interest() -> None:
    """Accrue interest up to yesterday's end; what one run does not reach, the next one does."""
    now = clock.now()
    done = services.accrue_interest(
        actor=Actor(kind="system", key="ledger.interest"),
        now=now,
        through=now.date() - timedelta(days=1),
    )
    for refusal in done.refused:
        _log.warning("interest waits", account=str(refusal.account_id), refused_for=refusal.code)
