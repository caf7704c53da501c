"""Legs with a currency of their own; postings that stand or fall each on its own."""

import re
from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"
POST = re.compile(r"CREATE FUNCTION (ledger_post\(.*?\n\$\$;\n)", re.DOTALL)


def before() -> str:
    """Return what this replaced, from the file that made it."""
    found = POST.search((SQL / "engine.sql").read_text())
    return "CREATE OR REPLACE FUNCTION " + found[1]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_hold_engine")]
    operations = [
        migrations.RunSQL(
            (SQL / "journals.sql").read_text(),
            (SQL / "journals.reverse.sql").read_text() + before(),
        )
    ]
