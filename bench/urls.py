"""The product's URLs, and a view that does nothing but what every API view does."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from apps.platform.rest import ScopedView
from config.urls import urlpatterns as _urlpatterns


class Plain(ScopedView):
    """POST /bench/plain: authenticate, throttle, parse, render."""

    required_scopes = {"POST": "ledger:write"}

    def post(self, request: Request) -> Response:
        """Send back what came."""
        return Response(request.data, status=201)


def nothing(_request: HttpRequest) -> HttpResponse:
    """Answer with a constant: the web server and Django's middleware alone."""
    return HttpResponse("ok")


urlpatterns = [*_urlpatterns, path("bench/plain", Plain.as_view()), path("bench/nothing", nothing)]
