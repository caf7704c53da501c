"""Django app of payments; start-up registrations."""

from django.apps import AppConfig


class Config(AppConfig):
    """Names the house and declares its personal data."""

    name = "apps.payments"
    label = "payments"
    verbose_name = "Bank statements"

    def ready(self) -> None:
        """Declare the personal data."""
        from . import privacy

        privacy.declare()
