"""Print what Probity promises of its reliability, and what was last measured of each promise."""

import json
from collections.abc import Mapping
from dataclasses import asdict

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ... import selectors
from ...rules.assurance import Row


class Command(BaseCommand):
    """`manage.py assurance [--json]`: exit 1 when a measurement breaks its promise."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --json."""
        parser.add_argument("--json", action="store_true", help="for programs: a list of rows")

    def handle(self, *_args: object, **options: object) -> None:
        """Print the table."""
        rows = selectors.assurance()
        if options["json"]:
            told = [{**asdict(row), **asdict(row.promise)} for row in rows]
            self.stdout.write(json.dumps(told, indent=2, default=sorted))
        else:
            for row in rows:
                self._tell(row)
        if any(row.verdict == "FAILED" for row in rows):
            raise CommandError("a promise is broken")

    def _tell(self, row: Row) -> None:
        self.stdout.write(f"{row.promise.title:<58} {row.verdict}")
        if row.figures:
            self.stdout.write(f"    {_line(row.figures)}")
        if row.why:
            self.stdout.write(f"    {row.verdict}: {row.why}")
        for control in row.controls:
            self.stdout.write(f"    control, {control.what}: {_line(control.seen)}")
        if row.commit:
            seeds = f", seeds {' '.join(map(str, row.seeds))}" if row.seeds else ""
            self.stdout.write(f"    {row.measured_at}, commit {row.commit}{seeds}")


def _line(figures: Mapping[str, object]) -> str:
    return " / ".join(f"{name} {value}" for name, value in figures.items())
