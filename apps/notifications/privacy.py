"""What notifications knows of a person: that we wrote, when, and about what. Never the words."""

from apps.platform.privacy.public import Personal, register

_WROTE = Personal(
    category="behavioural",
    purpose="proof that the customer was told what the contract says they are told",
    basis="contract",
    retention="customer relationship, then the statutory period",
    export="as it is",
    erase="restrict",
)


def declare() -> None:
    """Declare every field of notifications."""
    register(
        house="notifications",
        personal=dict.fromkeys(
            [
                "notifications.Message.transaction_id",
                "notifications.Message.customer_id",
                "notifications.Message.account_id",
                "event:notifications.message.queued.v1.message_id",
            ],
            _WROTE,
        ),
        impersonal=[
            "notifications.Message.id",
            "notifications.Message.public_id",
            "notifications.Message.template",
            "notifications.Message.message_id",
            "notifications.Message.state",
            "notifications.Message.attempts",
            "notifications.Message.created_at",
            "notifications.Message.sent_at",
        ],
    )
