"""What the broker calls. It carries ids alone."""

from secrets import SystemRandom

from celery import shared_task

from apps.platform import clock

from . import public

_chance = SystemRandom()


@shared_task(name="outbox.deliver")
def deliver(delivery_id: int) -> None:
    """Make one attempt at a delivery. Celery never retries it: the row says when it is due."""
    public.deliver(now=clock.now(), delivery_id=delivery_id, jitter=_chance.random())


@shared_task(name="outbox.pulse")
def pulse() -> None:
    """Record a heartbeat that went from beat through the broker and a worker to the database."""
    public.pulse(name="worker")
