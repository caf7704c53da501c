"""Celery is set so that a lost broker, worker or message loses no work; each value was measured."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from apps.platform.outbox import public as outbox
from apps.platform.outbox import tasks
from config.celery import app

from .conftest import Listener, owed


@pytest.mark.parametrize(
    ("setting", "wanted"),
    [
        ("task_acks_late", True),
        ("task_reject_on_worker_lost", True),
        ("task_acks_on_failure", True),
        ("task_acks_on_timeout", True),
        ("task_ignore_result", True),
        ("result_backend", None),
        ("task_time_limit", 60),
        ("task_soft_time_limit", 50),
        ("task_serializer", "json"),
        ("accept_content", ["json"]),
        ("worker_prefetch_multiplier", 1),
        ("worker_max_tasks_per_child", 1000),
        ("worker_soft_shutdown_timeout", 30),
        ("worker_enable_soft_shutdown_on_idle", True),
        ("worker_cancel_long_running_tasks_on_connection_loss", True),
        ("broker_connection_retry_on_startup", True),
        ("broker_connection_max_retries", None),
        ("task_publish_retry", False),
    ],
)
def test_setting_is_the_measured_one(setting: str, wanted: object) -> None:
    assert app.conf[setting] == wanted


def test_broker_is_asked_with_limits() -> None:
    options = app.conf.broker_transport_options
    assert options["visibility_timeout"] == 300
    assert (options["socket_timeout"], options["socket_connect_timeout"]) == (5, 5)
    assert (options["socket_keepalive"], options["health_check_interval"]) == (True, 10)
    assert (options["unacked_restore_interval"], options["unacked_restore_throttle"]) == (5, 1)
    assert app.conf.broker_url == settings.REDIS_URL


def test_limits_nest() -> None:
    """Longer outside: a task ends before its lease, and its lease before the broker's patience."""
    limits = app.conf
    visibility = limits.broker_transport_options["visibility_timeout"]
    assert limits.task_soft_time_limit < limits.task_time_limit < visibility
    assert limits.task_time_limit < settings.OUTBOX_LEASE_SECONDS


def test_schedule_names_tasks_that_exist() -> None:
    app.autodiscover_tasks(force=True)
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert scheduled == {
        "outbox.pulse",
        "ledger.accrue_interest",
        "ledger.expire_holds",
        "ledger.roll_up",
        "ledger.add_spans",
        "ledger.fold",
        "ledger.verify",
        "idempotency.prune",
        "identity.end-expired-sessions",
    }
    assert scheduled <= set(app.tasks)


def test_heart_beats_every_ten_seconds_and_does_not_pile_up() -> None:
    pulse = app.conf.beat_schedule["pulse"]
    assert pulse["schedule"] == timedelta(seconds=10)
    assert pulse["options"] == {"expires": 10}


def test_schedule_file_is_kept_out_of_the_source() -> None:
    assert app.conf.beat_schedule_filename == str(settings.BASE_DIR / "var" / "beat-schedule")


@pytest.mark.django_db
def test_task_delivers_by_id(listener: Listener) -> None:
    tasks.deliver(owed())
    assert len(listener.heard) == 1


@pytest.mark.django_db
def test_pulse_reaches_the_database() -> None:
    tasks.pulse()
    assert outbox.pulse_age() is not None


@pytest.mark.django_db
def test_readiness_tells_of_a_worker_by_its_pulse(client: Client) -> None:
    assert client.get("/health/ready").json()["checks"]["worker"] == "down (TimeoutError)"
    tasks.pulse()
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["checks"]["worker"]) == (200, "up")
