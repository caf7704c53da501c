"""Triggers that hold sums and chains, append-only, and the grants of payments."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial"), ("audit", "0002_append_only")]
    operations = [
        migrations.RunSQL((SQL / "proofs.sql").read_text(), (SQL / "proofs.reverse.sql").read_text())
    ]
