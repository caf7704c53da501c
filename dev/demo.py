"""`make demo`: one running Probity with books to look at; `--reset` removes it.

The first start makes roles, database and data; later ones keep them. Everything started here is
stopped here, and nothing else is.
"""

import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from types import FrameType

from dev import assets, console, database, environment, greeting, ports, processes
from dev.environment import Instance, Plan
from dev.servers import ServerFailed

READY_WITHIN = 60.0


def _start_servers(plan: Plan, stack: ExitStack) -> None:
    """Start what is ours, to be stopped when `stack` closes, in the reverse order."""
    if plan.postgres is not None:
        first = not (plan.postgres.data / "PG_VERSION").exists()
        with console.step("Making a PostgreSQL cluster" if first else "Starting PostgreSQL"):
            stack.callback(plan.postgres.stop)
            plan.postgres.start()
    if plan.redis is not None:
        with console.step("Starting Redis"):
            stack.callback(plan.redis.stop)
            plan.redis.start()


def _prepare_database(plan: Plan) -> None:
    """Make roles and database on our own cluster, then migrate as the owner."""
    if plan.postgres is not None:
        secret = plan.instance.secrets()
        passwords = {
            database.OWNER: secret["owner"],
            database.APP: secret["app"],
            database.REPORT: secret["report"],
        }
        superuser = plan.postgres.url(database="postgres")
        database.apply_roles(superuser, passwords=passwords)
        database.create(superuser, database=f"probity_{environment.REGION}")
    env = plan.environment()
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    as_owner = {**env, "DATABASE_URL": plan.owner_url}
    console.run("Migrating the database", migrate, env=as_owner)


def _seed(plan: Plan) -> None:
    """Fill an empty instance; one that has log-ins was seeded."""
    if not plan.instance.credentials.exists():
        statements = plan.instance.directory / "statements"
        command = [sys.executable, "manage.py", "seed", "--statements", str(statements)]
        command += ["--small"] if os.environ.get("PROBITY_SEED") == "small" else []
        console.show("Making a small fintech to look at", command, env=plan.environment())
        verify = [sys.executable, "manage.py", "ledger", "verify"]
        console.run("Verifying every invariant of its ledger", verify, env=plan.environment())
    greeting.LogIns.read(plan.instance.credentials)


def is_ready(web: int) -> bool:
    """Return whether the web server answers and says that it is ready."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{web}/health/ready", timeout=3) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _greet(plan: Plan) -> Callable[[], None]:
    """Return what waits for the web server and then says where everything is."""

    def wait_and_greet() -> None:
        deadline = time.monotonic() + READY_WITHIN
        while not is_ready(plan.web):
            if time.monotonic() > deadline:
                console.say(f"Not ready after {READY_WITHIN:.0f} s: see the lines above.")
                return
            time.sleep(0.2)
        console.say(greeting.greeting(plan))

    return wait_and_greet


def _exit_on_signal(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def run(instance: Instance) -> int:
    """Run the instance in the foreground; return an exit code."""
    signal.signal(signal.SIGTERM, _exit_on_signal)
    signal.signal(signal.SIGHUP, _exit_on_signal)
    refuse_while_running(instance)
    plan = environment.plan(instance)
    if not os.path.isdir("/usr/share/zoneinfo"):
        console.say(
            "Note: this machine has no time zones (tzdata); PostgreSQL will know UTC alone."
        )
    with ExitStack() as stack:
        _start_servers(plan, stack)
        _prepare_database(plan)
        assets.collect(env=plan.environment())
        _seed(plan)
        plan.keep_variables()
        code = processes.run(plan, env=plan.environment(), started=_greet(plan))
        console.say("Stopping the servers …")
    return code


def reset(instance: Instance) -> None:
    """Remove the instance's data, secrets and mail; SystemExit while it runs."""
    refuse_while_running(instance)
    instance.forget()
    console.say(f"The {instance.name}'s data, log-ins and mail are gone.")


def refuse_while_running(instance: Instance) -> None:
    """SystemExit when the instance's own PostgreSQL listens on the port it noted."""
    lock = instance.servers / "postgres" / "data" / "postmaster.pid"
    lines = lock.read_text().splitlines() if lock.exists() else []
    if len(lines) > 3 and not ports.is_free(int(lines[3])):
        raise SystemExit(f"The {instance.name} is running already: stop it first (Ctrl-C).")


def main() -> None:
    """Run or reset the instance named by PROBITY_INSTANCE (`demo`)."""
    instance = Instance(os.environ.get("PROBITY_INSTANCE", "demo"))
    try:
        if "--reset" in sys.argv[1:]:
            reset(instance)
            return
        code = run(instance)
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except (ServerFailed, console.StepFailed) as failure:
        raise SystemExit(f"{failure}") from None
    raise SystemExit(code)


if __name__ == "__main__":
    main()
