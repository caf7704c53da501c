"""Who calls, what they may, and how often: secure by default for every view of the API."""

from collections.abc import Mapping
from time import monotonic
from typing import Any, ClassVar, Final, Protocol, cast

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from apps.platform import clock, observability
from apps.platform.actors import Actor

from .fields import BoundedJSONParser

_log = observability.logger(__name__)


class Credential(Protocol):
    """What authentication leaves in `request.auth`: a client with scopes."""

    @property
    def key(self) -> str:
        """The client's stable key."""

    @property
    def scopes(self) -> list[str]:
        """What the client may ask for."""


def actor_of(request: Request | HttpRequest) -> Actor:
    """Return the authenticated caller as an Actor with their roles; permissions have run by now."""
    credential = cast("Credential | None", getattr(request, "auth", None))
    if credential is not None:
        return Actor(kind="client", key=credential.key)
    roles = frozenset(request.user.groups.values_list("name", flat=True))
    return Actor(kind="staff", key=str(request.user.pk), roles=roles)


class HasScope(BasePermission):
    """Allow a client whose token carries the scope that the view names for the method.

    A view that names none allows nobody.
    """

    message = "The token lacks the scope that this call needs."

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Return whether the token has the scope; a method that is not served is a 405 later."""
        if not hasattr(view, (request.method or "").lower()):
            return True
        method = "GET" if request.method == "HEAD" else request.method or ""
        wanted = getattr(view, "required_scopes", {}).get(method)
        credential = cast("Credential | None", request.auth)
        return bool(wanted and credential is not None and wanted in credential.scopes)


_WINDOWS: Final = (("second", 1, "RATE_PER_SECOND"), ("day", 86_400, "RATE_PER_DAY"))


class ClientThrottle(BaseThrottle):
    """A limit per second and a daily quota for each client, counted in Redis.

    With Redis down it lets calls through and says so in the log: to stop money because a counter
    is lost would be the larger failure. For REST seconds it then asks no more, so that a Redis that
    hangs costs one call in each process its time-out, and not every call.
    """

    REST: ClassVar = 5.0
    _asks_again_at: ClassVar = 0.0

    def __init__(self) -> None:
        """Start with nothing to wait for."""
        self._wait: float | None = None

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count the call and leave its RateLimit headers on the view."""
        credential = cast("Credential | None", request.auth)
        if credential is None:
            return True
        now = clock.now().timestamp()
        headers, policies = [], []
        for name, seconds, setting in _WINDOWS:
            quota = getattr(settings, setting)
            used = self._count(f"rate:{credential.key}:{name}:{int(now // seconds)}", seconds)
            left, reset = max(0, quota - used), seconds - now % seconds
            policies.append(f'"{name}";q={quota};w={seconds}')
            headers.append(f'"{name}";r={left};t={int(reset) + 1}')
            if used > quota:
                self._wait = reset
        cast("ScopedView", view).rate_headers = {
            "RateLimit-Policy": ", ".join(policies),
            "RateLimit": ", ".join(headers),
        }
        return self._wait is None

    def wait(self) -> float | None:
        """Return the seconds until the window that refused begins anew."""
        return self._wait

    @classmethod
    def _count(cls, key: str, seconds: int) -> int:
        if monotonic() < cls._asks_again_at:
            return 0
        try:
            cache.add(key, 0, timeout=seconds * 2)
            return int(cache.incr(key))
        except ValueError:  # expired in between: a new window
            return 0
        except (RedisError, OSError) as error:
            cls._asks_again_at = monotonic() + cls.REST
            _log.warning("rate limit not counted", kind=type(error).__name__)
            return 0


class ScopedView(APIView):
    """Base of every API view: bearer token, scope by method, limits, nothing cached."""

    parser_classes = (BoundedJSONParser,)
    permission_classes = (HasScope,)
    throttle_classes = (ClientThrottle,)
    required_scopes: ClassVar[Mapping[str, str]] = {}
    rate_headers: Mapping[str, str] = {}

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Add the limit's headers, and keep answers about money out of every cache."""
        finished: Response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in self.rate_headers.items():
            finished[name] = value
        finished.setdefault("Cache-Control", "no-store")
        return finished
