"""`manage.py ledger VERB`: prove the books, make them again elsewhere, load them in bulk."""

import sys
from typing import Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.platform.problems import Problem

from ..verbs import load, rebuild, verify

_VERBS: Final = {"verify": verify, "rebuild": rebuild, "import": load}


class Command(BaseCommand):
    """One command, a verb each; exit 0 when all is well, 1 when not, 2 when it was refused."""

    help = "Prove the books, make them again elsewhere, or load them in bulk."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a verb and what it takes."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        for name, verb in _VERBS.items():
            verb.add_arguments(verbs.add_parser(name, help=verb.HELP, description=verb.__doc__))

    def handle(self, *_: object, **options: object) -> None:
        """Run the verb, print, exit."""
        try:
            told, code = _VERBS[str(options["verb"])].run(options)
        except Problem as problem:
            raise CommandError(f"{problem.slug}: {problem.detail}", returncode=2) from problem
        self.stdout.write(told)
        if code:
            sys.exit(code)
