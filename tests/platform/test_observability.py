"""What is logged, what is not, and what the probes say."""

import json
import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from celery import Celery
from celery.app.trace import build_tracer
from django.test import Client

from apps.platform import observability

CANARY = "canary-7f3a"


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """Catch what the configured handler writes."""
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    stream = StringIO()
    before = handler.setStream(stream)
    yield stream
    handler.setStream(before)


def _json(lines: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


@pytest.fixture(autouse=True)
def configured() -> Iterator[None]:
    """Configure logging as the product does, and put pytest's handlers back afterwards."""
    root = logging.getLogger()
    before, level = root.handlers, root.level
    observability.configure_logging({"level": "INFO"})
    yield
    root.handlers = before
    root.setLevel(level)


def test_a_line_is_json_with_the_request_and_the_actor(lines: StringIO) -> None:
    with observability.bound(request_id="r-1", actor="client:1"):
        observability.logger("x").info("posted", transaction="t")
    line = _json(lines)[0]
    assert (line["event"], line["request_id"], line["actor"]) == ("posted", "r-1", "client:1")


@pytest.mark.parametrize("name", ["email", "iban", "password", "customer_email", "Authorization"])
def test_a_private_name_is_scrubbed(lines: StringIO, name: str) -> None:
    observability.logger("x").info("told", **{name: CANARY})
    assert CANARY not in lines.getvalue()


def test_an_exception_is_told_by_type_and_frames_and_never_by_its_text(lines: StringIO) -> None:
    try:
        raise ValueError(CANARY)
    except ValueError:
        logging.getLogger("x").exception("failed")
    assert CANARY not in lines.getvalue()
    line = _json(lines)[0]
    assert line["exception"] == "ValueError"
    assert any("test_observability" in frame for frame in line["frames"])


def test_our_own_exceptions_keep_their_frames(lines: StringIO) -> None:
    try:
        raise ValueError(CANARY)
    except ValueError:
        observability.logger("x").exception("failed")
    assert CANARY not in lines.getvalue()
    line = _json(lines)[0]
    assert (line["event"], line["exception"]) == ("failed", "ValueError")
    assert any("test_observability" in frame for frame in line["frames"])


def test_a_task_that_fails_does_not_quote_its_exception(lines: StringIO) -> None:
    def fail() -> None:
        raise ValueError(CANARY)

    app = Celery("test", broker="memory://", set_as_current=False)
    task = app.task(name="fail")(fail)
    build_tracer("fail", task, app=app)("task-1", [], {}, {"id": "task-1"})
    assert CANARY not in lines.getvalue()
    assert _json(lines)[0]["exception"] == "ValueError"


def test_a_refused_host_or_form_is_told_without_what_was_sent(lines: StringIO) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.get("/health/live", headers={"Host": f"{CANARY}_"}).status_code == 400
    assert client.post(f"/admin/{CANARY}/").status_code == 403
    assert CANARY not in lines.getvalue()
    told = {line["logger"] for line in _json(lines) if line["event"] == "request failed"}
    assert told == {"django.security.DisallowedHost", "django.security.csrf"}


def test_the_access_line_tells_the_route_and_not_the_path(client: Client, lines: StringIO) -> None:
    client.get(f"/health/live?who={CANARY}")
    client.get(f"/v1/{CANARY}")
    assert CANARY not in lines.getvalue()
    assert _json(lines)[0]["route"] == "health/live"


@pytest.mark.django_db
def test_ready_says_what_is_up(client: Client) -> None:
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["checks"]["database"] == "up"
    assert answer.json()["checks"]["redis"] == "up"


def _down() -> str:
    raise ConnectionError(CANARY)


@pytest.mark.parametrize(("vital", "status"), [(True, 503), (False, 200)])
def test_what_is_vital_decides(
    client: Client, monkeypatch: pytest.MonkeyPatch, vital: bool, status: int
) -> None:
    broken = observability.HealthCheck("broken", _down, vital=vital)
    monkeypatch.setattr(observability, "_checks", [broken])
    answer = client.get("/health/ready")
    assert answer.status_code == status
    assert answer.json()["checks"] == {"broken": "down (ConnectionError)"}
    assert answer.json()["status"] == ("unavailable" if vital else "degraded")
    assert CANARY not in answer.content.decode()


@pytest.mark.django_db  # some figures are asked of the database
def test_metrics_want_their_token(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "scrape-me"
    assert client.get("/metrics").status_code == 404
    wrong = client.get("/metrics", headers={"Authorization": "Bearer x"})
    assert wrong.status_code == 404
    right = client.get("/metrics", headers={"Authorization": "Bearer scrape-me"})
    assert b"django_http" in right.content
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
