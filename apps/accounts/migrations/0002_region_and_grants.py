"""The cell's region as a constraint, and the grants of accounts."""

from pathlib import Path

from django.conf import settings
from django.db import migrations

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [
        migrations.RunSQL(
            [((SQL / "region_and_grants.sql").read_text(), [settings.PROBITY_REGION])],
            (SQL / "region_and_grants.reverse.sql").read_text(),
        )
    ]
