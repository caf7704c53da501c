"""The engine of this release."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0017_statements")]
    operations = []
