"""Make the locks anew from pyproject.toml: everything pinned, with hashes, for every platform.

`prod.txt` is what production installs; `dev.txt` adds the tools, at the same versions of what both
name. No index's address is written into them. `--upgrade` takes the newest versions allowed.
"""

import subprocess
import sys
from pathlib import Path

from dev import places

_COMPILE = [
    "pip",
    "compile",
    "--universal",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-header",
    "--quiet",
]


def compile_lock(*, output: str, extra: list[str]) -> None:
    """Write one lock; SystemExit when it cannot be resolved."""
    uv = Path(sys.executable).with_name("uv")
    command = [uv, *_COMPILE, "--python-version", "3.11", "pyproject.toml", "-o", output, *extra]
    done = subprocess.run([str(word) for word in command], cwd=places.ROOT, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{output} could not be made.")
    print(f"{output} made")


def main() -> None:
    """Make both locks, production's first: the tools follow it."""
    upgrade = [flag for flag in sys.argv[1:] if flag.startswith(("--upgrade", "-P"))]
    compile_lock(output="requirements/prod.txt", extra=upgrade)
    follow = ["--extra", "dev", "-c", "requirements/prod.txt"]
    compile_lock(output="requirements/dev.txt", extra=[*follow, *upgrade])


if __name__ == "__main__":
    main()
