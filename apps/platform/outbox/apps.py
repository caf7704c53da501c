"""Django app of the outbox; start-up registrations."""

from datetime import timedelta

from django.apps import AppConfig

PULSE_OLDEST = timedelta(seconds=60)  # beat sends one every 10 s


class Config(AppConfig):
    """Names the house and adds the worker's pulse to /health/ready."""

    name = "apps.platform.outbox"
    label = "outbox"
    verbose_name = "Outbox"

    def ready(self) -> None:
        """Register the look at the pulse: a worker that is up and does nothing is down."""
        from apps.platform.observability import HealthCheck, register_check

        register_check(HealthCheck("worker", _worker, vital=False))


def _worker() -> str:
    """Return "up" when a heartbeat went from beat through a worker not long ago."""
    from . import public

    age = public.pulse_age()
    if age is None or age > PULSE_OLDEST:
        raise TimeoutError
    return "up"
