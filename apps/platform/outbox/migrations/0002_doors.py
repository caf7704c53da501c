"""Append-only triggers, the SQL door and the grants of the outbox."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial"), ("audit", "0002_append_only")]
    operations = [
        migrations.RunSQL((SQL / "doors.sql").read_text(), (SQL / "doors.reverse.sql").read_text())
    ]
