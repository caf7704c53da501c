"""Migrations that code of the release before could not live with are found before they are merged.

While a release goes out, old code runs on the new schema.
"""

import django
from django.apps import apps
from django_migration_linter import MigrationLinter

from dev import places

# What was found and is safe all the same, and why.
REVIEWED = {
    "ledger.0002_engine": "of the first release: the column is as old as its table",
    "ledger.0013_interest": "its columns are as old as their tables",
    "ledger.0010_chart": "its unique constraint is on columns that it adds itself: all are null",
}


def main() -> None:
    """Lint the migrations of every house; SystemExit(1) when one is not safe."""
    django.setup()
    houses = [config.label for config in apps.get_app_configs() if config.name.startswith("apps.")]
    linter = MigrationLinter(
        path=str(places.ROOT),
        include_apps=houses,
        ignore_name=[name.partition(".")[2] for name in REVIEWED],
        no_cache=True,
        quiet=["ok", "ignore"],
    )
    linter.lint_all_migrations()
    if linter.has_errors or not linter.nb_total:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
