"""Failures as the outside sees them: problem documents, and never an inside."""

import pytest
from django.db import IntegrityError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client, RequestFactory
from psycopg import errors

from apps.platform.rest import problem_response, server_error

CANARY = "canary-7f3a"


def _failure(kind: type[Exception], cause: Exception | None) -> Exception:
    error = kind("SELECT secret FROM somewhere")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "cause",
    [
        errors.SerializationFailure(),
        errors.DeadlockDetected(),
        errors.LockNotAvailable(),
        errors.QueryCanceled(),
        errors.AdminShutdown(),
        errors.TooManyConnections(),
        None,
    ],
)
def test_what_passes_is_a_503_to_try_again_and_never_a_refusal(cause: Exception | None) -> None:
    answer = problem_response(_failure(OperationalError, cause), {})
    assert answer is not None
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert answer.data["code"] == "server/busy"
    assert "SELECT" not in str(answer.data)


def test_a_broken_constraint_is_a_true_500() -> None:
    assert problem_response(_failure(IntegrityError, errors.UniqueViolation()), {}) is None


def test_a_500_tells_no_inside() -> None:
    answer = server_error(RequestFactory().get("/v1/ledger/transfers"))
    assert answer.status_code == 500
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/admin/", "/health/live", "/v1/docs/"])
def test_a_page_without_the_database_says_when_to_come_back(
    client: Client, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def refuse(*_: object) -> None:
        raise OperationalError(CANARY)

    monkeypatch.setattr(BaseDatabaseWrapper, "cursor", refuse)
    client.cookies["session"] = "a" * 32
    client.raise_request_exception = False
    answer = client.get(path)
    assert CANARY not in answer.content.decode()
    if path == "/admin/":
        assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    else:
        assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/nothing", "/v1/nothing"])
def test_a_person_gets_a_page_and_a_program_a_problem(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    kind = "application/problem+json" if path.startswith("/v1") else "text/html"
    assert answer["Content-Type"].startswith(kind)
