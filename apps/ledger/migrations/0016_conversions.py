"""Exchanges and chains: their tables, triggers, functions and grants."""

import re
from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


def _text(name: str) -> str:
    return (SQL / name).read_text()


def _from(name: str, *functions: str) -> str:
    """Return functions as the file made them, to be put in place of what replaced them."""
    made = []
    for function in functions:
        found = re.search(
            rf"CREATE (?:OR REPLACE )?FUNCTION ({function}\(.*?\n\$\$;\n)", _text(name), re.DOTALL
        )
        assert found is not None, function  # noqa: S101 - a migration that lies must not run
        made.append("CREATE OR REPLACE FUNCTION " + found[1])
    return "\n".join(made)


def _holds_as_before() -> str:
    trigger = re.search(
        r"CREATE TRIGGER hold_placed.*?;\n", _text("holds.sql"), re.DOTALL
    )
    assert trigger is not None  # noqa: S101 - as above
    return "\n".join(
        (
            _from(
                "holds.sql",
                "ledger_hold_placed", "ledger_hold_still_open", "ledger_hold_extended",
                "ledger_hold_ended", "ledger_place_hold", "ledger_capture_hold",
                "ledger_void_hold", "ledger_expire_holds",
            ),
            trigger[0],
            "ALTER TABLE ledger_hold ENABLE ALWAYS TRIGGER hold_placed;",
            "REVOKE ALL ON FUNCTION ledger_hold_placed() FROM PUBLIC;",
        )
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("ledger", "0015_imports")]
    operations = [
        migrations.CreateModel(
            name='Chain',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('recorded_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'ledger_chain',
            },
        ),
        migrations.CreateModel(
            name='ChainEnd',
            fields=[
                ('chain', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='end', serialize=False, to='ledger.chain')),
                ('outcome', models.CharField(choices=[('voided', 'voided'), ('reversed', 'reversed')], max_length=8)),
                ('recorded_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'ledger_chain_end',
                'constraints': [models.CheckConstraint(condition=models.Q(('outcome__in', ('voided', 'reversed'))), name='chain_end_outcome')],
            },
        ),
        migrations.CreateModel(
            name='Conversion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('transaction', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='conversion', to='ledger.transaction')),
                ('sold_account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
                ('sold_currency', models.CharField(max_length=3)),
                ('sold_minor', models.BigIntegerField()),
                ('bought_account', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account')),
                ('bought_currency', models.CharField(max_length=3)),
                ('bought_minor', models.BigIntegerField()),
                ('rate_numerator', models.BigIntegerField()),
                ('rate_denominator', models.BigIntegerField()),
                ('fixes', models.CharField(choices=[('sell', 'sell'), ('buy', 'buy')], max_length=4)),
                ('rounding', models.CharField(choices=[('half_even', 'half_even'), ('half_up', 'half_up'), ('down', 'down'), ('up', 'up')], max_length=9)),
                ('rate_source', models.CharField(max_length=100)),
                ('quoted_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'ledger_conversion',
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('sold_currency', models.F('bought_currency')), _negated=True), name='conversion_currencies'),
                    models.CheckConstraint(condition=models.Q(('bought_minor__gt', 0), ('rate_denominator__gt', 0), ('rate_numerator__gt', 0), ('sold_minor__gt', 0)), name='conversion_positive'),
                    models.CheckConstraint(condition=models.Q(('fixes__in', ('sell', 'buy')), ('rounding__in', ('half_even', 'half_up', 'down', 'up')), models.Q(('rate_source__regex', '^\\s*$'), _negated=True)), name='conversion_words'),
                ],
            },
        ),
        migrations.AddField(
            model_name='hold',
            name='chain_id',
            field=models.UUIDField(null=True),
        ),
        migrations.AddIndex(  # of a new column: no row is in it
            model_name='hold',
            index=models.Index(models.F('chain_id'), condition=models.Q(('chain_id__isnull', False)), name='hold_chain'),
        ),
        migrations.RunSQL(_text("conversions.sql"), _text("conversions.reverse.sql")),
        migrations.RunSQL(
            _text("hold_chains.sql"), _text("hold_chains.reverse.sql") + _holds_as_before()
        ),
        migrations.RunSQL(
            _text("reversal_chains.sql"),
            _from("reversals.sql", "ledger_reverse") + _text("reversal_chains.reverse.sql"),
        ),
        migrations.RunSQL(_text("chains.sql"), _text("chains.reverse.sql")),
    ]  # fmt: skip
