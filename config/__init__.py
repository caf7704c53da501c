"""On top of all: settings, routes and entry points. Loads the Celery app, so that tasks find it."""

from .celery import app as celery_app

__all__ = ["celery_app"]
