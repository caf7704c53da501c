"""`manage.py ledger verify [--json]`: run every invariant over all rows."""

import json
from argparse import ArgumentParser
from dataclasses import asdict

from apps.platform import clock
from apps.platform.actors import Actor

from ... import services
from ...events import Verification

HELP = "run every invariant, and say how many rows each looked at"


def add_arguments(parser: ArgumentParser) -> None:
    """Take --json."""
    parser.add_argument("--json", action="store_true", help="one JSON document, for programs")


def run(options: dict[str, object]) -> tuple[str, int]:
    """Return what to print and the exit code: 0 when all hold, else 1."""
    actor = Actor(kind="system", key="ledger.verify")
    found = services.record_verification(actor=actor, now=clock.now())
    return _document(found) if options["json"] else _text(found), 0 if found.ok else 1


def _document(found: Verification) -> str:
    told = {
        "ok": found.ok,
        "verified_at": found.at.isoformat(),
        "invariants": [asdict(finding) for finding in found.findings],
        "tables": [{"table": table, "rows": rows} for table, rows in found.tables.items()],
    }
    return json.dumps(told, indent=2)


def _text(found: Verification) -> str:
    lines = []
    for finding in found.findings:
        verdict = "BROKEN" if finding.offenders else "ok    "
        lines.append(f"{verdict} {finding.invariant}: {finding.looked_at:,} rows")
        lines += [f"       {offender}" for offender in finding.offenders]
    rows = sum(found.tables.values())
    verdict = "every invariant holds" if found.ok else f"{found.offenders} rows offend"
    lines.append(f"{len(found.tables)} tables with {rows:,} rows: {verdict}")
    return "\n".join(lines)
