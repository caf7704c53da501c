"""WSGI entry point, for gunicorn."""

import os

from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class Utf8Request(WSGIRequest):
    """A request in UTF-8, whatever charset its Content-Type names.

    Django looks that name up among all codecs of Python and fails on many of them before any
    handler of ours is reached.
    """

    @property
    def encoding(self) -> str:
        """Return what browsers and JSON use."""
        return "utf-8"

    @encoding.setter
    def encoding(self, named: str | None) -> None:
        """Ignore what the caller names."""


application = get_wsgi_application()
application.request_class = Utf8Request
