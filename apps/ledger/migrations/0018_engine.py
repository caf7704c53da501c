"""The engine of this release: few statements a post, hot accounts, bounds, closed books."""

import re
from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"
# Holds of before are counted while the guard of before still lets it be.
COUNT_HELD = """
    UPDATE ledger_account AS a SET held_minor = held.minor
    FROM (SELECT account_id, sum(left_minor) AS minor FROM ledger_hold_open GROUP BY account_id) AS held
    WHERE a.id = held.account_id
"""


def before() -> str:
    """Return what this replaced, from the files that made it."""
    found = [
        ("engine.sql", r"CREATE FUNCTION (ledger_account_guard\(.*?\n\$\$;\n)"),
        ("holds.sql", r"CREATE FUNCTION (ledger_account_keeps_holds\(.*?\n\$\$;\n)"),
        ("holds.sql", r"CREATE OR REPLACE FUNCTION (ledger_entries_apply\(.*?\n\$\$;\n)"),
        ("journals.sql", r"CREATE OR REPLACE FUNCTION (ledger_post\(.*?\n\$\$;\n)"),
    ]
    texts = [re.search(pattern, (SQL / name).read_text(), re.DOTALL)[1] for name, pattern in found]
    return "".join("CREATE OR REPLACE FUNCTION " + text for text in texts)


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0017_statements"),
        ("audit", "0003_rules"),
        ("outbox", "0003_rules"),
    ]
    operations = [
        migrations.RemoveConstraint(
            model_name='account',
            name='account_iso',
        ),
        migrations.RemoveConstraint(
            model_name='account',
            name='account_kind',
        ),
        migrations.RemoveConstraint(
            model_name='account',
            name='account_status',
        ),
        migrations.RemoveConstraint(
            model_name='account',
            name='account_floor',
        ),
        migrations.RemoveConstraint(
            model_name='account',
            name='account_closed_empty',
        ),
        migrations.RemoveConstraint(
            model_name='account',
            name='account_mode',
        ),
        migrations.RemoveConstraint(
            model_name='account',
            name='account_slot',
        ),
        migrations.RemoveConstraint(
            model_name='account',
            name='account_hot_unbounded',
        ),
        migrations.RemoveConstraint(
            model_name='account',
            name='account_limited_plain',
        ),
        migrations.RemoveConstraint(
            model_name='entry',
            name='entry_one_side',
        ),
        migrations.AddField(
            model_name='account',
            name='held_minor',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name='entry',
            name='transaction',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='ledger.transaction'),
        ),
        migrations.RunSQL(COUNT_HELD, migrations.RunSQL.noop),
        migrations.RunSQL(
            "ALTER TABLE ledger_entry DROP CONSTRAINT entry_account_currency",
            "ALTER TABLE ledger_entry ADD CONSTRAINT entry_account_currency"
            " FOREIGN KEY (account_id, currency) REFERENCES ledger_account (id, currency)",
        ),
        migrations.RunSQL(
            (SQL / "posting.sql").read_text(),
            (SQL / "posting.reverse.sql").read_text() + before(),
        ),
    ]
