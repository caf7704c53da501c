"""Triggers, the function and grants of roll-ups."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_roll_ups")]
    operations = [
        migrations.RunSQL(
            (SQL / "roll_ups.sql").read_text(), (SQL / "roll_ups.reverse.sql").read_text()
        )
    ]
