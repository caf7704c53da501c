"""The Celery app, how it is set, and its schedule; the tasks themselves live in the houses.

The broker is disposable: what must happen stands in PostgreSQL (the outbox), and Redis holds ids.
Each setting that differs from Celery's default answers a way to lose or repeat work that was
measured; a test holds them.
"""

import os
from datetime import timedelta
from typing import Any

from celery import Celery
from celery.schedules import crontab
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

SCHEDULE = {
    "pulse": {
        "task": "outbox.pulse",
        "schedule": timedelta(seconds=10),
        "options": {"expires": 10},  # a backlog of heartbeats proves nothing
    },
    "expire-holds": {
        "task": "ledger.expire_holds",
        "schedule": timedelta(minutes=1),
        "options": {"expires": 60},
    },
    "add-ledger-spans": {
        "task": "ledger.add_spans",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 600},
    },
    "fold-ledger": {"task": "ledger.fold", "schedule": crontab(minute="*/5")},
    "roll-up-ledger": {"task": "ledger.roll_up", "schedule": crontab(hour=0, minute=17)},
    # Some accounts at a time: what the time limit leaves of a night's work, the next run does.
    "accrue-interest": {
        "task": "ledger.accrue_interest",
        "schedule": crontab(hour="0-5", minute="27-59/10"),
        "options": {"expires": 600},
    },
    "verify-ledger": {"task": "ledger.verify", "schedule": crontab(hour=2, minute=17)},
    "end-expired-sessions": {
        "task": "identity.end-expired-sessions",
        "schedule": crontab(hour=3, minute=37),
    },
    "prune-idempotency": {"task": "idempotency.prune", "schedule": crontab(hour=3, minute=17)},
}


def configuration() -> dict[str, Any]:
    """Return the configuration; asked for when it is first needed, after Django's settings."""
    return {
        "broker_url": settings.REDIS_URL,
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,  # the default: 100, then the worker exits
        "broker_transport_options": {
            "visibility_timeout": 300,  # above the time limit, else running work is started again
            # A half-open connection: the default waits for ever. A worker has several, met one
            # after another, each for so long: 30 and 25 s made 61 to 182 s of silence, these make
            # 11 to 21.
            "socket_timeout": 5,
            "socket_connect_timeout": 5,
            "socket_keepalive": True,
            "health_check_interval": 10,
            "unacked_restore_interval": 5,  # with the throttle: look every 5 s, not every 100
            "unacked_restore_throttle": 1,
            "max_retries": 1,  # a publisher hears soon that the broker is down
            "interval_start": 0,
            "interval_step": 0,
        },
        "task_publish_retry": False,  # the relay counts a failure as not sent, and comes again
        "task_acks_late": True,  # acknowledge what is done, not what was received
        "task_reject_on_worker_lost": True,
        "task_acks_on_failure": True,  # Redis drops what is rejected; failures are the outbox's
        "task_acks_on_timeout": True,
        "task_time_limit": 60,
        "task_soft_time_limit": 50,
        "task_ignore_result": True,  # outcomes live in PostgreSQL
        "task_serializer": "json",
        "accept_content": ["json"],
        "worker_prefetch_multiplier": 1,
        "worker_max_tasks_per_child": 1000,
        "worker_soft_shutdown_timeout": 30,
        "worker_enable_soft_shutdown_on_idle": True,
        "worker_cancel_long_running_tasks_on_connection_loss": True,
        "worker_hijack_root_logger": False,  # one JSON format, apps.platform.observability's
        "worker_redirect_stdouts": False,
        "beat_schedule": SCHEDULE,
        "beat_schedule_filename": str(settings.BASE_DIR / "var" / "beat-schedule"),
    }


app = Celery("probity")
app.add_defaults(configuration)
app.autodiscover_tasks()
