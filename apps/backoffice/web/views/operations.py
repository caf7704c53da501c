"""The operations page: what waits, what was given up, whether the worker lives."""

from typing import Any

from django.urls import reverse

from apps.platform.outbox import public as outbox

from ... import selectors
from .figures import span
from .home import queue_card
from .pages import StaffPage

_LETTERS = 20


class OperationsPage(StaffPage):
    """GET /admin/operations/."""

    title = "Operations"
    template_name = "backoffice/operations.html"
    permission_required = "outbox.view_delivery"

    def get_context_data(self, **kwargs: object) -> dict[str, Any]:
        """Add the outbox and the assurance table."""
        return super().get_context_data(
            queue=queue_card(),
            backlog=_backlog(),
            dead=_dead(),
            may_replay=self.request.user.has_perm("outbox.replay_delivery"),
            assurance=_assurance(),
            **kwargs,
        )


def _backlog() -> list[dict[str, Any]]:
    return [
        {
            "subscriber": row.subscriber,
            "pending": f"{row.pending:,}",
            "dead": f"{row.dead:,}",
            "has_dead": row.dead > 0,
            "oldest": span(row.oldest) if row.oldest is not None else "",
        }
        for row in outbox.backlog_by_subscriber()
    ]


def _dead() -> list[dict[str, Any]]:
    deliveries = reverse("admin:outbox_delivery_changelist")  # where the replay is, as an action
    return [
        {
            "id": letter.delivery_id,
            "event": letter.event,
            "subscriber": letter.subscriber,
            "attempts": f"{letter.attempts:,}",
            "error": letter.last_error,
            "link": f"{deliveries}?id__exact={letter.delivery_id}",
        }
        for letter in outbox.dead_letters(limit=_LETTERS)
    ]


def _assurance() -> list[dict[str, Any]]:
    return [
        {
            "title": row.promise.title,
            "verdict": row.verdict,
            "held": row.verdict == "held",
            "open": row.verdict == "not measured",
            "why": row.why,
            "figures": " · ".join(f"{name} {value:,}" for name, value in row.figures.items()),
            "when": row.measured_at[:10],
        }
        for row in selectors.assurance()
    ]
