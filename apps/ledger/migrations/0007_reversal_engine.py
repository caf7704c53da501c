"""Triggers, the function and grants of reversals."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_reversals")]
    operations = [
        migrations.RunSQL(
            (SQL / "reversals.sql").read_text(), (SQL / "reversals.reverse.sql").read_text()
        )
    ]
