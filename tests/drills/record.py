"""Writes what a drill measured to var/assurance/<row>.json, for `manage.py assurance`.

A row's file holds two parts, "drill" and "control" (the negative control: the same drill with the
guarantee switched off). Each says at which commit and when it was measured.
"""

import contextlib
import fcntl
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from dev import places

Figures = Mapping[str, int | float]
Part = Literal["drill", "control"]


def _directory() -> Path:
    return Path(os.environ.get("ASSURANCE_DIR") or places.ROOT / "var" / "assurance")


def _commit() -> str:
    git = ["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    done = subprocess.run(  # noqa: S603  a fixed command
        git, cwd=places.ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"


def write(row: str, part: Part, *, figures: Figures, **facts: Any) -> None:
    """Replace one part of the row's file; the other stays."""
    now = datetime.now(tz=UTC).isoformat(timespec="seconds")
    written = {**facts, "figures": dict(figures), "measured_at": now, "commit": _commit()}
    with _opened(row) as known:
        known[part] = written


def forget(row: str, part: Part) -> None:
    """Drop what was measured before: a drill that ends half-way has measured nothing."""
    with _opened(row) as known:
        known.pop(part, None)


@contextlib.contextmanager
def _opened(row: str) -> Iterator[dict[str, Any]]:
    """Yield the row's content for a change; workers of one run take turns."""
    directory = _directory()
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{row}.json"
    with (directory / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = json.loads(path.read_text()) if path.exists() else {"row": row}
        yield known
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n")
        draft.replace(path)
