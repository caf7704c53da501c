"""What statements are read by: sums of runs of entries, and an index built beside the posts."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("ledger", "0016_conversions")]
    operations = [
        migrations.CreateModel(
            name='Span',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.SmallIntegerField()),
                ('place', models.BigIntegerField()),
                ('debit_minor', models.DecimalField(decimal_places=0, max_digits=40)),
                ('credit_minor', models.DecimalField(decimal_places=0, max_digits=40)),
                ('effective_min', models.DateTimeField()),
                ('effective_max', models.DateTimeField()),
                ('recorded_min', models.DateTimeField()),
                ('recorded_max', models.DateTimeField()),
                ('late_at', django.contrib.postgres.fields.ArrayField(base_field=models.DateTimeField(), null=True, size=None)),
                ('late_minor', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), null=True, size=None)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
            ],
            options={
                'db_table': 'ledger_span',
                'constraints': [models.UniqueConstraint(fields=('account', 'level', 'place'), name='span_once'), models.CheckConstraint(condition=models.Q(('level__gte', 1), ('place__gte', 0)), name='span_place')],
            },
        ),
        AddIndexConcurrently(
            model_name='transaction',
            index=models.Index(models.F('kind'), models.F('recorded_at'), condition=models.Q(('kind', 'transfer'), _negated=True), name='transaction_kind'),
        ),
        migrations.RunSQL(
            (SQL / "statements.sql").read_text(), (SQL / "statements.reverse.sql").read_text()
        ),
    ]
