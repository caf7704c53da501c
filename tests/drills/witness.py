"""A subscriber whose effect shows as often as it ran: an audit event, which no key makes unique.

The product's own subscribers guard themselves by unique keys as well, so that their effects could
not tell whether the outbox ran them once.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import AppConfig

from apps.platform.actors import Actor

ACTION = "drill.witness.saw"
_ACTOR = Actor(kind="system", key="witness")


class Witness(AppConfig):
    """App: sees every posted transfer."""

    name, label, path = "tests.drills.witness", "witness", str(Path(__file__).parent)

    def ready(self) -> None:
        """Subscribe; the effect comes in the transaction that the outbox opened."""
        from apps.ledger.public import TransferPosted
        from apps.platform.audit import public as audit
        from apps.platform.outbox import public as outbox

        def saw(event: Any, *, now: datetime) -> None:
            subject = f"transaction:{event.transaction_id}"
            audit.record(actor=_ACTOR, now=now, action=ACTION, subject=subject)

        outbox.subscribe(TransferPosted, saw, name="drill.witness")
