"""Files that were loaded in bulk, and how far."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class Import(models.Model):
    """A file, by its digest, whose first `done_postings` are booked: a number that only grows.

    `booked_postings` leaves out those that had been booked before under the same reference.
    """

    digest = models.CharField(max_length=64, unique=True)
    source = models.CharField(max_length=100)
    rows = models.BigIntegerField()
    postings = models.BigIntegerField()
    entries = models.BigIntegerField()
    done_postings = models.BigIntegerField(default=0)
    booked_postings = models.BigIntegerField(default=0)
    began_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    stopped_for = models.CharField(max_length=300, blank=True)

    class Meta:
        """It is finished when, and only when, all is done."""

        db_table = "ledger_import"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="import_progress",
                condition=Q(booked_postings__gte=0)
                & Q(booked_postings__lte=F("done_postings"))
                & Q(done_postings__lte=F("postings")),
            ),
            models.CheckConstraint(
                name="import_finished",
                condition=Q(finished_at__isnull=True, done_postings__lt=F("postings"))
                | Q(finished_at__isnull=False, done_postings=F("postings"), stopped_for=""),
            ),
        ]

    def __str__(self) -> str:
        """Identify the file."""
        return f"import {self.digest[:12]}"
