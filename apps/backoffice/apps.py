"""Django app of the back-office."""

from django.apps import AppConfig


class Config(AppConfig):
    """Names the house."""

    name = "apps.backoffice"
    label = "backoffice"
    verbose_name = "Back-office"
