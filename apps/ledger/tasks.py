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
