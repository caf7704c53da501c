"""Static files, collected for the web server when they have changed."""

import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path

from dev import console, places


def fingerprint() -> str:
    """Return a hash over what static files are made of: our own, the lock, the installed apps."""
    digest = hashlib.sha256()
    sources = [places.ROOT / "requirements" / "prod.txt", places.ROOT / "config" / "settings.py"]
    sources += sorted((places.ROOT / "static").rglob("*"))
    sources += sorted((places.ROOT / "apps").glob("*/static/**/*"))
    for path in sources:
        if path.is_file():
            digest.update(path.relative_to(places.ROOT).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def collect(*, env: Mapping[str, str]) -> None:
    """Collect the static files into `var/static`, unless nothing has changed since."""
    stamp = places.private(places.ROOT / "var") / "static.stamp"
    wanted = fingerprint()
    if (
        stamp.exists()
        and stamp.read_text() == wanted
        and (Path(places.ROOT) / "var/static").is_dir()
    ):
        return
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"]
    console.run("Collecting static files", command, env=env)
    stamp.write_text(wanted)
