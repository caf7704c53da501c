"""What statements are read by."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0016_conversions")]
    operations = []
