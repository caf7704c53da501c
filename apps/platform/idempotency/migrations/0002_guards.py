"""Guards, the claiming function and the grants of idempotency."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("idempotency", "0001_initial"), ("audit", "0002_append_only")]
    operations = [
        migrations.RunSQL((SQL / "keys.sql").read_text(), (SQL / "keys.reverse.sql").read_text())
    ]
