"""`manage.py ledger rebuild --into SCHEMA [--keep] [--json]`: make what is derived again."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import cast

from apps.platform import clock
from apps.platform.actors import Actor

from ... import services
from ...events import Rebuilt

HELP = "make every balance, hold and roll-up again from what is booked, and compare"


def add_arguments(parser: ArgumentParser) -> None:
    """Take the schema, --keep and --json."""
    parser.add_argument("--into", required=True, metavar="SCHEMA", help="a schema to be made")
    parser.add_argument("--keep", action="store_true", help="leave the schema there, to look into")
    parser.add_argument("--json", action="store_true", help="one JSON document, for programs")


def run(options: dict[str, object]) -> tuple[str, int]:
    """Return what to print and the exit code: 0 when nothing differs, else 1."""
    now = clock.now()
    found = services.rebuild(
        actor=Actor(kind="system", key="ledger.rebuild"),
        now=now,
        schema=cast("str", options["into"]),
        keep=bool(options["keep"]),
    )
    same = not any(one.differences for one in found)
    if options["json"]:
        told = {"ok": same, "rebuilt_at": now.isoformat(), "made": [asdict(one) for one in found]}
        return json.dumps(told, indent=2), 0 if same else 1
    return "\n".join(line for one in found for line in _lines(one)), 0 if same else 1


def _lines(one: Rebuilt) -> list[str]:
    verdict = "DIFFERS" if one.differences else "same   "
    head = f"{verdict} {one.made}: {one.rows:,} made again"
    return [head, *(f"        {difference}" for difference in one.differences)]
