"""`make test`: the checks, then every test, on one throw-away cluster; a summary at the end.

Arguments go to pytest: `python -m dev.test -k transfer`.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence

from dev import check, console, places, throwaway

_CLOSING = re.compile(r"^(=+ )?(\d+ [a-z]+|no tests).* in [\d.]+s")


def pytest_closing_line(output: str) -> str:
    """Return pytest's last line that counts outcomes, without its rule of equal signs."""
    for line in reversed(output.splitlines()):
        if _CLOSING.search(line):
            return line.strip("= ")
    return "no closing line: pytest did not come to its end"


def run_pytest(arguments: Sequence[str]) -> tuple[int, str]:
    """Run pytest on as many workers as there are cores; show and return what it says."""
    workers = str(os.cpu_count() or 2)
    command = [sys.executable, "-m", "pytest", "-n", workers, *arguments]
    environ = dict(os.environ)
    environ.pop("DJANGO_SETTINGS_MODULE", None)
    lines: list[str] = []
    with subprocess.Popen(
        command,
        cwd=places.ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as child:
        for line in child.stdout or ():
            print(line, end="", flush=True)
            lines.append(line)
    return child.returncode, "".join(lines)


def main() -> None:
    """Run everything; SystemExit(1) when anything failed."""
    began = time.monotonic()
    with throwaway.running() as servers:
        os.environ.update(servers.environment())
        outcomes = check.run_all()
        code, output = run_pytest(sys.argv[1:])
    passed = code == 0 and all(outcome.passed for outcome in outcomes)
    console.say()
    console.say(check.summary(outcomes))
    console.say(f"tests:  {pytest_closing_line(output)}")
    console.say(f"{'green' if passed else 'RED'} after {time.monotonic() - began:.0f} s")
    raise SystemExit(0 if passed else 1)


if __name__ == "__main__":
    main()
