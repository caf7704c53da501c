"""The rules of a delivery in a trigger, which is compiled once for a session."""

from pathlib import Path

from django.db import migrations, models


SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('outbox', '0002_doors'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='delivery',
            name='outbox_delivery_state',
        ),
        migrations.RemoveConstraint(
            model_name='delivery',
            name='outbox_delivery_done_has_time',
        ),
        migrations.RemoveConstraint(
            model_name='delivery',
            name='outbox_delivery_lease_only_pending',
        ),
        migrations.RemoveConstraint(
            model_name='delivery',
            name='outbox_delivery_running_has_lease',
        ),
        migrations.AlterField(
            model_name='delivery',
            name='attempts',
            field=models.IntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='dispatches',
            field=models.IntegerField(default=0),
        ),
        migrations.RunSQL(
            (SQL / "rules.sql").read_text(), (SQL / "rules.reverse.sql").read_text()
        ),
    ]
