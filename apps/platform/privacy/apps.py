"""Django app of privacy; declares what the platform's own tables hold.

The other foundations may not know this one, so it speaks for them.
"""

from django.apps import AppConfig


class Config(AppConfig):
    """Names the house and declares for its neighbours."""

    name = "apps.platform.privacy"
    label = "privacy"
    verbose_name = "Privacy"

    def ready(self) -> None:
        """Declare the fields of audit, outbox and idempotency."""
        from .public import Personal, register

        who_did_what = Personal(
            category="identity",
            purpose="accountability: who did what to whom (GDPR art. 5(2), 32)",
            basis="legal obligation",
            retention="audit",
            export="the subject's events, ids as they are",
            erase="restrict",
        )
        of_whom = Personal(
            category="identity",
            purpose="delivery of what follows from a change; ids alone, resolved by their owner",
            basis="contract",
            retention="ledger",
            export="not apart: the house that owns the id exports it",
            erase="restrict",
        )
        answer = Personal(
            category="financial",
            purpose="a request that is sent again gets the same answer and takes effect once",
            basis="contract",
            retention="idempotency",
            export="not apart: the house that owns what was answered exports it",
            erase="delete",
        )
        register(
            house="platform",
            personal={
                **dict.fromkeys(_fields("audit.Event", "actor_key subject detail"), who_did_what),
                **dict.fromkeys(_fields("outbox.Event", "payload"), of_whom),
                **dict.fromkeys(_fields("idempotency.Key", "scope key body"), answer),
            },
            impersonal=[
                *_fields("audit.Event", "id recorded_at actor_kind action request_id xid"),
                *_fields("outbox.Event", "id event_id name request_id created_at"),
                *_fields("outbox.Delivery", "id event subscriber state attempts dispatches"),
                *_fields("outbox.Delivery", "available_at claimed_until running last_error"),
                *_fields("outbox.Delivery", "done_at"),
                *_fields("outbox.Inbox", "subscriber event_id processed_at"),
                *_fields("outbox.Pulse", "name at"),
                *_fields("idempotency.Key", "id fingerprint status media_type"),
                *_fields("idempotency.Key", "created_at answered_at"),
            ],
        )


def _fields(model: str, names: str) -> list[str]:
    return [f"{model}.{name}" for name in names.split()]
