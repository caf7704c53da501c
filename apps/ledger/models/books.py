"""The books as a whole."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Books(models.Model):
    """One row: what takes effect before `closed_before` is refused. Moved by closing a period."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    closed_before = models.DateTimeField(null=True)

    class Meta:
        """There is one set of books."""

        db_table = "ledger_books"
        constraints: ClassVar = [models.CheckConstraint(name="books_once", condition=Q(id=1))]

    def __str__(self) -> str:
        """Say until when they are closed."""
        return f"closed before {self.closed_before}"
