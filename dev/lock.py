"""Make the locks anew from pyproject.toml: everything pinned, with hashes, for every platform.

`prod.txt` is what production installs; `dev.txt` adds the tools, `bench.txt` is what `make bench`
compares with, at the same versions of what both name. No index's address is written into them.
`--upgrade` takes the newest versions allowed.
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
    command = [uv, *_COMPILE, "--python-version", "3.11", *extra, "-o", output]
    done = subprocess.run([str(word) for word in command], cwd=places.ROOT, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{output} could not be made.")
    print(f"{output} made")


def main() -> None:
    """Make the locks, production's first: the others follow it."""
    upgrade = [flag for flag in sys.argv[1:] if flag.startswith(("--upgrade", "-P"))]
    project, follow = "pyproject.toml", ["-c", "requirements/prod.txt"]
    compile_lock(output="requirements/prod.txt", extra=[project, *upgrade])
    tools = [project, "--extra", "dev", *follow]
    compile_lock(output="requirements/dev.txt", extra=[*tools, *upgrade])
    compile_lock(output="requirements/bench.txt", extra=["--group", "bench", *follow, *upgrade])


if __name__ == "__main__":
    main()
