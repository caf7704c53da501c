"""Observability: one JSON line for what happens, metrics, and whether we are alive.

Every line carries the request id and, once known, the actor; none carries personal data: an
exception is told by its type and its frames, never by its text, which may quote a row.
"""

import hmac
import logging
import re
import secrets
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django_prometheus.exports import ExportToDjangoView

_GIVEN_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
_PRIVATE: Final = re.compile(
    r"password|secret|token|authorization|cookie|email|phone|iban|(?<!event_)(?<!file_)name$",
    re.IGNORECASE,
)
_Lines = MutableMapping[str, Any]


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return the logger of a module."""
    found: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return found


def request_id() -> str:
    """Return the id of the request or task under way; empty outside of one."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


@contextmanager
def bound(**facts: str) -> Iterator[None]:
    """Put facts (ids, never personal data) on every line that is logged inside."""
    with structlog.contextvars.bound_contextvars(**facts):
        yield


def scrub(_: object, __: str, line: _Lines) -> _Lines:
    """Drop the values whose names say that they are private: the last wall, not the first."""
    return {key: "[scrubbed]" if _PRIVATE.search(key) else line[key] for key in line}


def tell_frames(_: object, __: str, line: _Lines) -> _Lines:
    """Replace an exception by its type and its frames; its text may quote a row.

    What Django says of a request quotes its path or host, which may hold what a person typed; what
    a library says of an exception (Celery of a task) quotes it: told without its arguments.
    """
    info = line.pop("exc_info", None)
    if info is True:  # structlog's own `exception()`
        info = sys.exc_info()
    if str(line.get("logger")).startswith(("django.request", "django.security")):
        line["event"] = "request failed"
    elif info and not line["_from_structlog"]:
        line["event"] = str(line["_record"].msg)
    if isinstance(info, tuple) and info[1] is not None:
        line["exception"] = info[0].__name__
        line["frames"] = [
            f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(info[2])
        ]
    return line


def configure_logging(wanted: Mapping[str, str]) -> None:
    """Send structlog and the standard library's loggers through one JSON formatter."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.processors.format_exc_info if settings.DEBUG else tell_frames,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            scrub,
            structlog.processors.JSONRenderer(),
        ],
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(wanted["level"])
    logging.getLogger("django.request").setLevel(logging.ERROR)  # 4xx are in the access log


class RequestContext:
    """Middleware: a request id in, on every line, and out; one access line an answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next layer."""
        self.get_response = get_response
        self.log = logger("probity.access")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request inside its context; X-Request-ID is kept when it is well formed."""
        given = request.headers.get("X-Request-ID", "")
        found = given if _GIVEN_ID.fullmatch(given) else secrets.token_hex(16)
        structlog.contextvars.clear_contextvars()
        with structlog.contextvars.bound_contextvars(request_id=found):
            started = perf_counter()
            response = self.get_response(request)
            response["X-Request-ID"] = found
            self._tell(request, response, perf_counter() - started)
        return response

    def _tell(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        """Log the route, not the path: a path may hold what a person typed."""
        match = request.resolver_match
        self.log.info(
            "answered",
            method=request.method,
            route=match.route if match else "",
            status=response.status_code,
            milliseconds=round(seconds * 1000, 1),
        )


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """A named look at one dependency; `look` returns what to tell, and raises when it is down."""

    name: str
    look: Callable[[], str]
    vital: bool


def _database() -> str:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT 1")
    return "up"


def _cache() -> str:
    cache.get("health")
    return "up"


_checks: Final = [
    HealthCheck("database", _database, vital=True),
    HealthCheck("redis", _cache, vital=False),
]


def register_check(check: HealthCheck) -> None:
    """Add a look that /health/ready takes; houses above register theirs at start-up."""
    if check.name not in {known.name for known in _checks}:
        _checks.append(check)


def health() -> tuple[bool, dict[str, str]]:
    """Return whether what is vital answers, and what each dependency said."""
    told: dict[str, str] = {}
    ready = True
    for check in _checks:
        try:
            told[check.name] = check.look()
        except Exception as error:  # noqa: BLE001 - a probe reports whatever went wrong
            told[check.name] = f"down ({type(error).__name__})"
            ready = ready and not check.vital
    return ready, told


def live(request: HttpRequest) -> HttpResponse:
    """GET /health/live: the process answers; nothing else is asked."""
    return JsonResponse({"status": "live"})


def ready(request: HttpRequest) -> HttpResponse:
    """GET /health/ready: 200 when what is vital answers (Redis down is degraded), else 503."""
    fit, told = health()
    status = "ready" if fit and all("down" not in said for said in told.values()) else "degraded"
    body = {"status": status if fit else "unavailable", "checks": told}
    response = JsonResponse(body, status=200 if fit else 503)
    response["Cache-Control"] = "no-store"
    if not fit:
        response["Retry-After"] = "2"
    return response


def metrics(request: HttpRequest) -> HttpResponse:
    """GET /metrics for Prometheus: bearer METRICS_TOKEN; open in development; else 404."""
    wanted = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    allowed = (
        hmac.compare_digest(given.encode(), wanted.encode())
        if wanted
        else (settings.PROBITY_ENV == "development")
    )
    if not allowed:
        raise Http404
    response: HttpResponse = ExportToDjangoView(request)
    return response
