"""An index on a column that is new: built beside the posts, not before them."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("ledger", "0010_chart")]
    operations = [
        AddIndexConcurrently(
            model_name="transaction",
            index=models.Index(
                "chain_id", name="transaction_chain", condition=models.Q(chain_id__isnull=False)
            ),
        ),
    ]
