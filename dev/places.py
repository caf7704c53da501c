"""Where things are kept: the checkout, its state, and who runs the servers.

An ordinary user keeps everything under `var/` of the checkout. PostgreSQL refuses to run as root,
and another user often cannot enter root's checkout: root's servers therefore run as `postgres` or
`nobody`, and their data is kept below `/var/lib`.
"""

import hashlib
import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOT_STATE = Path("/var/lib/probity-dev")


@dataclass(frozen=True, slots=True)
class Servant:
    """The operating-system user who runs the servers when we are root."""

    name: str
    uid: int
    gid: int


def servant() -> Servant | None:
    """Return the user to run servers as, or None to run them as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Servant(name, entry.pw_uid, entry.pw_gid)
    raise SystemExit("PostgreSQL refuses to run as root, and there is no user postgres or nobody.")


def servers_home() -> Path:
    """Return the directory the servers' data and copied binaries live in."""
    if servant() is None:
        return private(ROOT / "var")
    ROOT_STATE.mkdir(mode=0o755, parents=True, exist_ok=True)
    home = ROOT_STATE / hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
    return handed_over(home)


def private(path: Path) -> Path:
    """Return `path` as a directory that only we may enter."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def handed_over(path: Path) -> Path:
    """Return `path` as a directory of the servant's (ours, when there is none)."""
    private(path)
    if (who := servant()) is not None:
        os.chown(path, who.uid, who.gid)
    return path


def private_file(path: Path, text: str) -> None:
    """Write `text` to `path`, readable by its owner alone from the first byte on."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def runnable_copy(tree: Path, name: str) -> Path:
    """Return `tree` where the servant can run it: itself, or a copy called `name`.

    The copy is made under another name and then moved: two runs at once may both make it.
    """
    if servant() is None or not tree.is_relative_to(ROOT):
        return tree
    target = servers_home() / name
    if not target.exists():
        draft = target.with_name(f"{name}.{os.getpid()}")
        shutil.copytree(tree, draft, symlinks=True)
        try:
            draft.rename(target)
        except OSError:
            shutil.rmtree(draft)
    return target
