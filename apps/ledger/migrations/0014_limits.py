"""Spending limits."""

import django.db.models.deletion
from django.db import migrations, models
from pathlib import Path

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0013_interest'),
    ]

    operations = [
        migrations.CreateModel(
            name='Limit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(unique=True)),
                ('direction', models.CharField(max_length=3)),
                ('period', models.CharField(max_length=11)),
                ('days', models.SmallIntegerField()),
                ('scope', models.CharField(max_length=4)),
                ('measure', models.CharField(max_length=6)),
                ('counted_from', models.DateField(null=True)),
                ('recorded_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'ledger_limit',
                'permissions': (('change_limits', 'May set and end limits'),),
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='LimitUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('used', models.DecimalField(decimal_places=0, max_digits=30)),
            ],
            options={
                'db_table': 'ledger_limit_use',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='LimitVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('maximum', models.BigIntegerField(null=True)),
                ('effective_from', models.DateTimeField()),
                ('effective_until', models.DateTimeField(null=True)),
                ('recorded_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'ledger_limit_version',
                'default_permissions': (),
            },
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('limited', False), models.Q(('mode', 'plain'), ('slot_of__isnull', True)), _connector='OR'), name='account_limited_plain'),
        ),
        migrations.AddField(
            model_name='limit',
            name='account',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='limits', to='ledger.account'),
        ),
        migrations.AddField(
            model_name='limit',
            name='counterparty',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account'),
        ),
        migrations.AddField(
            model_name='limituse',
            name='counterparty',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account'),
        ),
        migrations.AddField(
            model_name='limituse',
            name='limit',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='ledger.limit'),
        ),
        migrations.AddField(
            model_name='limitversion',
            name='limit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='ledger.limit'),
        ),
        migrations.AddConstraint(
            model_name='limit',
            constraint=models.UniqueConstraint(fields=('account', 'direction', 'period', 'days', 'scope', 'counterparty', 'measure'), name='limit_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='limit',
            constraint=models.CheckConstraint(condition=models.Q(('direction__in', ('out', 'in'))), name='limit_direction'),
        ),
        migrations.AddConstraint(
            model_name='limit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('days__gte', 1), ('days__lte', 366), ('period', 'days')), models.Q(('days', 0), ('period__in', ('transaction', 'month'))), _connector='OR'), name='limit_period'),
        ),
        migrations.AddConstraint(
            model_name='limit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('counterparty__isnull', False), ('scope', 'one')), models.Q(('counterparty__isnull', True), ('scope__in', ('all', 'each'))), _connector='OR'), name='limit_scope'),
        ),
        migrations.AddConstraint(
            model_name='limit',
            constraint=models.CheckConstraint(condition=models.Q(('measure', 'amount'), models.Q(('measure', 'count'), models.Q(('period', 'transaction'), _negated=True)), _connector='OR'), name='limit_measure'),
        ),
        migrations.AddConstraint(
            model_name='limit',
            constraint=models.CheckConstraint(condition=models.Q(('counterparty', models.F('account')), _negated=True), name='limit_counterparty'),
        ),
        migrations.AddConstraint(
            model_name='limit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('counted_from__isnull', True), ('period', 'transaction')), models.Q(models.Q(('period', 'transaction'), _negated=True), ('counted_from__isnull', False)), _connector='OR'), name='limit_counted'),
        ),
        migrations.AddConstraint(
            model_name='limituse',
            constraint=models.UniqueConstraint(fields=('limit', 'counterparty', 'day'), name='limit_use_once'),
        ),
        migrations.AddConstraint(
            model_name='limituse',
            constraint=models.CheckConstraint(condition=models.Q(('used__gte', 0)), name='limit_use_positive'),
        ),
        migrations.AddConstraint(
            model_name='limitversion',
            constraint=models.CheckConstraint(condition=models.Q(('maximum__isnull', True), ('maximum__gte', 0), _connector='OR'), name='limit_maximum'),
        ),
        migrations.AddConstraint(
            model_name='limitversion',
            constraint=models.CheckConstraint(condition=models.Q(('effective_from__gte', models.F('recorded_at'))), name='limit_not_past'),
        ),
        migrations.AddConstraint(
            model_name='limitversion',
            constraint=models.CheckConstraint(condition=models.Q(('effective_until__isnull', True), ('effective_until__gt', models.F('effective_from')), _connector='OR'), name='limit_ends_later'),
        ),
        migrations.CreateModel(
            name='LimitWaiver',
            fields=[
                ('reversal', models.OneToOneField(db_column='transaction_id', on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='ledger.reversal', to_field='transaction')),
            ],
            options={
                'db_table': 'ledger_limit_waiver',
                'default_permissions': (),
            },
        ),
        migrations.RunSQL(
            (SQL / "limits.sql").read_text(), (SQL / "limits.reverse.sql").read_text()
        ),
    ]
