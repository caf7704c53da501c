"""`manage.py import_statement FILE…`: check bank statements, and book them."""

import json
import sys
from argparse import RawDescriptionHelpFormatter
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandParser, DjangoHelpFormatter

from apps.platform import clock
from apps.platform.actors import Actor
from apps.platform.problems import Problem

from ... import rules, services
from ...errors import Flaw

_ACTOR: Final = Actor(kind="system", key="import_statement")
_LARGE: Final = 1 << 20  # bytes from which the wait is worth a progress bar
_EPILOG: Final = """
Formats: camt.053 (all versions), MT940, BAI2. A file is accepted only if each of its statements
proves itself: opening balance + booked entries = closing balance, exactly. A file is imported whole
or not at all, and again changes nothing.

--json prints one object a file and line, with exactly these keys:
  file        the name as given
  accepted    true or false; true, too, for a file that was imported before
  format      camt.053.001.08, camt.053, MT940, BAI2; "" when it is none of them
  statements  how many the file holds
  opening     the opening balances as decimal texts, joined by | in the file's order ("" where one
              is lacking), so that a file with one statement has one plain number
  closing     the closing balances, likewise
  currency    one code when all statements share it, else one a statement, joined by |
  entries     how many entries they hold, pending ones included
  reason      why it is refused, or what else is to be known; "" when there is nothing to say

Exit code: 0 when every file is accepted, 1 when one is refused.
"""


class _Help(DjangoHelpFormatter, RawDescriptionHelpFormatter):
    """Django's order of options, and our own line ends."""


class Command(BaseCommand):
    """Check bank statements and book them, or with --check only tell."""

    help = "Check bank statements (camt.053, MT940, BAI2) and book them; --check only tells."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:  # noqa: ANN401
        """Add what --help says at its end."""
        said = {"epilog": _EPILOG, "formatter_class": _Help}
        return super().create_parser(prog_name, subcommand, **said, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the files and how to answer."""
        parser.add_argument("files", nargs="+", metavar="FILE", help="statement file")
        parser.add_argument("--check", action="store_true", help="only tell; book nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object a file and line")

    def handle(self, *_: Any, **options: Any) -> None:  # noqa: ANN401
        """Go through the files in order; exit 1 when one was refused."""
        found = []
        for name in options["files"]:
            found.append(_check(name) if options["check"] else _import(name))
            if options["json"]:
                self.stdout.write(json.dumps(asdict(found[-1]), ensure_ascii=False))
        if not options["json"]:
            self.stdout.write(_table(found))
        if not all(summary.accepted for summary in found):
            sys.exit(1)


def _check(name: str) -> rules.Summary:
    """Examine one file without the database."""
    return rules.summarise(_examine(name), file=name)


def _import(name: str) -> rules.Summary:
    """Examine one file and book it; what the import refuses becomes the reason."""
    examination = _examine(name)
    summary = rules.summarise(examination, file=name)
    if not summary.accepted:
        return summary
    bar = _bar(f"booking {Path(name).name}", total=summary.entries, shown=summary.entries > 2000)
    try:
        done = services.import_statements(
            actor=_ACTOR, now=clock.now(), examination=examination, progress=bar
        )
    except Problem as problem:
        return replace(summary, accepted=False, reason=problem.detail)
    finally:
        bar(-1)
    return replace(summary, reason="; ".join(filter(None, [_told(done), summary.reason])))


def _told(done: services.Imported) -> str:
    if done.known_file:
        return "imported before: nothing changed"
    known = f", {done.known} known already" if done.known else ""
    statements = "1 statement" if done.statements == 1 else f"{done.statements} statements"
    entries = "1 entry" if done.entries == 1 else f"{done.entries} entries"
    return f"imported: {statements}, {entries}{known}"


def _examine(name: str) -> rules.Examination:
    """Read the file, unless its size alone refuses it, and examine it."""
    path = Path(name)
    try:
        size = path.stat().st_size
        if (flaw := rules.oversized(size)) is not None:
            return rules.unread(flaw, size=size)
        with path.open("rb") as handle:
            content = handle.read(rules.SIZE_MAX + 1)
    except OSError as error:
        return rules.unread(Flaw("unreadable", f"cannot be read: {error.strerror}"))
    bar = _bar(f"reading {path.name}", total=len(content), shown=len(content) >= _LARGE)
    try:
        return rules.examine(content, progress=bar)
    finally:
        bar(-1)


def _bar(title: str, *, total: int, shown: bool) -> Callable[[int], None]:
    """Return what draws a progress bar on standard error, if that is a terminal; -1 wipes it."""
    if not shown or not sys.stderr.isatty():
        return lambda _: None
    done, drawn = 0, -1

    def advance(more: int) -> None:
        nonlocal done, drawn
        if more < 0:
            sys.stderr.write("\r\x1b[K")
            return
        done += more
        if (percent := min(100, 100 * done // max(total, 1))) != drawn:
            drawn = percent
            sys.stderr.write(f"\r{title} [{'█' * (percent // 4):<25}] {percent:3d} %")
            sys.stderr.flush()

    return advance


def _table(summaries: list[rules.Summary]) -> str:
    """Return the files as a table; a refusal's reason stands on the line below its file."""
    width = max(len(Path(summary.file).name) for summary in summaries)
    lines = [
        f"{'':8}  {'file':{width}}  {'format':15}  {'stmts':>5}  {'entries':>7}  closing balance"
    ]
    for summary in summaries:
        verdict = "accepted" if summary.accepted else "REFUSED"
        lines.append(
            f"{verdict:8}  {Path(summary.file).name:{width}}  {summary.format:15}  "
            f"{summary.statements:5}  {summary.entries:7}  {_closing(summary)}".rstrip()
        )
        if summary.reason:
            lines.append(f"{'':10}{summary.reason}")
    accepted = sum(summary.accepted for summary in summaries)
    lines.append(f"{accepted} accepted, {len(summaries) - accepted} refused")
    return "\n".join(lines)


def _closing(summary: rules.Summary) -> str:
    figures = summary.closing.split("|")
    shown = figures if len(figures) <= 4 else [*figures[:3], "…", figures[-1]]
    return f"{' | '.join(shown)} {summary.currency}" if any(figures) else ""
