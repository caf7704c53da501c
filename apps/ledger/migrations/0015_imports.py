"""Bulk loads."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0014_limits")]
    operations = []
