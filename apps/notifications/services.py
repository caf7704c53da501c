"""Writes of notifications: queueing a message, and sending it."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse

from apps.accounts import public as accounts
from apps.ledger import public as ledger
from apps.platform import ids, observability
from apps.platform.actors import Actor
from apps.platform.audit import public as audit
from apps.platform.money import Money
from apps.platform.outbox import public as outbox

from . import rules
from .clients import mail
from .events import MessageId, MessageQueued
from .models import Message

_log = observability.logger(__name__)


@transaction.atomic
def queue_transfer_messages(
    *, actor: Actor, now: datetime, transaction_id: ledger.TransactionId
) -> None:
    """Queue a message for each account of the transaction that has a holder; a repeat adds none."""
    posted = ledger.transaction(transaction_id=transaction_id)
    for notice in _notices(posted):
        message, created = Message.objects.get_or_create(
            template=rules.TRANSFER_POSTED,
            transaction_id=transaction_id,
            customer_id=notice.customer_id,
            account_id=notice.account_id,
            defaults={
                "public_id": ids.new_id(),
                "message_id": rules.message_key(
                    template=rules.TRANSFER_POSTED,
                    transaction_id=transaction_id,
                    account_id=notice.account_id,
                    host=_host(),
                ),
                "created_at": now,
            },
        )
        if created:
            queued = MessageQueued(message_id=MessageId(message.public_id))
            outbox.emit(event=queued, now=now)
            _record(message, "queue", actor=actor, now=now)


def send_message(*, actor: Actor, now: datetime, message_id: MessageId) -> None:
    """Send a queued message; one that was sent, or failed for good, is left alone.

    At least once: after a crash between the server's yes and our commit it goes out again under
    the same Message-ID. What the mail server raises passes through, and whoever called tries
    again later.
    """
    message = Message.objects.filter(public_id=message_id, state="queued").first()
    if message is None:
        return
    with observability.bound(message_id=str(message_id), customer_id=str(message.customer_id)):
        Message.objects.filter(pk=message.pk).update(attempts=F("attempts") + 1)
        contact = accounts.contact(customer_id=accounts.CustomerId(message.customer_id))
        if contact is None:
            _settle(message, "failed", actor=actor, now=now)
            return
        subject, body = _letter(message, contact=contact)
        try:
            mail.send(
                address=contact.email,
                subject=subject,
                body=body,
                message_id=message.message_id,
                language=contact.language,
            )
        except mail.AddressRefused:
            _settle(message, "failed", actor=actor, now=now)
        else:
            _settle(message, "sent", actor=actor, now=now)


def send_alert(*, actor: Actor, now: datetime, broken: ledger.InvariantBroken) -> None:
    """Mail everybody in ALERT_EMAILS that invariants broke; at least once, under one Message-ID.

    It names no row: mail leaves the house. What the mail server raises passes through.
    """
    facts = {
        "broken": broken,
        "page": f"{settings.PROBITY_PUBLIC_URL}{reverse('backoffice:verification')}",
    }
    subject, _, body = render_to_string("notifications/invariant-broken.en.txt", facts).partition(
        "\n"
    )
    for address in settings.ALERT_EMAILS:
        mail.send(
            address=address,
            subject=subject,
            body=body.lstrip(),
            message_id=rules.alert_key(at=broken.verified_at, address=address, host=_host()),
            language="en",
        )
    audit.record(
        actor=actor,
        now=now,
        action="notifications.alert",
        subject="ledger",
        detail={"told": len(settings.ALERT_EMAILS)},
    )


@transaction.atomic
def _settle(message: Message, state: str, *, actor: Actor, now: datetime) -> None:
    """Write how it ended, once, whoever else is sending the same message."""
    queued = Message.objects.filter(pk=message.pk, state="queued")
    if queued.update(state=state, sent_at=now if state == "sent" else None):
        _record(message, state, actor=actor, now=now)
        _log.info("notifications.message.settled", state=state)


def _record(message: Message, act: str, *, actor: Actor, now: datetime) -> None:
    """Write the audit event; a sent message is also a use of the customer's address."""
    audit.record(
        actor=actor,
        now=now,
        action=f"notifications.message.{act}",
        subject=f"message:{message.public_id}",
        detail={"customer_id": str(message.customer_id), "template": message.template},
    )


def _letter(message: Message, *, contact: accounts.Contact) -> tuple[str, str]:
    """Return subject and body in the customer's language; the subject is the first line."""
    transaction_id = ledger.TransactionId(message.transaction_id)
    posted = ledger.transaction(transaction_id=transaction_id)
    [change] = [n.change for n in _notices(posted) if n.account_id == message.account_id]
    region, language = settings.PROBITY_REGION, contact.language
    facts = {
        "name": contact.name,
        "came_in": change.minor > 0,
        "amount": rules.amount_text(change, language=language),
        "account": rules.masked_account(ids.encode("acct", message.account_id, region=region)),
        "transaction": ids.encode("txn", transaction_id, region=region),
        "effective_at": posted.effective_at,
    }
    text = render_to_string(f"notifications/{message.template}.{language}.txt", facts)
    subject, _, body = text.partition("\n")
    return subject, body.lstrip()


def _notices(posted: ledger.TransactionView) -> list[rules.Notice]:
    return rules.notices(
        rules.Leg(
            account_id=leg.account_id,
            holder_id=leg.holder_id,
            credited=Money(leg.credit_minor - leg.debit_minor, leg.currency),
        )
        for leg in posted.legs
    )


def _host() -> str:
    return urlsplit(settings.PROBITY_PUBLIC_URL).hostname or "localhost"
