"""Problems to application/problem+json (RFC 9457), for DRF and for plain Django alike.

A 5xx never carries a stack or SQL. What the database could not do just now (lost connection, lock,
dead-lock, time-out) is a 503 with Retry-After, never a refusal: the caller asks again with the same
Idempotency-Key and learns the one truth.
"""

import json
import sys
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework import exceptions
from rest_framework.response import Response

from apps.platform import observability
from apps.platform.problems import Fault, Problem

MEDIA_TYPE: Final = "application/problem+json"
_BUSY: Final = {"40001", "40P01", "55P03", "57014", "57P01", "57P02", "57P03", "53300", "25P04"}
_TITLES: Final = {
    400: ("request/malformed", "Malformed request"),
    401: ("auth/unauthenticated", "Not authenticated"),
    403: ("auth/forbidden", "Not allowed"),
    404: ("request/not-found", "Not found"),
    405: ("request/method-not-allowed", "Method not allowed"),
    406: ("request/not-acceptable", "Not acceptable"),
    413: ("request/too-large", "Too large"),
    415: ("request/unsupported-media-type", "Unsupported media type"),
    429: ("request/too-many", "Too many requests"),
    500: ("server/error", "Something went wrong here"),
    503: ("server/busy", "Try again shortly"),
}
_log = observability.logger(__name__)


def body_of(problem: Problem) -> dict[str, Any]:
    """Return the problem document of a Problem."""
    return document(
        status=problem.status,
        slug=problem.slug,
        title=problem.title,
        detail=problem.detail,
        errors=problem.errors,
        extensions=problem.extensions,
    )


def document(
    *,
    status: int,
    detail: str,
    slug: str = "",
    title: str = "",
    errors: tuple[Fault, ...] = (),
    extensions: dict[str, str | int] | None = None,
) -> dict[str, Any]:
    """Return a problem document: type, code, title, status, detail, request_id, errors."""
    usual_slug, usual_title = _TITLES.get(status, _TITLES[400])
    slug = slug or usual_slug
    found: dict[str, Any] = dict(extensions or {})
    found |= {
        "type": f"/problems/{slug}",
        "code": slug,
        "title": title or usual_title,
        "status": status,
        "detail": detail,
        "request_id": observability.request_id(),
    }
    return found | ({"errors": list(errors)} if errors else {})


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Render any expected failure as RFC 9457 (DRF's EXCEPTION_HANDLER); None: a true 500."""
    if isinstance(error, Problem):
        headers = {}
        if "retry_after" in error.extensions:
            headers["Retry-After"] = str(error.extensions["retry_after"])
        return Response(
            body_of(error), status=error.status, headers=headers, content_type=MEDIA_TYPE
        )
    if isinstance(error, DatabaseError | InterfaceError):
        return _of_database(error)
    if isinstance(error, Http404):
        error = exceptions.NotFound("There is nothing here that you may see.")
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied("You may not do this.")
    return _of_drf(error) if isinstance(error, exceptions.APIException) else None


def _of_database(error: Exception) -> Response | None:
    """Answer 503 where asking again may help; None: a true 500."""
    if not is_passing(error):
        return None
    _log.warning("database busy", kind=type(error).__name__)
    return _plain(503, "The database could not answer just now.", headers={"Retry-After": "1"})


def is_passing(error: BaseException | None) -> bool:
    """Return whether the database failed in a way that asking again may cure."""
    if not isinstance(error, DatabaseError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    if state is None:  # the connection itself: refused, cut, or closed in between
        return isinstance(error, OperationalError | InterfaceError)
    return state in _BUSY or state.startswith("08")


def _of_drf(error: exceptions.APIException) -> Response:
    headers: dict[str, str] = {}
    if auth_header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    if (wait := getattr(error, "wait", None)) is not None:
        headers["Retry-After"] = str(max(1, round(wait)))
    if isinstance(error, exceptions.ValidationError):
        faults = tuple(_faults(error.get_full_details(), ""))
        told = "The request is not of the agreed form."
        return _plain(400, told, headers=headers, errors=faults)
    detail = error.detail if isinstance(error.detail, str) else error.default_detail
    return _plain(error.status_code, str(detail), headers=headers)


def _faults(details: Any, pointer: str) -> list[Fault]:
    """Flatten DRF's tree of errors into a list with JSON pointers."""
    if isinstance(details, dict) and "message" in details and "code" in details:
        fault: Fault = {"pointer": pointer, "code": details["code"], "detail": details["message"]}
        return [fault]
    if isinstance(details, list):
        return [fault for item in details for fault in _faults(item, pointer)]
    found: list[Fault] = []
    for name, below in details.items():
        step = "" if name == "non_field_errors" else f"/{name}"
        found += _faults(below, pointer + step)
    return found


def _plain(
    status: int,
    detail: str,
    *,
    headers: dict[str, str] | None = None,
    errors: tuple[Fault, ...] = (),
) -> Response:
    body = document(status=status, detail=detail, errors=errors)
    return Response(body, status=status, headers=headers, content_type=MEDIA_TYPE)


# --- plain Django: the handlers of config.urls


def _page(request: HttpRequest, status: int, detail: str, *, page: str = "") -> HttpResponse:
    """Answer the API with a problem document and a person with a page."""
    if request.path.startswith("/v1/"):
        body = json.dumps(document(status=status, detail=detail))
        return HttpResponse(body, status=status, content_type=MEDIA_TYPE)
    told = {"request_id": observability.request_id(), "detail": detail}
    return render(request, page or f"{status}.html", told, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400: the request could not be read."""
    return _page(request, 400, "The request could not be read.")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403."""
    return _page(request, 403, "You may not do this.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a POST whose form was not ours or has expired."""
    detail = "The form has expired or came from elsewhere: go back and reload."
    return _page(request, 403, detail, page="403_csrf.html")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404."""
    return _page(request, 404, "There is nothing here that you may see.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500, or 503 where asking again may help; the log has the frames."""
    if is_passing(sys.exc_info()[1]):
        answer = _page(request, 503, "The database could not answer just now.", page="500.html")
        answer["Retry-After"] = "1"
        return answer
    return _page(request, 500, "It is not your fault, and nothing was half done.")
