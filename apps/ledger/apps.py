"""Django app of the ledger; start-up registrations."""

from django.apps import AppConfig


class Config(AppConfig):
    """Names the house, declares what it holds and what it measures."""

    name = "apps.ledger"
    label = "ledger"

    def ready(self) -> None:
        """Declare the fields, and offer the figures of the last verification to scrapes."""
        from prometheus_client import REGISTRY

        from . import privacy
        from .selectors.metrics import VerificationMetrics

        privacy.declare()
        REGISTRY.register(VerificationMetrics())
