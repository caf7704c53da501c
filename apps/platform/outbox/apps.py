"""Django app of the outbox."""

from django.apps import AppConfig


class Config(AppConfig):
    """Names the house."""

    name = "apps.platform.outbox"
    label = "outbox"
    verbose_name = "Outbox"
