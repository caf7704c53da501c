"""The cluster that everything is measured on: its databases, pgbench, and worker processes.

It keeps its promises (fsync, full_page_writes, synchronous_commit on) and is set as one would set
a server of this size; yard-stick and measures have the same of it.
"""

import contextlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import psycopg

from dev import database, places, servers
from tests.drills.cell import DATABASE, Cell

from . import books, scripts
from .sizes import Size

YARD, SMALL, LARGE, OTHER = "yardstick", "books_small", "books_large", "hordak"
BENCH = places.ROOT / "var" / "bench"
LOCK = places.ROOT / "requirements" / "bench.txt"
_TOLD = (
    "fsync",
    "full_page_writes",
    "synchronous_commit",
    "shared_buffers",
    "max_wal_size",
    "checkpoint_timeout",
    "wal_level",
    "wal_compression",
    "max_connections",
    "jit",
)


def _memory_mb() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20


def options() -> list[str]:
    """Return the settings of a server of this size: an eighth of the memory, at most 2 GB."""
    return [f"shared_buffers={max(128, min(2048, _memory_mb() // 8))}MB", "max_wal_size=4GB"]


class Worker:
    """A process of bench.loop; a context manager."""

    def __init__(self, command: Sequence[str | Path], *, env: Mapping[str, str]) -> None:
        """Start it and wait until it is ready."""
        self._process = subprocess.Popen(  # noqa: S603  our own programs
            [str(word) for word in command],
            env=dict(env),
            cwd=places.ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._hear()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_exc: object) -> None:
        """Let it end."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(20)

    def rate(self, name: str, limit: str) -> float:
        """Return how often it did that a second; `limit` is seconds, or a number of times: 20x."""
        if self._process.stdin is None:
            raise SystemExit("a worker does not listen")
        self._process.stdin.write(f"{name} {limit}\n")
        self._process.stdin.flush()
        count, seconds = self._hear().split()
        return float(count) / float(seconds)

    def _hear(self) -> str:
        line = "" if self._process.stdout is None else self._process.stdout.readline()
        if not line:
            raise SystemExit("a worker of the measurement ended; what it said stands above")
        return line


class Cluster:
    """A cell with the databases of the measurement; a context manager."""

    def __init__(self, size: Size) -> None:
        """Describe it."""
        self.size = size
        self.cell = Cell(options=options())
        self._stack = contextlib.ExitStack()
        self.fast = ""  # signature of the form for one transfer, where the engine has it

    def __enter__(self) -> Self:
        """Start it."""
        with contextlib.ExitStack() as stack:
            self._scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            stack.enter_context(self.cell)
            self._stack = stack.pop_all()
        self.cell.assert_durable()
        with self.connect(DATABASE) as session:
            for form in scripts.FORMS:
                if books.exists(session, form):
                    self.fast = form
        return self

    def __exit__(self, *_exc: object) -> None:
        """Stop it."""
        self._stack.close()

    # databases

    def url(self, name: str, *, role: str = "") -> str:
        """Return the URL of a database: the superuser's, or a role's."""
        own = self.cell.passwords.get(role)
        return self.cell.postgres.url(database=name, user=role or servers.SUPERUSER, password=own)

    @contextlib.contextmanager
    def connect(self, name: str, *, role: str = "") -> Iterator[psycopg.Connection[Any]]:
        """Yield a session that commits each statement by itself."""
        with psycopg.connect(self.url(name, role=role), autocommit=True) as session:
            yield session

    def make_yardstick(self) -> None:
        """Make the tables of TPC-B."""
        with self.connect("postgres") as session:
            session.execute("CREATE DATABASE yardstick")
        self.pgbench("--initialize", "--quiet", f"--scale={self.size.scale}", url=self.url(YARD))

    def make_books(self, name: str, *, entries: int) -> None:
        """Make a migrated database with so many entries."""
        superuser = self.url("postgres")
        database.clone(superuser, template=DATABASE, database=name)
        books.fill(self.url(name), entries=entries, accounts=self.size.accounts)

    def settings(self) -> dict[str, Any]:
        """Return what the figures depend on: machine, server, size."""
        with self.connect("postgres") as session:
            told = {name: _one(session, f"SHOW {name}".encode()) for name in _TOLD}
            version = _one(session, b"SHOW server_version")
        return {
            "size": self.size.name,
            "cpus": os.cpu_count(),
            "memory_mb": _memory_mb(),
            "postgres": version,
            "server": told,
            "python": sys.version.split()[0],
        }

    # pgbench

    def pgbench(self, *words: str, url: str, **env: str) -> str:
        """Run pgbench to its end and return what it printed."""
        command = [str(servers.postgres_bin() / "pgbench"), "--no-vacuum", *words, url]
        done = subprocess.run(  # noqa: S603  the server's own program
            command, capture_output=True, text=True, check=False, env={**os.environ, **env}
        )
        if done.returncode:
            raise SystemExit(f"pgbench: {done.stderr[-2000:]}")
        return done.stdout

    def script(self, text: str) -> str:
        """Return the option that names a script of this text."""
        path = self._scratch / f"{abs(hash(text)):x}.sql"
        path.write_text(text)
        return f"--file={path}"

    def rate(self, clients: int, *words: str, name: str, role: str = "", seconds: int = 0) -> float:
        """Return transactions a second of so many clients."""
        duration = [f"--client={clients}", f"--jobs={min(clients, 2)}"]
        duration += [f"--time={seconds or self.size.seconds}", f"-Daccounts={self.size.accounts}"]
        printed = self.pgbench(
            "--protocol=prepared", *duration, *words, url=self.url(name, role=role)
        )
        return _tps(printed)

    def tpcb(self, clients: int) -> Callable[[], float]:
        """Return what measures the yard-stick."""
        return lambda: self.rate(clients, name=YARD)

    def posting(self, clients: int, script: str, *, name: str = SMALL) -> Callable[[], float]:
        """Return what measures a script of the ledger, as the role that serves."""
        option = self.script(script)
        return lambda: self.rate(clients, option, name=name, role=database.APP)

    # workers

    def probity(self, name: str = SMALL) -> Worker:
        """Return a process with Probity's services and real settings, logged in as the app role."""
        env = self.cell.environment | {"DATABASE_URL": self.url(name, role=database.APP)}
        command = [sys.executable, "-m", "bench.probity_worker", str(self.size.accounts)]
        return Worker(command, env=env)

    def hordak(self) -> Worker:
        """Return a process with django-hordak, in an environment and a database of its own."""
        with self.connect("postgres") as session:
            session.execute("CREATE DATABASE hordak")
        env = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(places.ROOT),
            "DJANGO_SETTINGS_MODULE": "bench.hordak_settings",
            "DATABASE_URL": self.url(OTHER),
        }
        return Worker([_other_python(), "-m", "bench.hordak_worker", "200"], env=env)


