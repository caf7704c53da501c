"""The invariants are run, and what they found is kept and told."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from apps.platform import observability
from apps.platform.actors import Actor
from apps.platform.audit import public as audit
from apps.platform.outbox import public as outbox

from .. import selectors
from ..events import InvariantBroken, Verification

_log = observability.logger(__name__)


def record_verification(*, actor: Actor, now: datetime) -> Verification:
    """Run every invariant, put the result into the audit trail, and sound the alarm if one broke.

    The alarm is an error in the log for each broken invariant, and an InvariantBroken event.
    Raises VerificationRunning while another run is under way.
    """
    found = selectors.verification(now=now)
    broken = [finding for finding in found.findings if finding.offenders]
    with transaction.atomic():
        audit.record(
            actor=actor,
            now=now,
            action="ledger.verify",
            subject="ledger",
            detail={
                "findings": [asdict(finding) for finding in found.findings],
                "tables": dict(found.tables),
                "offenders": found.offenders,
            },
        )
        if broken:
            event = InvariantBroken(
                verified_at=now, invariants=len(broken), offenders=found.offenders
            )
            outbox.emit(event=event, now=now)
    for one in broken:
        _log.error(
            "ledger invariant broken",
            invariant=one.invariant,
            looked_at=one.looked_at,
            offenders=list(one.offenders),
        )
    return found
