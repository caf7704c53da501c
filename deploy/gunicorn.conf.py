"""The web server. What bounds a request is the database's time-outs, not the one named here.

They nest: lock 2 s < statement 5 s < transaction 10 s < here 30 s < proxy 35 s < client 40 s.
With threads, `timeout` is the worker's heartbeat: it replaces a worker that hangs as a whole.
"""

import os

from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]
from gunicorn.workers.base import Worker  # type: ignore[import-untyped]

_port = os.environ.get("PORT", "8000")
bind = os.environ.get("GUNICORN_BIND", f"127.0.0.1:{_port}")
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "8"))

timeout = 30
graceful_timeout = 30  # as long as the longest request
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000

# A worker touches its heartbeat file every second: on a slow disk that would stall it.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
control_socket_disable = True
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
limit_request_line = 4094
limit_request_fields = 50
accesslog = None  # the application logs each request once, as JSON, without personal data
errorlog = "-"


def child_exit(server: Arbiter, worker: Worker) -> None:  # noqa: ARG001
    """Forget the gauges of a worker that ended, where metrics are kept in files."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
