"""What no screen has to deal with, because it is refused before."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse


class RefuseNul:
    """Middleware: a NUL in the query string of a screen is a 400.

    PostgreSQL keeps no NUL in a text, so that a filter with one is an error in the database. The
    API reads its own parameters, and says which one is wrong.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request. Raises BadRequest."""
        if "%00" in request.META.get("QUERY_STRING", "") and not request.path.startswith("/v1/"):
            raise BadRequest("a NUL in the query string")
        return self.get_response(request)
