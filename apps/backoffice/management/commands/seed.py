"""manage.py seed: a small fintech to look at, made from a fixed seed."""

import os
from argparse import ArgumentParser
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.platform import clock
from apps.platform.actors import Actor
from apps.platform.problems import Problem

from ... import services
from ...rules.company import FULL, SMALL

_ACTOR: Final = Actor(kind="system", key="seed")
_LOCALES: Final = {"en": "en_GB", "de": "de_DE", "fr": "fr_FR"}
_NAMES_SEED: Final = 20_261_124


class Command(BaseCommand):
    """Seed the books, the house bank's statements and the log-ins; a second run does nothing."""

    help = (
        "Make a small fintech: customers, accounts, three months of traffic, statements and "
        "log-ins. Safe to repeat."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--small", action="store_true", help="a tenth of the company")
        parser.add_argument(
            "--statements",
            type=Path,
            default=settings.BASE_DIR / "var" / "demo" / "statements",
            help="folder for the house bank's statements",
        )
        parser.add_argument(
            "--credentials",
            type=Path,
            default=os.environ.get("PROBITY_CREDENTIALS_FILE"),
            help="file for the log-ins (default: $PROBITY_CREDENTIALS_FILE; neither: no log-ins)",
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401, ARG002 - Django's
        """Seed; refuse in production."""
        if settings.PROBITY_ENV == "production":
            raise CommandError("seed makes up customers and log-ins: not in production")
        now, size = clock.now(), SMALL if options["small"] else FULL
        try:
            fresh = services.seed_books(
                actor=_ACTOR,
                now=now,
                size=size,
                people=_people,
                statements=options["statements"],
                tell=self._tell,
            )
            self._tell("the books are seeded" if fresh else "the books were seeded before")
            run = services.seed_interest(actor=_ACTOR, now=now, size=size)
            self._tell(f"{run.accrued:,} days of interest")
            services.seed_desk(actor=_ACTOR, now=now, size=size)
            self._tell("holds, a reversal, a credit line, a limit")
            self._log_ins(options["credentials"])
        except Problem as problem:
            raise CommandError(f"{problem.title}: {problem.detail}") from problem

    def _log_ins(self, path: Path | None) -> None:
        if path is None:
            self._tell("no log-ins made: name a file for them in PROBITY_CREDENTIALS_FILE")
        elif services.create_log_ins(actor=_ACTOR, now=clock.now(), path=Path(path)):
            self._tell(f"log-ins written to {path}")
        else:
            self._tell("there are log-ins already")

    def _tell(self, line: str) -> None:
        """Print progress on standard error: standard output stays free."""
        self.stderr.write(f"seed: {line}", self.style.NOTICE)


def _people(count: int) -> Sequence[services.Person]:
    """Return persons made up by Faker, the same each time, with addresses that reach nobody."""
    try:
        from faker import Faker
    except ImportError as error:
        raise CommandError(
            "seed needs Faker, which is among the development dependencies (requirements/dev.txt)"
        ) from error
    fakers = {language: Faker(locale) for language, locale in _LOCALES.items()}
    for number, faker in enumerate(fakers.values()):
        faker.seed_instance(_NAMES_SEED + number)
    languages = islice(cycle(fakers), count)
    return [
        services.Person(
            name=f"{fakers[language].first_name()} {fakers[language].last_name()}",
            email=f"customer-{number:03d}@example.com",
            language=language,
        )
        for number, language in enumerate(languages, start=1)
    ]
