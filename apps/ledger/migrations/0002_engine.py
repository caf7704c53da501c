"""Triggers, the posting function and the grants of the ledger."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0001_initial"),
        ("audit", "0002_append_only"),
        ("outbox", "0002_doors"),
    ]
    operations = [
        migrations.RunSQL((SQL / "engine.sql").read_text(), (SQL / "engine.reverse.sql").read_text())
    ]
