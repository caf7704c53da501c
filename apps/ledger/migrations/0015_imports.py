"""Bulk loads: how far each file has come."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0014_limits")]
    operations = [
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('source', models.CharField(max_length=100)),
                ('rows', models.BigIntegerField()),
                ('postings', models.BigIntegerField()),
                ('entries', models.BigIntegerField()),
                ('done_postings', models.BigIntegerField(default=0)),
                ('booked_postings', models.BigIntegerField(default=0)),
                ('began_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('stopped_for', models.CharField(blank=True, max_length=300)),
            ],
            options={
                'db_table': 'ledger_import',
                'constraints': [models.CheckConstraint(condition=models.Q(('booked_postings__gte', 0), ('booked_postings__lte', models.F('done_postings')), ('done_postings__lte', models.F('postings'))), name='import_progress'), models.CheckConstraint(condition=models.Q(models.Q(('done_postings__lt', models.F('postings')), ('finished_at__isnull', True)), models.Q(('done_postings', models.F('postings')), ('finished_at__isnull', False), ('stopped_for', '')), _connector='OR'), name='import_finished')],
            },
        ),
        migrations.RunSQL(
            (SQL / "imports.sql").read_text(), (SQL / "imports.reverse.sql").read_text()
        ),
    ]
