"""A cell for a drill: every process of Probity, real, private, and ours to kill.

PostgreSQL (with fsync, full_page_writes and synchronous_commit on: a zero of a database that may
forget proves nothing), Redis with its append-only file, gunicorn, a Celery worker, the relay, and a
mail sink that remembers. Two proxies stand in between: clients reach the web server by
`cell.front`, web and worker reach PostgreSQL by `cell.wire`.

kill -9 is not a power cut: the page cache survives it.
"""

import base64
import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psycopg
import redis
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from dev import database, places, ports
from dev.servers import Postgres, Redis, children, die_with_parent

from .proxy import Proxy

READY_WITHIN = 30.0
DATABASE = "probity_drill"
# After kill -9 PostgreSQL syncs its files before it recovers: all at once, not one by one.
_OPTIONS = ["recovery_init_sync_method=syncfs"] if sys.platform == "linux" else []
_T = TypeVar("_T")


class MailSink:
    """Takes every message and remembers its Message-ID."""

    def __init__(self) -> None:
        self.message_ids: list[str] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Accept one message; aiosmtpd gives the method its name."""
        content = envelope.original_content or b""
        self.message_ids.append(str(message_from_bytes(content)["Message-ID"]))
        return "250 taken"


class Program:
    """A process of the product: started with the cell's environment, in a group of its own."""

    def __init__(self, command: Sequence[str], *, log: Path, env: Mapping[str, str]) -> None:
        self.command, self.log, self.env = command, log, env
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; the kernel kills it should the thread that started it end."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  our own programs
                self.command,
                env=dict(self.env),
                cwd=places.ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGKILL),  # noqa: PLW1509
            )

    @property
    def pid(self) -> int:
        """Process id; RuntimeError when it does not run."""
        if self.process is None:
            raise RuntimeError(f"not started: {self.command}")
        return self.process.pid

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process and all its children."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def kill(self) -> None:
        """Kill -9 with all children, and reap."""
        if self.process is not None:
            self.signal(signal.SIGKILL)
            self.process.wait()
            self.process = None


