"""`manage.py verify_ledger [--json]`: run every invariant of the ledger over all rows."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict

from django.core.management.base import BaseCommand

from apps.platform import clock
from apps.platform.actors import Actor

from ... import services


class Command(BaseCommand):
    """Exit 0 when all hold, 1 when one does not; says how many rows each looked at."""

    help = "Run every invariant of the ledger, and say how many rows each looked at."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --json."""
        parser.add_argument("--json", action="store_true", help="one JSON document, for programs")

    def handle(self, *_: object, **options: object) -> None:
        """Run, print, exit."""
        actor = Actor(kind="system", key="verify_ledger")
        findings = services.record_verification(actor=actor, now=clock.now())
        if options["json"]:
            self.stdout.write(json.dumps([asdict(finding) for finding in findings], indent=2))
        else:
            for finding in findings:
                verdict = "ok    " if not finding.offenders else "BROKEN"
                self.stdout.write(f"{verdict} {finding.invariant}: {finding.looked_at} rows")
                for offender in finding.offenders:
                    self.stdout.write(f"       {offender}")
        if any(finding.offenders for finding in findings):
            sys.exit(1)
