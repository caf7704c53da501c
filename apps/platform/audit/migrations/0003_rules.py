"""The rules of an event in a trigger, which is compiled once for a session."""

from pathlib import Path

from django.db import migrations


SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0002_append_only'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='event',
            name='audit_event_actor_kind',
        ),
        migrations.RemoveConstraint(
            model_name='event',
            name='audit_event_says_who_and_what',
        ),
        migrations.RunSQL(
            (SQL / "rules.sql").read_text(), (SQL / "rules.reverse.sql").read_text()
        ),
    ]
