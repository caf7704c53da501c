"""`python -m dev.shell COMMAND…`: run a manage.py command in the environment of the demo.

For example `python -m dev.shell import_statement --check FILE`. Paths are the caller's own. With
`--owner` first, the command logs in to the database as probity_owner.
"""

import os
import sys

from dev import places
from dev.environment import Instance


def main() -> None:
    """Become the command."""
    words = sys.argv[1:]
    env = Instance(os.environ.get("PROBITY_INSTANCE", "demo")).running_environment()
    if words[:1] == ["--owner"]:
        words = words[1:]
        env["DATABASE_URL"] = env["DATABASE_OWNER_URL"]
    manage = str(places.ROOT / "manage.py")
    os.execve(sys.executable, [sys.executable, manage, *words], env)  # noqa: S606


if __name__ == "__main__":
    main()
