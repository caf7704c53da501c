"""Tables of notifications: what we told whom, without what it said or where it went."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.platform import ids

from . import rules


class Message(models.Model):
    """One message to one customer about one account of one transaction.

    Address and text are not kept: both are made when it is sent, from what is true then.
    """

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(unique=True)
    transaction_id = models.UUIDField()
    customer_id = models.UUIDField()
    account_id = models.UUIDField()
    template = models.CharField(max_length=40)
    message_id = models.CharField(max_length=255, unique=True)
    state = models.CharField(max_length=6, default="queued")
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        """One message for each cause; sent messages, and no others, know when."""

        db_table = "notifications_message"
        default_permissions = ("view",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="notifications_message_once",
                fields=["transaction_id", "customer_id", "account_id", "template"],
            ),
            models.CheckConstraint(
                name="notifications_message_template", condition=Q(template__in=rules.TEMPLATES)
            ),
            models.CheckConstraint(
                name="notifications_message_state", condition=Q(state__in=rules.STATES)
            ),
            models.CheckConstraint(
                name="notifications_message_sent_at",
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "-id"], name="notifications_message_state_ix"),
            models.Index(fields=["customer_id", "-id"], name="notifications_message_customer"),
        ]

    def __str__(self) -> str:
        """Identify the message without personal data."""
        return ids.encode("msg", self.public_id, region=settings.PROBITY_REGION)
