"""Every view says who may come in, for what, and how often; nothing is open by oversight."""

import re
from collections.abc import Iterable, Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.views import APIView

from apps.platform import observability
from apps.platform.rest import ClientThrottle, HasScope, ScopedView

Found = tuple[str, object]
# Plain Django views that ask nobody who they are, each with its reason.
OPEN = {
    "health/live": "a probe: says that the process answers",
    "health/ready": "a probe: says which dependency is down, nothing else",
    "metrics": "asks for METRICS_TOKEN itself",
    "v1/openapi.yaml": "the contract is public",
    "v1/docs/": "the contract is public",
    "admin/login/": "where one says who one is",
    "admin/logout/": "ends a session, by POST alone",
}


def routes(patterns: Iterable[URLPattern | URLResolver], prefix: str = "") -> Iterator[Found]:
    """Yield (route, view) of every route."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route, pattern.callback


def api_offences(found: Iterable[Found]) -> list[str]:
    """Return the API views that lack a permission, a throttle, or a scope for a method."""
    offences = []
    for route, callback in found:
        view = getattr(callback, "view_class", getattr(callback, "cls", None))
        if view is None or not issubclass(view, APIView) or route in OPEN:
            continue
        methods = {m.upper() for m in view.http_method_names if hasattr(view, m)} - {"OPTIONS"}
        if HasScope not in view.permission_classes:
            offences.append(f"{route}: no HasScope")
        if ClientThrottle not in view.throttle_classes:
            offences.append(f"{route}: no throttle")
        offences += [
            f"{route}: no scope for {method}"
            for method in sorted(methods - set(getattr(view, "required_scopes", {})))
        ]
    return offences


def open_offences(found: Iterable[Found], *, client: Client) -> list[str]:
    """Return the routes that answer an anonymous caller, and that OPEN does not name."""
    offences = []
    for route, callback in found:
        view = getattr(callback, "view_class", getattr(callback, "cls", None))
        scoped = view is not None and issubclass(view, ScopedView)
        if not scoped and route not in OPEN and not _sends_to_log_in(route, client):
            offences.append(route)
    return offences


def _sends_to_log_in(route: str, client: Client) -> bool:
    """Return whether an anonymous call of the route, with made-up arguments, must log in first."""
    path = re.sub(r"\(\?P<\w+>.*\)|<\w+:\w+>|<\w+>", "1", route).rstrip("$")
    answer = client.get(f"/{path}")
    return answer.status_code == 302 and "/admin/login/" in answer["Location"]


def test_every_api_view_has_permission_scope_and_throttle() -> None:
    assert api_offences(routes(get_resolver().url_patterns)) == []


@pytest.mark.django_db
def test_no_other_view_is_open_by_oversight(client: Client) -> None:
    assert open_offences(routes(get_resolver().url_patterns), client=client) == []


def test_a_planted_open_view_is_caught(client: Client) -> None:
    found = [("health/live?planted", observability.live), ("v1/x", _Bare.as_view())]
    assert open_offences(found, client=client) == ["health/live?planted", "v1/x"]


class _Bare(APIView):
    """Planted: DRF's own base, with a method and nothing else."""

    def get(self) -> None: ...


class _Unscoped(ScopedView):
    """Planted: names no scope for its method."""

    def post(self) -> None: ...


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (
            api_offences([("v1/x", _Bare.as_view())]),
            ["v1/x: no HasScope", "v1/x: no throttle", "v1/x: no scope for GET"],
        ),
        (api_offences([("v1/x", _Unscoped.as_view())]), ["v1/x: no scope for POST"]),
    ],
)
def test_the_checks_catch(found: list[str], expected: list[str]) -> None:
    assert found == expected
