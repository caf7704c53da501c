"""Switches that break a guarantee on purpose: a zero counts only when its drill finds these."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from apps.platform import ids


class ForgetfulKeys:
    """Middleware: a retry is taken for a new request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "HTTP_IDEMPOTENCY_KEY" in request.META:
            request.META["HTTP_IDEMPOTENCY_KEY"] = str(ids.new_id())
        return self.get_response(request)
