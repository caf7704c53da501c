"""No committed file names a package index or a path of somebody's machine.

Locks with an index's address work at one place only, and a path says who wrote it.
"""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from dev import places

INDEXES = re.compile(
    r"\b(pypi\.org|pythonhosted\.org|registry\.npmjs\.org|registry\.yarnpkg\.com|proxy\.golang\.org)\b"
)
MACHINE_PATHS = re.compile(r"(?<![\w.$}~/-])/(home|Users|root)/[\w.-]+")
_LARGEST = 2_000_000


def committed_files() -> list[Path]:
    """Return every file that is in the repository or about to be. Raises CalledProcessError."""
    command = [
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    answer = subprocess.run(command, cwd=places.ROOT, capture_output=True, check=True)
    return [places.ROOT / name for name in answer.stdout.decode().split("\0") if name]


def offences(text: str) -> Iterator[tuple[int, str]]:
    """Yield (line number, what was found) for each address in `text`."""
    for number, line in enumerate(text.splitlines(), start=1):
        for pattern in (INDEXES, MACHINE_PATHS):
            if found := pattern.search(line):
                yield number, found.group(0)
        if str(places.ROOT) in line:
            yield number, str(places.ROOT)


def main() -> None:
    """Print each offence; SystemExit(1) when there is one."""
    found = 0
    for path in committed_files():
        if not path.is_file() or path.stat().st_size > _LARGEST:
            continue
        for number, what in offences(path.read_bytes().decode(errors="replace")):
            found += 1
            print(f"{path.relative_to(places.ROOT)}:{number}: names {what}")
    if found:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
