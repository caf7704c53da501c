"""`make check`: every check of the code that is not a test. All run; a summary says which failed.

Migrations are linted on a throw-away database; the deployment check sees what production would set.
"""

import base64
import difflib
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from dev import console, database, places, throwaway

OPENAPI = places.ROOT / "openapi" / "v1.yaml"
# What the contracts cannot see. That each contract fails when it should is among the tests.
ARCHITECTURE = [
    f"tests/architecture/test_{name}.py" for name in ("architecture", "views", "privacy", "grants")
]
TYPED = ["manage.py", "config", "apps", "dev", "deploy", "bench", "tests"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one check ended."""

    name: str
    passed: bool
    seconds: float


def module(*words: str) -> list[str]:
    """Return the command line of a Python module of the environment."""
    return [sys.executable, "-m", *words]


def manage(*words: str) -> list[str]:
    """Return the command line of a management command."""
    return [sys.executable, "manage.py", *words]


def commands() -> dict[str, list[str]]:
    """Return each check that is one program, cheap ones first."""
    folders = [name for name in TYPED if (places.ROOT / name).exists()]
    return {
        "addresses": module("dev.addresses"),
        "ruff": module("ruff", "check", "--quiet", "."),
        "format": module("ruff", "format", "--check", "--quiet", "."),
        "contracts": [
            str(Path(sys.executable).with_name("lint-imports")),
            "--no-logo",
            "--no-cache",
        ],
        "architecture": module("pytest", "-q", "--no-header", *ARCHITECTURE),
        "migrations made": manage("makemigrations", "--check", "--dry-run"),
        "migrations safe": module("dev.migrations"),
        "deployment": manage("check", "--deploy", "--fail-level", "WARNING"),
        "types": module("mypy", *folders),
    }


def production_like(environ: Mapping[str, str], *, database_url: str, redis: str) -> dict[str, str]:
    """Return an environment as production has it: what is dangerous must be told, not assumed."""
    key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return {
        **environ,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis,
        "CACHE_URL": f"{redis.rsplit('/', 1)[0]}/1",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "PROBITY_KEKS": f"1:{key}",
        "PROBITY_ENV": "production",
        "PROBITY_REGION": "eu",
        "PROBITY_PUBLIC_URL": "https://probity.example",
        "ALLOWED_HOSTS": "probity.example",
        "DEBUG": "false",
        "LOG_LEVEL": "WARNING",
        "EMAIL_URL": "smtp+tls://mail.example:587",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


def environment(stack: ExitStack) -> dict[str, str]:
    """Return the checks' environment, on servers that run until `stack` closes."""
    environ = dict(os.environ)
    if throwaway.PG not in environ:
        environ.update(stack.enter_context(throwaway.running()).environment())
    superuser, name = environ[throwaway.PG], f"probity_check_{os.getpid()}"
    secret = throwaway.password(environ)
    roles = (database.OWNER, database.APP, database.REPORT)
    database.apply_roles(superuser, passwords=dict.fromkeys(roles, secret))
    database.create(superuser, database=name)
    stack.callback(database.drop, superuser, database=name)
    url = throwaway.login(environ, database=name, user=database.OWNER)
    return production_like(environ, database_url=url, redis=environ[throwaway.REDIS])


def run_one(command: list[str], env: Mapping[str, str]) -> bool:
    """Run one check, show what it says when it fails, and return whether it passed."""
    done = subprocess.run(
        command, cwd=places.ROOT, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        console.say("failed")
        console.say((done.stdout + done.stderr).rstrip())
    return done.returncode == 0


def api_document(env: Mapping[str, str]) -> str | None:
    """Return the API document made from the code, or None, having said why it cannot be made."""
    command = manage("spectacular", "--validate", "--fail-on-warn")
    done = subprocess.run(
        command, cwd=places.ROOT, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        console.say("failed")
        console.say((done.stdout + done.stderr)[-4000:])
        return None
    return done.stdout


def api_document_is_current(env: Mapping[str, str]) -> bool:
    """Return whether openapi/v1.yaml says what the code does; show the difference if not."""
    made = api_document(env)
    if made is None:
        return False
    kept = OPENAPI.read_text(encoding="utf-8") if OPENAPI.exists() else ""
    if made == kept:
        return True
    lines = difflib.unified_diff(
        kept.splitlines(), made.splitlines(), "openapi/v1.yaml", "the code", lineterm="", n=1
    )
    console.say("failed")
    console.say("\n".join([*list(lines)[:40], "Look at it, then write it anew: make openapi"]))
    return False


def run_all() -> list[Outcome]:
    """Run every check and return how each ended."""
    with ExitStack() as stack:
        env = environment(stack)
        checks: dict[str, Callable[[], bool]] = {
            name: (lambda command=command: run_one(command, env))  # type: ignore[misc]
            for name, command in commands().items()
        }
        checks["API document"] = lambda: api_document_is_current(env)
        return [_timed(name, check) for name, check in checks.items()]


def _timed(name: str, check: Callable[[], bool]) -> Outcome:
    print(f"{name} … ", end="", flush=True)
    began = time.monotonic()
    passed = check()
    seconds = time.monotonic() - began
    console.say(f"{'ok' if passed else name + ' failed'} ({seconds:.1f} s)")
    return Outcome(name, passed, seconds)


def summary(outcomes: list[Outcome]) -> str:
    """Return the closing line."""
    failed = [outcome.name for outcome in outcomes if not outcome.passed]
    seconds = sum(outcome.seconds for outcome in outcomes)
    verdict = f"{len(failed)} failed: {', '.join(failed)}" if failed else "all passed"
    return f"checks: {len(outcomes)} run, {verdict} ({seconds:.0f} s)"


def write_openapi() -> None:
    """Write openapi/v1.yaml anew from the code."""
    with ExitStack() as stack:
        made = api_document(environment(stack))
    if made is None:
        raise SystemExit(1)
    OPENAPI.parent.mkdir(exist_ok=True)
    OPENAPI.write_text(made, encoding="utf-8")
    console.say(f"{OPENAPI.relative_to(places.ROOT)} written")


def main() -> None:
    """Run the checks, or write the API document with --write-openapi."""
    if "--write-openapi" in sys.argv[1:]:
        write_openapi()
        return
    outcomes = run_all()
    console.say(summary(outcomes))
    raise SystemExit(0 if all(outcome.passed for outcome in outcomes) else 1)


if __name__ == "__main__":
    main()
