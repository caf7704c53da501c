"""Django app of identity; start-up registrations."""

from django.apps import AppConfig


class Config(AppConfig):
    """Names the house and declares what it knows of people."""

    name = "apps.identity"
    label = "identity"

    def ready(self) -> None:
        """Declare the fields."""
        from . import privacy

        privacy.declare()
