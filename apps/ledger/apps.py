"""Django app of the ledger; start-up registrations."""

from django.apps import AppConfig


class Config(AppConfig):
    """Names the house and declares what it holds."""

    name = "apps.ledger"
    label = "ledger"

    def ready(self) -> None:
        """Declare the fields."""
        from . import privacy

        privacy.declare()
