"""The audit trail for staff: to search and to read."""

from typing import ClassVar

from django.contrib import admin
from unfold.admin import ModelAdmin

from apps.platform.screens import ReadOnly

from .models import Event


@admin.register(Event)
class EventAdmin(ReadOnly, ModelAdmin):
    """Audit events, newest first; nobody adds, changes or deletes one."""

    list_display = ("recorded_at", "action", "subject", "actor_kind", "actor_key", "request_id")
    list_filter = ("actor_kind", ("recorded_at", admin.DateFieldListFilter))
    search_fields: ClassVar = ["subject__exact", "actor_key__exact", "action__startswith"]
    search_help_text = "A whole subject or actor, or the beginning of an action"
    ordering = ("-id",)
    show_full_result_count = False
