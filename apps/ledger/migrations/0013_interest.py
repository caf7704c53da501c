"""Interest and fees."""

from pathlib import Path

import django.db.models.deletion
from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0012_periods")]

    operations = [
        migrations.CreateModel(
            name='FeeSchedule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, unique=True)),
                ('name', models.CharField(max_length=100)),
                ('currency', models.CharField(max_length=3)),
                ('recorded_at', models.DateTimeField()),
                ('income_account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
            ],
            options={
                'db_table': 'ledger_fee_schedule',
            },
        ),
        migrations.CreateModel(
            name='FeeVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('effective_on', models.DateField()),
                ('tiering', models.CharField(choices=[('marginal', 'marginal'), ('whole', 'whole')], max_length=8)),
                ('min_minor', models.BigIntegerField(null=True)),
                ('max_minor', models.BigIntegerField(null=True)),
                ('recorded_at', models.DateTimeField()),
                ('schedule', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='ledger.feeschedule')),
            ],
            options={
                'db_table': 'ledger_fee_version',
            },
        ),
        migrations.CreateModel(
            name='FeeTier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_minor', models.BigIntegerField()),
                ('flat_minor', models.BigIntegerField()),
                ('rate', models.DecimalField(decimal_places=10, max_digits=13)),
                ('version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='tiers', to='ledger.feeversion')),
            ],
            options={
                'db_table': 'ledger_fee_tier',
            },
        ),
        migrations.CreateModel(
            name='Fee',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_minor', models.BigIntegerField()),
                ('fee_minor', models.BigIntegerField()),
                ('source', models.CharField(max_length=100)),
                ('reference', models.CharField(max_length=255)),
                ('fingerprint', models.CharField(max_length=64)),
                ('effective_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='fees', to='ledger.account')),
                ('transaction', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='fee', to='ledger.transaction')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='fees', to='ledger.feeversion')),
            ],
            options={
                'db_table': 'ledger_fee',
            },
        ),
        migrations.CreateModel(
            name='InterestAssignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('effective_on', models.DateField()),
                ('recorded_at', models.DateTimeField()),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='interest_assignments', to='ledger.account')),
            ],
            options={
                'db_table': 'ledger_interest_assignment',
            },
        ),
        migrations.CreateModel(
            name='InterestCapital',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('revision', models.IntegerField()),
                ('number', models.BigIntegerField()),
                ('paid_minor', models.BigIntegerField()),
                ('charged_minor', models.BigIntegerField()),
                ('recorded_at', models.DateTimeField()),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='interest_capital', to='ledger.account')),
                ('assignment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.interestassignment')),
                ('transaction', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='interest_capital', to='ledger.transaction')),
            ],
            options={
                'verbose_name_plural': 'interest capital',
                'db_table': 'ledger_interest_capital',
            },
        ),
        migrations.CreateModel(
            name='InterestSchedule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, unique=True)),
                ('name', models.CharField(max_length=100)),
                ('currency', models.CharField(max_length=3)),
                ('day_count', models.CharField(choices=[('ACT/365F', 'ACT/365F'), ('ACT/360', 'ACT/360'), ('ACT/ACT ISDA', 'ACT/ACT ISDA'), ('30/360', '30/360'), ('30E/360', '30E/360')], max_length=12)),
                ('capitalises', models.CharField(choices=[('monthly', 'monthly'), ('quarterly', 'quarterly'), ('yearly', 'yearly'), ('at_end', 'at_end')], max_length=9)),
                ('recorded_at', models.DateTimeField()),
                ('expense_account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
                ('income_account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
                ('payable_account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
                ('receivable_account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
            ],
            options={
                'db_table': 'ledger_interest_schedule',
            },
        ),
        migrations.AddField(
            model_name='interestassignment',
            name='schedule',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='ledger.interestschedule'),
        ),
        migrations.CreateModel(
            name='InterestVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('effective_on', models.DateField()),
                ('tiering', models.CharField(choices=[('marginal', 'marginal'), ('whole', 'whole')], max_length=8)),
                ('minimum_minor', models.BigIntegerField()),
                ('recorded_at', models.DateTimeField()),
                ('schedule', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='ledger.interestschedule')),
            ],
            options={
                'db_table': 'ledger_interest_version',
            },
        ),
        migrations.CreateModel(
            name='InterestTier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('credit', 'credit'), ('debit', 'debit')], max_length=6)),
                ('from_minor', models.BigIntegerField()),
                ('rate', models.DecimalField(decimal_places=10, max_digits=13)),
                ('version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='tiers', to='ledger.interestversion')),
            ],
            options={
                'db_table': 'ledger_interest_tier',
            },
        ),
        migrations.CreateModel(
            name='InterestAccrual',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.BigIntegerField()),
                ('day', models.DateField()),
                ('revision', models.IntegerField()),
                ('base_minor', models.BigIntegerField()),
                ('paid_grains', models.DecimalField(decimal_places=0, max_digits=50)),
                ('charged_grains', models.DecimalField(decimal_places=0, max_digits=50)),
                ('paid_total', models.DecimalField(decimal_places=0, max_digits=50)),
                ('charged_total', models.DecimalField(decimal_places=0, max_digits=50)),
                ('paid_minor', models.BigIntegerField()),
                ('charged_minor', models.BigIntegerField()),
                ('seen_version', models.BigIntegerField()),
                ('recorded_at', models.DateTimeField()),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='interest_accruals', to='ledger.account')),
                ('transaction', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='interest_accrual', to='ledger.transaction')),
                ('assignment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='accruals', to='ledger.interestassignment')),
                ('version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='accruals', to='ledger.interestversion')),
            ],
            options={
                'db_table': 'ledger_interest_accrual',
            },
        ),
        migrations.AddConstraint(
            model_name='feeversion',
            constraint=models.UniqueConstraint(fields=('schedule', 'effective_on'), name='fee_version_once'),
        ),
        migrations.AddConstraint(
            model_name='feeversion',
            constraint=models.CheckConstraint(condition=models.Q(('tiering__in', ('marginal', 'whole'))), name='fee_version_tiering'),
        ),
        migrations.AddConstraint(
            model_name='feeversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('min_minor__isnull', True), ('min_minor__gte', 0), _connector='OR'), models.Q(('max_minor__isnull', True), ('max_minor__gte', 0), _connector='OR'), models.Q(('min_minor__isnull', True), ('max_minor__isnull', True), ('min_minor__lte', models.F('max_minor')), _connector='OR')), name='fee_version_bounds'),
        ),
        migrations.AddConstraint(
            model_name='feetier',
            constraint=models.UniqueConstraint(fields=('version', 'from_minor'), name='fee_tier_once'),
        ),
        migrations.AddConstraint(
            model_name='feetier',
            constraint=models.CheckConstraint(condition=models.Q(('flat_minor__gte', 0), ('from_minor__gte', 0), ('rate__gte', 0)), name='fee_tier_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='fee',
            constraint=models.UniqueConstraint(fields=('source', 'reference'), name='fee_once'),
        ),
        migrations.AddConstraint(
            model_name='fee',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('fee_minor', 0), ('transaction__isnull', True)), models.Q(('fee_minor__gt', 0), ('transaction__isnull', False)), _connector='OR'), name='fee_booked'),
        ),
        migrations.AddConstraint(
            model_name='fee',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gte', 0)), name='fee_amount'),
        ),
        migrations.AddIndex(
            model_name='interestcapital',
            index=models.Index(models.F('account'), models.F('number'), name='interest_capital_number'),
        ),
        migrations.AddConstraint(
            model_name='interestcapital',
            constraint=models.UniqueConstraint(fields=('account', 'day', 'revision'), name='interest_capital_once'),
        ),
        migrations.AddConstraint(
            model_name='interestcapital',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('charged_minor', 0), ('paid_minor', 0), ('transaction__isnull', True)), models.Q(('transaction__isnull', False), models.Q(('charged_minor', 0), ('paid_minor', 0), _negated=True)), _connector='OR'), name='interest_capital_booked'),
        ),
        migrations.AddConstraint(
            model_name='interestschedule',
            constraint=models.CheckConstraint(condition=models.Q(('day_count__in', ('ACT/365F', 'ACT/360', 'ACT/ACT ISDA', '30/360', '30E/360'))), name='interest_schedule_day_count'),
        ),
        migrations.AddConstraint(
            model_name='interestschedule',
            constraint=models.CheckConstraint(condition=models.Q(('capitalises__in', ('monthly', 'quarterly', 'yearly', 'at_end'))), name='interest_schedule_capitalises'),
        ),
        migrations.AddConstraint(
            model_name='interestassignment',
            constraint=models.UniqueConstraint(fields=('account', 'effective_on'), name='interest_assignment_once'),
        ),
        migrations.AddConstraint(
            model_name='interestversion',
            constraint=models.UniqueConstraint(fields=('schedule', 'effective_on'), name='interest_version_once'),
        ),
        migrations.AddConstraint(
            model_name='interestversion',
            constraint=models.CheckConstraint(condition=models.Q(('tiering__in', ('marginal', 'whole'))), name='interest_version_tiering'),
        ),
        migrations.AddConstraint(
            model_name='interestversion',
            constraint=models.CheckConstraint(condition=models.Q(('minimum_minor__gte', 0)), name='interest_version_minimum'),
        ),
        migrations.AddConstraint(
            model_name='interesttier',
            constraint=models.UniqueConstraint(fields=('version', 'side', 'from_minor'), name='interest_tier_once'),
        ),
        migrations.AddConstraint(
            model_name='interesttier',
            constraint=models.CheckConstraint(condition=models.Q(('side__in', ('credit', 'debit'))), name='interest_tier_side'),
        ),
        migrations.AddConstraint(
            model_name='interesttier',
            constraint=models.CheckConstraint(condition=models.Q(('from_minor__gte', 0)), name='interest_tier_from'),
        ),
        migrations.AddIndex(
            model_name='interestaccrual',
            index=models.Index(models.F('version'), models.F('day'), name='interest_accrual_version'),
        ),
        migrations.AddIndex(
            model_name='interestaccrual',
            index=BrinIndex(fields=['day'], name='interest_accrual_day'),
        ),
        migrations.AddConstraint(
            model_name='interestaccrual',
            constraint=models.UniqueConstraint(fields=('account', 'number'), name='interest_accrual_number'),
        ),
        migrations.AddConstraint(
            model_name='interestaccrual',
            constraint=models.UniqueConstraint(fields=('account', 'day', 'revision'), name='interest_accrual_once'),
        ),
        migrations.AddConstraint(
            model_name='interestaccrual',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('base_minor__gt', 0), ('charged_grains', 0)), models.Q(('base_minor__lt', 0), ('paid_grains', 0)), models.Q(('base_minor', 0), ('charged_grains', 0), ('paid_grains', 0)), _connector='OR'), name='interest_accrual_side'),
        ),
        migrations.AddConstraint(
            model_name='interestaccrual',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('charged_minor', 0), ('paid_minor', 0), ('transaction__isnull', True)), models.Q(('transaction__isnull', False), models.Q(('charged_minor', 0), ('paid_minor', 0), _negated=True)), _connector='OR'), name='interest_accrual_booked'),
        ),
        migrations.RunSQL(
            (SQL / "interest.sql").read_text(), (SQL / "interest.reverse.sql").read_text()
        ),
        migrations.RunSQL((SQL / "fees.sql").read_text(), (SQL / "fees.reverse.sql").read_text()),
    ]
