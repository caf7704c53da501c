"""Periods of the books."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0011_chain_index")]
    operations = []