def _one(session: psycopg.Connection[Any], query: bytes) -> str:
    [[value]] = session.execute(query)
    return str(value)


def _tps(printed: str) -> float:
    found = re.search(r"tps = ([\d.]+)", printed)
    if found is None:
        raise SystemExit(f"pgbench printed no rate:\n{printed}")
    return float(found[1])


def _other_python() -> Path:
    """Return the Python of the environment that the lock requirements/bench.txt describes."""
    home, stamp = BENCH / "venv", BENCH / "venv" / "lock.txt"
    python = home / "bin" / "python"
    if not stamp.exists() or stamp.read_text() != LOCK.read_text():
        uv = str(Path(sys.executable).with_name("uv"))
        made = [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(home)]
        filled = [uv, "pip", "install", "--quiet", "--require-hashes", "--python", str(python)]
        for command in (made, [*filled, "-r", str(LOCK)]):
            subprocess.run(command, check=True, cwd=places.ROOT)  # noqa: S603
        stamp.write_text(LOCK.read_text())
    return python


def rounds(measures: Mapping[str, Callable[[], float]], count: int) -> dict[str, list[float]]:
    """Run every measure once a round, in turn, so that a slow minute is everybody's."""
    found: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(count):
        for name, measure in measures.items():
            found[name].append(measure())
    return found
