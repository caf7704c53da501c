"""The audit trail for staff: to search and to read."""

from typing import ClassVar

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from .models import Event


@admin.register(Event)
class EventAdmin(ModelAdmin):
    """Audit events, newest first; nobody adds, changes or deletes one."""

    list_display = ("recorded_at", "action", "subject", "actor_kind", "actor_key", "request_id")
    list_filter = ("actor_kind", ("recorded_at", admin.DateFieldListFilter))
    search_fields: ClassVar = ["subject__exact", "actor_key__exact", "action__startswith"]
    search_help_text = "A whole subject or actor, or the beginning of an action"
    ordering = ("-id",)
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: events are recorded by what happens."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        """Refuse: the table is append-only."""
        return False

    has_delete_permission = has_change_permission
