"""Staff screen of notifications: what was told to whom, and whether it went out. Read-only."""

from typing import ClassVar

from django.conf import settings
from django.contrib import admin
from unfold.admin import ModelAdmin

from apps.platform import ids
from apps.platform.screens import ReadOnly

from .models import Message


@admin.register(Message)
class MessageAdmin(ReadOnly, ModelAdmin):
    """Messages, newest first. A stuck one is replayed as an outbox delivery."""

    list_display = ("shown_id", "customer", "template", "state", "attempts", "created_at",
                    "sent_at")  # fmt: skip
    list_filter = ("state", "template")
    search_fields: ClassVar = ["message_id__exact"]
    search_help_text = "The Message-ID of the mail, with its angle brackets"
    ordering = ("-id",)
    show_full_result_count = False

    @admin.display(description="ID", ordering="public_id")
    def shown_id(self, message: Message) -> str:
        """Return the message's id."""
        return str(message)

    @admin.display(description="Customer")
    def customer(self, message: Message) -> str:
        """Return the customer's id, as the list of customers shows it."""
        return ids.encode("cust", message.customer_id, region=settings.PROBITY_REGION)
