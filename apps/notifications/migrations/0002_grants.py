"""The grants of notifications."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]
    operations = [
        migrations.RunSQL(
            (SQL / "grants.sql").read_text(), (SQL / "grants.reverse.sql").read_text()
        )
    ]
