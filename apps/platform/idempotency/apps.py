"""Django app of idempotency."""

from django.apps import AppConfig


class Config(AppConfig):
    """Names the house."""

    name = "apps.platform.idempotency"
    label = "idempotency"
    verbose_name = "Idempotency"
