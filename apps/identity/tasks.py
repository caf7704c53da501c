"""What the schedule calls in identity. Thin."""

from celery import shared_task

from apps.platform import clock
from apps.platform.actors import Actor

from . import services


@shared_task(name="identity.end-expired-sessions")
def end_expired_sessions() -> None:
    """Drop the sessions that have expired."""
    actor = Actor(kind="system", key="identity.end-expired-sessions")
    services.end_expired_sessions(actor=actor, now=clock.now())
