"""Append-only triggers, the SQL door and the grants of audit."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.RunSQL(
            (SQL / "append_only.sql").read_text(), (SQL / "append_only.reverse.sql").read_text()
        )
    ]
