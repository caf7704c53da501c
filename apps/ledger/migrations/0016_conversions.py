"""Exchanges and chains."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0015_imports")]
    operations = []
