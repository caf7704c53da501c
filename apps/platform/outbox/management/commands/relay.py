"""`manage.py relay`: hand what the outbox owes to the broker, until told to stop."""

import signal
from threading import Event
from typing import Any

from celery import current_app
from django.core.management.base import BaseCommand

from ...public import Relay


class Command(BaseCommand):
    """Runs the relay. Several may run; each delivery is claimed by one."""

    help = "Hand what the outbox owes to the broker, until SIGTERM or SIGINT."

    def handle(self, **_: Any) -> None:  # noqa: ANN401 - Django's signature
        """Relay until stopped; what was claimed and not sent comes back when its lease ends."""
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        Relay(publish=_publish).run(stopped=stop.is_set, pause=stop.wait)


def _publish(delivery_id: int) -> None:
    current_app.send_task("outbox.deliver", args=[delivery_id])
