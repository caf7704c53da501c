"""Writes what a drill measured to var/assurance/<row>.json, for `manage.py assurance`.

A row's file holds the drill and its negative controls by name (each the same drill with a guarantee
switched off). Each part says at which commit and when it was measured.
"""

import contextlib
import fcntl
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dev import places

Figures = Mapping[str, int | float]


def _directory() -> Path:
    return Path(os.environ.get("ASSURANCE_DIR") or places.ROOT / "var" / "assurance")


def _commit() -> str:
    git = ["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    done = subprocess.run(  # noqa: S603  a fixed command
        git, cwd=places.ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"


def write(row: str, *, figures: Figures, **facts: Any) -> None:
    """Replace what the row's drill measured; its controls stay."""
    with _opened(row) as known:
        known["drill"] = _dated(figures, facts)


def control(row: str, name: str, *, figures: Figures, what: str) -> None:
    """Replace what one of the row's negative controls found; `what` was switched off."""
    with _opened(row) as known:
        known["controls"][name] = _dated(figures, {"what": what})


def forget(row: str, *, control: str = "") -> None:
    """Drop what was measured before: a drill that ends half-way has measured nothing."""
    with _opened(row) as known:
        if control:
            known["controls"].pop(control, None)
        else:
            known.pop("drill", None)


def _dated(figures: Figures, facts: Mapping[str, Any]) -> dict[str, Any]:
    now = datetime.now(tz=UTC).isoformat(timespec="seconds")
    return {**facts, "figures": dict(figures), "measured_at": now, "commit": _commit()}


@contextlib.contextmanager
def _opened(row: str) -> Iterator[dict[str, Any]]:
    """Yield the row's content for a change; workers of one run take turns."""
    directory = _directory()
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{row}.json"
    with (directory / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = json.loads(path.read_text()) if path.exists() else {"row": row}
        known.setdefault("controls", {})
        yield known
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n")
        draft.replace(path)
