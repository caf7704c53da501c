"""Triggers, functions and grants of holds; the floor counts what is held."""

import re
from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"
APPLY = re.compile(r"CREATE FUNCTION (ledger_entries_apply\(\).*?\n\$\$;\n)", re.DOTALL)


def before() -> str:
    """Return what this replaced, from the file that made it."""
    found = APPLY.search((SQL / "engine.sql").read_text())
    return "CREATE OR REPLACE FUNCTION " + found[1]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_holds")]
    operations = [
        migrations.RunSQL(
            (SQL / "holds.sql").read_text(), before() + (SQL / "holds.reverse.sql").read_text()
        )
    ]
