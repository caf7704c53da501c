"""Django app of audit."""

from django.apps import AppConfig


class Config(AppConfig):
    """Names the house."""

    name = "apps.platform.audit"
    label = "audit"
    verbose_name = "Audit"
