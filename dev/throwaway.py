"""A throw-away PostgreSQL and Redis for one test run, and the environment that points at them.

The process that starts the run makes the servers; pytest-xdist workers and programs started by
tests inherit its environment and use them. To bring a running cluster of your own (a throw-away
one: its roles get new passwords), set PROBITY_TEST_PG to its superuser's URL, and
PROBITY_TEST_REDIS.
"""

import base64
import contextlib
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator, MutableMapping
from pathlib import Path

import psycopg

from dev import database, places, ports
from dev.servers import Postgres, Redis

PG, REDIS, RUN, WORKER = (
    "PROBITY_TEST_PG",
    "PROBITY_TEST_REDIS",
    "PROBITY_TEST_RUN",
    "PROBITY_TEST_WORKER",
)


class Throwaway:
    """The servers of one run; made on paper first, so that settings can name them."""

    def __init__(self) -> None:
        """Choose ports and passwords; start nothing."""
        home = _shelf() / str(os.getpid())
        port = ports.free_port()
        self.home = home
        self.postgres = Postgres(
            home=home / "postgres", port=port, password=secrets.token_hex(16), durable=False
        )
        self.redis = Redis(
            home=home / "redis",
            port=ports.free_port(near=port),
            password=secrets.token_hex(16),
            durable=False,
        )

    def start(self) -> None:
        """Start both servers."""
        places.handed_over(_shelf())
        _sweep()
        places.handed_over(self.home)
        self.postgres.start()
        self.redis.start()

    def stop(self) -> None:
        """Stop both servers and leave nothing behind."""
        self.postgres.stop()
        self.redis.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def environment(self) -> dict[str, str]:
        """Return the variables by which a test run is told to use these servers."""
        return {PG: self.postgres.url(database="postgres"), REDIS: self.redis.url()}


@contextlib.contextmanager
def running() -> Iterator[Throwaway]:
    """Run a pair of servers for the length of the block."""
    servers = Throwaway()
    try:
        servers.start()
        yield servers
    finally:
        servers.stop()


def _shelf() -> Path:
    return places.servers_home() / "throwaway"


def _sweep() -> None:
    """Remove what runs left that were killed; each directory is named by its process."""
    for left in _shelf().iterdir():
        if not left.name.isdigit() or Path(f"/proc/{left.name}").exists():
            continue
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(int(left.name), 0)
            continue
        shutil.rmtree(left, ignore_errors=True)


def prepare(environ: MutableMapping[str, str]) -> Throwaway | None:
    """Point the environment at this worker's databases; return the servers if we are to start them.

    Called before Django's settings are read: once a process, again harmlessly in its children.
    """
    worker = environ.get("PYTEST_XDIST_WORKER", "main")
    if environ.get(WORKER) == worker:
        return None
    servers = None
    if PG not in environ:
        servers = Throwaway()
        environ.update(servers.environment())
    environ.setdefault(RUN, f"probity_test_{os.getpid()}")
    environ[WORKER] = worker
    environ["DATABASE_URL"] = login(environ, database=f"{environ[RUN]}_{worker}")
    number = 0 if worker == "main" else int(worker.removeprefix("gw")) + 1
    broker = environ[REDIS].rsplit("/", 1)[0]
    environ["REDIS_URL"] = f"{broker}/{2 * number}"
    environ["CACHE_URL"] = f"{broker}/{2 * number + 1}"
    environ["PROBITY_ENV"] = "test"
    environ["PROBITY_REGION"] = "eu"
    environ["DEBUG"] = "false"
    environ["ALLOWED_HOSTS"] = "testserver,localhost,127.0.0.1"
    environ["PROBITY_PUBLIC_URL"] = "http://testserver"
    environ["EMAIL_URL"] = "memorymail://"
    environ["STATICFILES_BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    environ["SECRET_KEY"] = secrets.token_urlsafe(48)
    key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    environ.setdefault("PROBITY_KEKS", f"1:{key}")
    return servers


def login(environ: MutableMapping[str, str], *, database: str, user: str = "probity_app") -> str:
    """Return the URL by which a role of Probity logs in to a test database."""
    from dev.database import with_login

    return with_login(environ[PG], user=user, password=password(environ), database=database)


def password(environ: MutableMapping[str, str]) -> str:
    """Return the roles' password: of the cluster's own, so that runs side by side agree on it."""
    return hashlib.sha256(environ[PG].encode()).hexdigest()[:32]


@contextlib.contextmanager
def one_at_a_time(environ: MutableMapping[str, str]) -> Iterator[None]:
    """Let one worker of a run make the template while the others wait."""
    with psycopg.connect(environ[PG], autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext('probity template'))")
        yield


def prepare_template(environ: MutableMapping[str, str]) -> str | None:
    """Make an empty database to be migrated as the owner; None when another worker has."""
    name = template(environ)
    secret = password(environ)
    roles = (database.OWNER, database.APP, database.REPORT)
    database.apply_roles(environ[PG], passwords=dict.fromkeys(roles, secret))
    return name if database.create(environ[PG], database=name) else None


def template(environ: MutableMapping[str, str]) -> str:
    """Return the name of the run's template database."""
    return f"{environ[RUN]}_template"