class Cell:
    """The processes of one cell. Use as a context manager; `start` says which programs run."""

    def __init__(self, *, options: Sequence[str] = ()) -> None:
        shelf = places.handed_over(places.servers_home() / "drills")
        _sweep(shelf)
        self.home = places.handed_over(shelf / f"{os.getpid()}-{secrets.token_hex(3)}")
        self.logs = places.private(self.home / "logs")
        self.passwords = {
            role: secrets.token_hex(16) for role in (database.OWNER, database.APP, database.REPORT)
        }
        self.postgres = Postgres(
            home=self.home / "postgres",
            port=ports.free_port(),
            password=secrets.token_hex(16),
            options=[*_OPTIONS, *options],
        )
        self.redis = Redis(
            home=self.home / "redis", port=ports.free_port(), password=secrets.token_hex(16)
        )
        self.web_port = ports.free_port()
        self.wire = Proxy(self.postgres.port, port=ports.free_port(), postgres=True)
        self.front = Proxy(self.web_port, port=ports.free_port())
        self.mail = MailSink()
        self._mail = Controller(self.mail, hostname="127.0.0.1", port=ports.free_port())
        # Servers die with the thread that started them; this one lives as long as the cell.
        self._steward = ThreadPoolExecutor(1, thread_name_prefix="steward")
        self._stack = contextlib.ExitStack()
        self.programs: dict[str, Program] = {}

    # coming and going

    def __enter__(self) -> "Cell":
        with contextlib.ExitStack() as stack:
            stack.callback(shutil.rmtree, self.home, ignore_errors=True)
            stack.callback(self._steward.shutdown)
            stack.callback(self.steward, self.postgres.stop)
            stack.callback(self.steward, self.redis.stop)
            stack.enter_context(self.wire)
            stack.enter_context(self.front)
            self._mail.start()
            stack.callback(self._mail.stop)
            stack.callback(self._kill_programs)
            self.steward(self.redis.start)
            self.steward(self.postgres.start)
            self._make_database()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stack.close()

    def steward(self, action: Callable[[], _T]) -> _T:
        """Run `action` on the thread that servers may be started from."""
        return self._steward.submit(action).result()

    def _kill_programs(self) -> None:
        for program in self.programs.values():
            program.signal(signal.SIGCONT)
            program.kill()

    def _make_database(self) -> None:
        superuser = self.postgres.url(database="postgres")
        database.apply_roles(superuser, passwords=self.passwords)
        database.create(superuser, database=DATABASE)
        owner = {"DATABASE_URL": self.database_url(database.OWNER)}
        self.manage("migrate", "--verbosity=0", env=owner)

    # addresses

    def database_url(self, role: str, *, port: int | None = None) -> str:
        """Return the URL by which `role` logs in, straight or through another port."""
        url = self.postgres.url(database=DATABASE, user=role, password=self.passwords[role])
        return url.replace(f":{self.postgres.port}/", f":{port or self.postgres.port}/")

    @property
    def url(self) -> str:
        """Where clients find the web server: by the proxy."""
        return f"http://127.0.0.1:{self.front.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What every program of the cell is told; no other variable of ours reaches it."""
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(places.ROOT),
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": self.database_url(database.APP, port=self.wire.port),
            "REDIS_URL": self.redis.url(database=0),
            "CACHE_URL": self.redis.url(database=1),
            "EMAIL_URL": f"smtp://127.0.0.1:{self._mail.port}",
            "SECRET_KEY": self._secret,
            "PROBITY_KEKS": f"1:{self._kek}",
            "PROBITY_ENV": "test",
            "ALLOWED_HOSTS": "127.0.0.1",
            "STATICFILES_BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
            "RATE_PER_SECOND": "100000",
            "RATE_PER_DAY": "100000000",
            "LOG_LEVEL": "WARNING",
        }

    _secret = secrets.token_urlsafe(48)
    _kek = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()

    # programs

    def python(self, *words: str, env: Mapping[str, str] | None = None) -> str:
        """Run Python to its end with the cell's environment and return what it printed."""
        done = subprocess.run(  # noqa: S603  our own interpreter on our own modules
            [sys.executable, *words],
            env={**self.environment, **(env or {})},
            cwd=places.ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{words}: exit {done.returncode}\n{done.stderr[-4000:]}")
        return done.stdout

    def manage(self, *words: str, env: Mapping[str, str] | None = None) -> str:
        """Run a management command."""
        return self.python("manage.py", *words, env=env)

    def furnish(self, **wishes: Any) -> Any:
        """Make accounts, customers and an API client by the front doors; see `furnish.py`."""
        return json.loads(self.python("-m", "tests.drills.furnish", json.dumps(wishes)))

    def start_web(self, *, settings: str = "config.settings", **env: str) -> None:
        """Start gunicorn, with further variables, and return when it answers."""
        gunicorn = [sys.executable, "-m", "gunicorn", "config.wsgi"]
        gunicorn += [f"--bind=127.0.0.1:{self.web_port}", "--workers=2"]
        gunicorn += ["--worker-class=gthread", "--threads=4", "--no-control-socket"]
        self.run("web", gunicorn, DJANGO_SETTINGS_MODULE=settings, **env)
        self.wait_for_web()

    def start_worker(self, **env: str) -> None:
        """Start a Celery worker; it takes up what it finds when it is ready."""
        celery = [sys.executable, "-m", "celery", "--quiet", "-A", "config.celery", "worker"]
        celery += ["--loglevel=WARNING", "--concurrency=4"]
        self.run("worker", [*celery, "--without-gossip", "--without-mingle"], **env)

    def start_relay(self, **env: str) -> None:
        """Start the relay: outbox to Celery."""
        self.run("relay", [sys.executable, "manage.py", "relay"], **env)

    def run(self, name: str, command: Sequence[str], **env: str) -> None:
        """Start a program under a name, with further variables; end the one it replaces."""
        self.end(name)
        log = self.logs / f"{name}.log"
        self.programs[name] = Program(command, log=log, env={**self.environment, **env})
        self.steward(self.programs[name].start)

    def end(self, name: str) -> None:
        """Kill a program, if it runs; it is not started again."""
        if (program := self.programs.pop(name, None)) is not None:
            program.kill()

    def wait_for_web(self) -> None:
        """Return when the web server answers; TimeoutError with the logs when it does not."""
        deadline = time.monotonic() + READY_WITHIN
        while not self._web_answers():
            if time.monotonic() > deadline:
                raise TimeoutError(f"the web server does not answer:\n{self.last_words()}")
            time.sleep(0.05)

    def _web_answers(self) -> bool:
        with contextlib.suppress(httpx.HTTPError):
            url = f"http://127.0.0.1:{self.web_port}/health/live"
            return httpx.get(url, timeout=2).status_code == 200
        return False

    def last_words(self) -> str:
        """Return the ends of all logs."""
        ends = [(log.name, log.read_text(errors="replace")[-2000:]) for log in self.log_files()]
        return "\n".join(f"--- {name}\n{text}" for name, text in ends)

    def log_files(self) -> list[Path]:
        """Return every log of the cell."""
        return sorted([*self.logs.glob("*.log"), self.postgres.log, self.redis.log])

    # faults

    def kill_web(self) -> None:
        """Kill gunicorn and all its workers, and start it again."""
        self._kill_and_start("web")
        self.wait_for_web()

    def kill_web_worker(self) -> None:
        """Kill one of gunicorn's workers; its master starts another."""
        _send(signal.SIGKILL, children(self.programs["web"].pid)[:1])

    def kill_worker(self) -> None:
        """Kill the Celery worker and its children, and start it again."""
        self._kill_and_start("worker")

    def flush_redis(self) -> None:
        """Make Redis forget everything: queues, tasks under way, cache."""
        with redis.Redis.from_url(self.redis.url()) as client:
            client.flushall()

    def _kill_and_start(self, name: str) -> None:
        self.programs[name].kill()
        self.steward(self.programs[name].start)

    def kill_postgres(self) -> None:
        """Kill the postmaster and every backend, and start it again on the same data."""
        self.postgres.kill()
        self.steward(self.postgres.start)

    def kill_redis(self) -> None:
        """Kill Redis and start it again on its append-only file."""
        self.redis.kill()
        self.steward(self.redis.start)

    @contextlib.contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """Stop a server or program without ending it, for the length of the block: a long pause."""
        pids = self._pids(name)
        _send(signal.SIGSTOP, pids)
        try:
            yield
        finally:
            _send(signal.SIGCONT, pids)

    def _pids(self, name: str) -> list[int]:
        if name == "postgres":
            return [_pid(self.postgres), *children(_pid(self.postgres))]
        if name == "redis":
            return [_pid(self.redis)]
        program = self.programs[name].pid
        return [program, *children(program)]

    def assert_durable(self) -> None:
        """Fail unless PostgreSQL and Redis keep what they have acknowledged."""
        with psycopg.connect(self.postgres.url(database=DATABASE)) as connection:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                assert connection.execute(f"SHOW {setting}").fetchone() == ("on",), setting
        assert self.redis.durable


def _send(number: signal.Signals, pids: Sequence[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _sweep(shelf: Path) -> None:
    """Remove what cells left whose process was killed; a directory begins with its process id."""
    for left in shelf.iterdir():
        if not Path("/proc", left.name.partition("-")[0]).exists():
            shutil.rmtree(left, ignore_errors=True)


def _pid(server: Postgres | Redis) -> int:
    if server.process is None:
        raise RuntimeError(f"{server.name} does not run")
    return server.process.pid
