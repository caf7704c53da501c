"""Django app of accounts; start-up registrations."""

from django.apps import AppConfig


class Config(AppConfig):
    """Names the house and declares its personal data."""

    name = "apps.accounts"
    label = "accounts"
    verbose_name = "Customers and accounts"

    def ready(self) -> None:
        """Declare the personal data."""
        from . import privacy

        privacy.declare()
