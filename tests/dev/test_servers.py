"""The local servers: ours, private, durable when they should be, and gone when we are."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from dev import places, ports, throwaway
from dev.servers import Postgres, Redis, ServerFailed

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home() -> Iterator[Path]:
    """A directory that the servers' own user can reach."""
    import shutil

    folder = places.servers_home() / f"test {os.getpid()}"  # with a space, as a path may have
    yield places.handed_over(folder)
    shutil.rmtree(folder)


def make_postgres(home: Path, *, durable: bool = True) -> Postgres:
    return Postgres(home=home / "pg", port=ports.free_port(), password="s3cret'", durable=durable)


def test_a_killed_cluster_starts_again_with_what_was_committed(home: Path) -> None:
    server = make_postgres(home)
    server.start()
    try:
        with psycopg.connect(server.url(database="postgres")) as session:
            session.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        server.kill()
        server.start()
        with psycopg.connect(server.url(database="postgres")) as session:
            assert session.execute("SELECT answer FROM kept").fetchone() == (42,)
            for name in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums"):
                assert session.execute("SELECT current_setting(%s)", [name]).fetchone() == ("on",)
            assert session.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
    finally:
        server.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere they notice by themselves")
def test_a_kill_takes_the_sessions_with_it(home: Path) -> None:
    server = make_postgres(home, durable=False)
    server.start()
    with psycopg.connect(server.url(database="postgres")) as session:
        pid = session.info.backend_pid
        assert is_running(pid)
        server.kill()
        deadline = time.monotonic() + 1
        while is_running(pid):
            assert time.monotonic() < deadline, "the backend outlived its postmaster"
        session.close()


def test_a_cluster_that_cannot_start_says_why(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dev.servers.START_ATTEMPTS", 1)
    server = make_postgres(home, durable=False)
    server.options.append("shared_buffers=nonsense")
    with pytest.raises(ServerFailed, match="shared_buffers"):
        server.start()


def test_a_wrong_password_is_refused_by_both(home: Path) -> None:
    postgres = make_postgres(home, durable=False)
    cache = Redis(home=home / "redis", port=ports.free_port(), password="right")
    postgres.start()
    cache.start()
    try:
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(postgres.url(database="postgres", password="wrong"))
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=cache.port).ping()
        client = redis.Redis.from_url(cache.url())
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        client.close()
    finally:
        postgres.stop()
        cache.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
def test_servers_go_when_the_program_that_started_them_is_killed() -> None:
    program = (
        "import time; from dev import throwaway\n"
        "with throwaway.running() as servers:\n"
        "    print(servers.postgres.process.pid, servers.redis.process.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        pids = [int(word) for word in child.stdout.readline().split()]
        child.send_signal(signal.SIGKILL)
    assert len(pids) == 2
    deadline = time.monotonic() + 10
    while any(is_running(pid) for pid in pids):
        assert time.monotonic() < deadline, "still running ten seconds after its parent"
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    """Whether the process lives; a zombie that nobody has reaped yet does not."""
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def test_what_a_killed_run_left_is_swept_by_the_next(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "servers_home", lambda: home)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left, alive = (home / "throwaway" / str(pid) for pid in (ended.pid, os.getppid()))
    for folder in (left, alive):
        folder.mkdir(parents=True)
    with throwaway.running():
        assert not left.exists()
        assert alive.exists()


def test_a_run_leaves_nothing_behind() -> None:
    program = (
        "from dev import throwaway\nwith throwaway.running() as servers:\n    print(servers.home)\n"
    )
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not Path(done.stdout.strip()).exists()


def test_workers_of_one_run_share_servers_and_not_databases() -> None:
    given = {throwaway.PG: "postgres://postgres:pw@127.0.0.1:1/postgres"}
    given[throwaway.REDIS] = "redis://:pw@127.0.0.1:2/0"
    first = given | {"PYTEST_XDIST_WORKER": "gw0"}
    second = given | {"PYTEST_XDIST_WORKER": "gw1"}
    assert throwaway.prepare(first) is None
    assert throwaway.prepare(second) is None
    urls = [env[name] for env in (first, second) for name in ("REDIS_URL", "CACHE_URL")]
    assert len(set(urls)) == 4
    assert first["DATABASE_URL"] != second["DATABASE_URL"]
    assert "probity_app" in first["DATABASE_URL"]
