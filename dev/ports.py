"""Ports of the local servers: probed before use, named when taken."""

import os
import secrets
import socket
from dataclasses import dataclass

# Above this the kernel hands out client ports, which would collide with ours now and then.
CLIENT_PORTS_FROM = 32768
SPARE_PORTS_FROM = 20000


@dataclass(frozen=True, slots=True)
class Port:
    """A port that a person may choose by an environment variable."""

    what: str
    variable: str
    default: int

    def number(self) -> int:
        """Return the chosen number; SystemExit when it is not one."""
        text = os.environ.get(self.variable) or str(self.default)
        if not text.isdigit() or not 0 < int(text) < 65536:
            raise SystemExit(f"{self.variable}={text} is not a port (1 to 65535).")
        return int(text)


WEB = Port("web", "PORT", 8000)
POSTGRES = Port("PostgreSQL", "PROBITY_PG_PORT", 5442)
REDIS = Port("Redis", "PROBITY_REDIS_PORT", 6389)
SMTP = Port("mail", "PROBITY_SMTP_PORT", 2525)


def require_free(*wanted: Port) -> None:
    """SystemExit, naming each port that somebody else listens on and the way out of all of them."""
    taken = [port for port in wanted if not is_free(port.number())]
    if not taken:
        return
    others = [f"{port.variable}={free_port(near=port.number())}" for port in taken]
    lines = [f"Port {port.number()} ({port.what}) is taken by another program." for port in taken]
    raise SystemExit("\n".join([*lines, f"Choose another one: make demo {' '.join(others)}"]))


def is_free(number: int) -> bool:
    """Return whether we may listen on 127.0.0.1:number."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError:
            return False
    return True


def free_port(*, near: int | None = None) -> int:
    """Return a port that is free now: the next ones after `near`, or a random one."""
    if near is not None:
        candidates = range(near + 10, near + 500)
    else:
        start = SPARE_PORTS_FROM + secrets.randbelow(CLIENT_PORTS_FROM - SPARE_PORTS_FROM - 200)
        candidates = range(start, start + 200)
    for number in candidates:
        if number < 65536 and is_free(number):
            return number
    raise SystemExit("No free port found.")
