"""`make smoke`: the demo without a terminal, beside a running one.

Starts an instance of its own on free ports, posts a transfer through the API, reads it back by a
second request, waits for the e-mail it causes, stops the instance as Ctrl-C would, and looks that
nothing was left running. Exit code 0 when all of it held.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

from dev import console, mail, places, ports
from dev.demo import is_ready
from dev.environment import Instance
from dev.greeting import LogIns

INSTANCE = Instance("smoke")
PORTS = (ports.WEB, ports.POSTGRES, ports.REDIS, ports.SMTP)
START_WITHIN, MAIL_WITHIN, STOP_WITHIN = 240.0, 60.0, 60.0
# What would make the instance use somebody's own servers.
FOREIGN = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "CACHE_URL")


class SmokeFailed(Exception):
    """Something did not hold; the message says what."""


def chosen_ports() -> dict[str, int]:
    """Return a free port for each server, by variable."""
    chosen: dict[str, int] = {}
    last = None
    for port in PORTS:
        last = ports.free_port(near=last)
        chosen[port.variable] = last
    return chosen


@contextlib.contextmanager
def running_demo(chosen: dict[str, int]) -> Iterator[subprocess.Popen[bytes]]:
    """Run `python -m dev.demo` as another instance; kill it if it will not stop."""
    environ = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    environ |= {name: str(number) for name, number in chosen.items()}
    environ |= {"PROBITY_INSTANCE": INSTANCE.name, "PROBITY_SEED": "small"}
    command = [sys.executable, "-m", "dev.demo"]
    demo = subprocess.Popen(command, cwd=places.ROOT, env=environ, stdin=subprocess.DEVNULL)
    try:
        yield demo
    finally:
        if demo.poll() is None:
            demo.terminate()
            try:
                demo.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                demo.kill()
                demo.wait()


def wait_for(what: str, holds: Callable[[], bool], *, within: float) -> None:
    """Wait until `holds()`; SmokeFailed after `within` seconds."""
    deadline = time.monotonic() + within
    while not holds():
        if time.monotonic() > deadline:
            raise SmokeFailed(f"{what}: not within {within:.0f} s")
        time.sleep(0.2)


def call(method: str, url: str, *, token: str, body: object = None) -> tuple[int, dict[str, Any]]:
    """Call the API; return status and decoded body."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    if method == "POST":
        headers["Idempotency-Key"] = f"smoke-{os.getpid()}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        raise SmokeFailed(f"{method} {url}: {error.code} {error.read().decode()}") from error


def transfer_is_seen(base: str, log_ins: LogIns) -> str:
    """Post a transfer, read it back by a second request, and return its id."""
    url = f"{base}/v1/ledger/transfers"
    status, posted = call("POST", url, token=log_ins.token, body=log_ins.transfer())
    if status != 201:
        raise SmokeFailed(f"POST {url}: {status}, wanted 201")
    _, read = call("GET", f"{url}/{posted['id']}", token=log_ins.token)
    wanted = log_ins.legs()
    legs = [{name: leg[name] for name in wanted[0]} for leg in read["legs"]]
    if (read["id"], legs) != (posted["id"], wanted):
        raise SmokeFailed(f"read back {read}, posted {posted}")
    return str(posted["id"])


def stop(demo: subprocess.Popen[bytes], chosen: dict[str, int]) -> None:
    """Stop the demo; SmokeFailed when it does not end well or leaves a server behind."""
    demo.send_signal(signal.SIGTERM)
    try:
        code = demo.wait(STOP_WITHIN)
    except subprocess.TimeoutExpired:
        raise SmokeFailed(f"still running {STOP_WITHIN:.0f} s after SIGTERM") from None
    if code != 0:
        raise SmokeFailed(f"the demo ended with exit code {code}")
    left = [name for name, number in chosen.items() if not ports.is_free(number)]
    if left:
        raise SmokeFailed(f"something still listens on: {', '.join(left)}")


def smoke() -> None:
    """Do it all; SmokeFailed on the first thing that does not hold."""
    INSTANCE.forget()
    chosen = chosen_ports()
    web = chosen[ports.WEB.variable]
    with running_demo(chosen) as demo:

        def up() -> bool:
            if demo.poll() is not None:
                raise SmokeFailed(f"the demo ended with exit code {demo.returncode}")
            return is_ready(web)

        wait_for("ready", up, within=START_WITHIN)
        before = len(mail.messages(INSTANCE.mail))
        transfer = transfer_is_seen(f"http://127.0.0.1:{web}", LogIns.read(INSTANCE.credentials))
        console.say(f"smoke: transfer {transfer} posted and read back")
        arrived = lambda: len(mail.messages(INSTANCE.mail)) > before  # noqa: E731
        wait_for("an e-mail about it", arrived, within=MAIL_WITHIN)
        console.say("smoke: an e-mail about it was delivered")
        stop(demo, chosen)
    INSTANCE.forget()


def main() -> None:
    """Run it and say how it ended."""
    began = time.monotonic()
    try:
        smoke()
    except SmokeFailed as failure:
        raise SystemExit(f"smoke: FAILED: {failure}") from None
    console.say(f"smoke: passed in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
