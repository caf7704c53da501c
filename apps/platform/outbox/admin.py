"""Deliveries for staff: what is owed, what died of what, and a way back."""

from typing import ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.forms import ActionForm

from apps.platform import clock
from apps.platform.actors import Actor
from apps.platform.problems import Problem
from apps.platform.screens import ReadOnly

from . import public
from .models import Delivery


class ReasonForm(ActionForm):
    """The choice of an action, with the reason for it."""

    reason = forms.CharField(
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": "Reason for a replay"}),
    )


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, ModelAdmin):
    """Deliveries, newest first; dead letters can be replayed, nothing else can be done to them."""

    list_display = ("id", "event", "subscriber", "state", "attempts", "available_at", "last_error")
    list_filter = ("state", "subscriber")
    list_select_related = ("event",)
    search_fields: ClassVar = ["event__event_id__exact", "event__request_id__exact"]
    search_help_text = "The id of an event or of the request that made it"
    ordering = ("-id",)
    show_full_result_count = False
    action_form = ReasonForm
    actions = ("replay",)

    @admin.action(description="Replay dead letters (with a reason)", permissions=["replay"])
    def replay(self, request: HttpRequest, chosen: QuerySet[Delivery]) -> None:
        """Put each chosen dead letter back in line; say of the others why not."""
        actor, now = Actor(kind="staff", key=str(request.user.pk)), clock.now()
        replayed = 0
        for delivery in chosen:
            try:
                public.replay(
                    actor=actor,
                    now=now,
                    delivery_id=delivery.pk,
                    reason=request.POST.get("reason", ""),
                )
            except Problem as problem:
                self.message_user(request, f"{delivery}: {problem.detail}", messages.ERROR)
            else:
                replayed += 1
        self.message_user(request, f"{replayed} of {len(chosen)} deliveries replayed")

    def has_replay_permission(self, request: HttpRequest) -> bool:
        """Allow whoever holds outbox.replay_delivery."""
        return request.user.has_perm("outbox.replay_delivery")
