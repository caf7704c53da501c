"""The smaller tools: secrets, greetings, checks and the closing lines they print."""

import json
import re
import socket
import tomllib
from pathlib import Path

import pytest

from dev import addresses, check, demo, environment, greeting, places, ports
from dev.environment import Instance
from dev.test import pytest_closing_line

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def instance(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Instance:
    monkeypatch.setattr(places, "ROOT", tmp_path)
    monkeypatch.setattr(places, "servers_home", lambda: tmp_path / "servers")
    return Instance("demo")


def test_secrets_are_made_once_and_only_their_owner_may_read_them(instance: Instance) -> None:
    made = instance.secrets()
    assert instance.secrets() == made
    assert len(set(made.values())) == len(made)
    assert (instance.directory / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert instance.directory.stat().st_mode & 0o777 == 0o700


def test_half_a_database_configuration_is_refused(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/probity")
    with pytest.raises(SystemExit, match="DATABASE_OWNER_URL"):
        environment.plan(instance)


def test_given_servers_are_used_and_none_started(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://app@elsewhere/probity")
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgres://owner@elsewhere/probity")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/0")
    monkeypatch.delenv("CACHE_URL", raising=False)
    monkeypatch.setattr("dev.ports.is_free", lambda _number: True)
    plan = environment.plan(instance)
    assert (plan.postgres, plan.redis) == (None, None)
    assert plan.variables()["DATABASE_URL"] == "postgres://app@elsewhere/probity"
    assert plan.variables()["CACHE_URL"] == "redis://elsewhere/1"


def test_lost_log_ins_are_said_to_be_lost(instance: Instance) -> None:
    with pytest.raises(SystemExit, match="make demo-reset"):
        greeting.LogIns.read(instance.credentials)


def test_the_curl_carries_token_key_and_body() -> None:
    log_ins = greeting.LogIns([], "t0ken", "acct_eu_a", "acct_eu_b", "EUR")
    command = greeting.curl(log_ins, base="http://127.0.0.1:8000")
    assert "Authorization: Bearer t0ken" in command
    assert "Idempotency-Key: " in command
    body = json.loads(command.split("-d '", 1)[1].rstrip("'"))
    assert body["amount"] == {"amount": 1050, "currency": "EUR"}


def note_of_a_server(instance: Instance, port: int) -> Path:
    """Leave the note by which PostgreSQL says where it listens."""
    data = instance.servers / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "postmaster.pid").write_text(f"1\n{data}\n1700000000\n{port}\n")
    return data


def test_a_running_demo_is_neither_reset_nor_started_twice(instance: Instance) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        data = note_of_a_server(instance, listener.getsockname()[1])
        for act in (demo.reset, demo.run):
            with pytest.raises(SystemExit, match="stop it first"):
                act(instance)
    assert data.exists()


def test_a_note_left_by_a_killed_server_does_not_matter(instance: Instance) -> None:
    data = note_of_a_server(instance, ports.free_port())
    demo.reset(instance)
    assert not data.exists()


def test_a_reset_leaves_nothing(instance: Instance) -> None:
    instance.secrets()
    instance.servers.mkdir(parents=True)
    demo.reset(instance)
    assert not instance.directory.exists()
    assert not instance.servers.exists()


def test_a_command_without_a_demo_says_how_to_start_one(instance: Instance) -> None:
    with pytest.raises(SystemExit, match="make demo"):
        instance.running_environment()


@pytest.mark.parametrize(
    "line",
    [
        "index-url = https://" + "pypi" + ".org/simple",
        "files." + "pythonhosted" + ".org",
        "see /" + "home/ada/probity",
        "open /" + "Users/ada/probity",
        str(places.ROOT / "apps"),
    ],
)
def test_an_address_of_an_index_or_a_machine_is_found(line: str) -> None:
    assert next(addresses.offences(f"fine\n{line}\n"))[0] == 2


@pytest.mark.parametrize("line", ["url: /v1/home/x", "cd ~/home/x", "https://example.com/home/x"])
def test_other_paths_are_no_offence(line: str) -> None:
    assert list(addresses.offences(line)) == []


def test_a_failed_check_is_named_in_the_summary() -> None:
    outcomes = [
        check.Outcome("ruff", passed=True, seconds=1),
        check.Outcome("types", passed=False, seconds=2),
    ]
    assert check.summary(outcomes) == "checks: 2 run, 1 failed: types (3 s)"


@pytest.mark.parametrize("ruled", ["==== {} ====", "{}"])
def test_pytests_closing_line_is_repeated(ruled: str) -> None:
    line = "3 failed, 12 passed, 1 warning in 4.20s"
    assert pytest_closing_line(f"…\n{ruled.format(line)}\n") == line


def test_a_pytest_that_died_is_not_taken_for_one_that_passed() -> None:
    assert "did not come to its end" in pytest_closing_line("Segmentation fault\n")


def pinned(lock: str) -> set[str]:
    text = (REPOSITORY / "requirements" / lock).read_text()
    return {line.split(" ")[0] for line in text.splitlines() if re.match(r"[a-z0-9]", line)}


def declared(group: str) -> set[str]:
    """The requirements of pyproject.toml as a lock writes them: without extras."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    lines = project["dependencies"] if group == "prod" else project["optional-dependencies"]["dev"]
    return {re.sub(r"\[.*?\]", "", line) for line in lines}


def test_the_locks_pin_what_the_project_declares() -> None:
    assert declared("prod") <= pinned("prod.txt") <= pinned("dev.txt")
    assert declared("dev") <= pinned("dev.txt")


def test_production_installs_no_tool() -> None:
    assert not declared("dev") & pinned("prod.txt")
