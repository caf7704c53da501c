"""What the platform calls in the ledger: schedules. Thin."""

from celery import shared_task

from apps.platform import clock, observability
from apps.platform.actors import Actor

from . import services

_log = observability.logger(__name__)


@shared_task(name="ledger.verify")
def verify() -> None:
    """Run every invariant nightly; an offender is an error in the log and on the staff home."""
    actor = Actor(kind="system", key="ledger.verify")
    for finding in services.record_verification(actor=actor, now=clock.now()):
        if finding.offenders:
            _log.error(
                "ledger invariant broken",
                invariant=finding.invariant,
                looked_at=finding.looked_at,
                offenders=list(finding.offenders),
            )


@shared_task(name="ledger.expire_holds")
def expire_holds() -> None:
    """Close the holds whose end has come; their money was free already."""
    services.expire_holds(actor=Actor(kind="system", key="ledger.holds"), now=clock.now())


@shared_task(name="ledger.roll_up")
def roll_up() -> None:
    """Add up nightly what was booked since the night before."""
    services.roll_up(actor=Actor(kind="system", key="ledger.roll-up"), now=clock.now())


@shared_task(name="ledger.fold")
def fold() -> None:
    """Book what deferred accounts have gathered."""
    services.fold(actor=Actor(kind="system", key="ledger.fold"), now=clock.now())
