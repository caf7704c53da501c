"""What the schedule calls."""

from celery import shared_task

from apps.platform import clock

from . import public


@shared_task(name="idempotency.prune")
def prune() -> None:
    """Drop the keys that are older than their retention."""
    public.prune(now=clock.now())
