"""The programs of an instance, run side by side with prefixed output until told to stop."""

import functools
import os
import shlex
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import honcho.manager  # type: ignore[import-untyped]
import honcho.process  # type: ignore[import-untyped]

from dev import places, servers
from dev.environment import Plan

# A worker finishes the task in hand before it goes; a second Ctrl-C is not needed.
honcho.manager.KILL_WAIT = 20
# One worker has no neighbours to look for.
_QUIET = ("-W", "ignore:You're running the worker with superuser")  # root knows
_ALONE = ("--without-gossip", "--without-mingle")


class _Process(honcho.process.Process):  # type: ignore[misc]
    """Honcho's process, which also ends when the program that started it is killed outright."""

    def run(self, *arguments: object) -> None:
        servers.die_with_parent(signal.SIGKILL)()
        leash = servers.die_with_parent(signal.SIGTERM)
        self._child_ctor = functools.partial(honcho.process.Popen, preexec_fn=leash)
        super().run(*arguments)


class _Manager(honcho.manager.Manager):  # type: ignore[misc]
    """Honcho's manager, which also calls back once everything was started."""

    def __init__(self, started: Callable[[], None]) -> None:
        super().__init__()
        self._process_ctor = _Process
        self._started = started

    def _start(self) -> None:
        super()._start()
        threading.Thread(target=self._started, daemon=True).start()


def commands(plan: Plan) -> dict[str, list[str | Path]]:
    """Return each program's command line."""
    python, here = sys.executable, plan.instance.directory
    celery: list[str | Path] = [python, *_QUIET, "-m", "celery", "--quiet", "-A", "config.celery"]
    beat = ["beat", "--loglevel=INFO", "--pidfile=", f"--schedule={here / 'beat-schedule'}"]
    return {
        "smtp": [python, "-m", "dev.mail", str(plan.smtp), plan.instance.mail],
        "web": [python, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "config.wsgi"],
        "worker": [*celery, "worker", "--loglevel=INFO", "--concurrency=2", *_ALONE],
        "beat": [*celery, *beat],
        "relay": [python, "manage.py", "relay"],
    }


def run(plan: Plan, *, env: Mapping[str, str], started: Callable[[], None]) -> int:
    """Run the programs until Ctrl-C, SIGTERM or the end of one; stop the rest; return an exit code.

    Being asked to stop (by Ctrl-C or SIGTERM) is success.
    """
    manager = _Manager(started)
    for name, words in commands(plan).items():
        line = "exec " + shlex.join(str(word) for word in words)
        manager.add_process(name, line, env=dict(env), cwd=str(places.ROOT))
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    manager.loop()
    asked = manager.returncode in (130, 143)
    return 0 if asked else manager.returncode or 1
