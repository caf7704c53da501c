"""From a posted transfer to a mail in the customer's language: once, and again after a crash."""

from collections.abc import Iterator
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.db import transaction

from apps.accounts import public as accounts
from apps.ledger import public as ledger
from apps.notifications import services, tasks
from apps.notifications.events import MessageId, MessageQueued
from apps.notifications.models import Message
from apps.platform import db, ids
from apps.platform.ids import new_id
from apps.platform.outbox import public as outbox
from tests.accounts.factories import NOW, a_bank, a_customer, an_account, paid

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver() -> tuple[accounts.CustomerId, ledger.AccountId]:
    customer_id = a_customer(name="Zyxw Vutsrq", email="zyxw@example.com")
    return customer_id, an_account(customer_id)


def queue(transaction_id: ledger.TransactionId) -> None:
    event = ledger.TransferPosted(transaction_id=transaction_id, effective_at=NOW)
    with transaction.atomic():
        tasks.queue(event, now=NOW)


def send(message: Message) -> None:
    tasks.send(MessageQueued(message_id=MessageId(message.public_id)), now=NOW)


def queued_for(account_id: ledger.AccountId, minor: int = 123456) -> Message:
    queue(paid(a_bank(), account_id, minor))
    return Message.objects.get(account_id=account_id)


def test_a_transfer_queues_one_message_for_each_holder(
    receiver: tuple[accounts.CustomerId, ledger.AccountId],
) -> None:
    customer_id, account_id = receiver
    other = a_customer()
    bank, other_account = a_bank(), an_account(other)
    paid(bank, other_account, 500, kind="opening")
    queue(paid(other_account, account_id, 100))
    found = Message.objects.order_by("pk").values_list("customer_id", "account_id", "state")
    assert set(found) == {(customer_id, account_id, "queued"), (other, other_account, "queued")}


def test_a_transfer_within_the_house_queues_nothing() -> None:
    queue(paid(a_bank(), a_bank(), 100))
    assert not Message.objects.exists()


def test_a_repeated_event_queues_nothing_more(
    receiver: tuple[accounts.CustomerId, ledger.AccountId],
) -> None:
    transaction_id = paid(a_bank(), receiver[1], 100)
    queue(transaction_id)
    queue(transaction_id)
    assert Message.objects.count() == 1
    assert events("notifications.message.queued.v1") == 1


@pytest.mark.parametrize(
    ("language", "subject", "line"),
    [
        ("en", "Money received: 1,234.56 EUR", "1,234.56 EUR has been credited to your account"),
        ("de", "Geldeingang: 1.234,56 EUR", "Ihrem Konto"),
        ("fr", "Somme reçue : 1\u202f234,56 EUR", "a été crédité de 1\u202f234,56 EUR."),
    ],
)
def test_the_receiver_is_written_to_in_their_language(
    language: str, subject: str, line: str
) -> None:
    account_id = an_account(a_customer(email="zyxw@example.com", language=language))
    message = queued_for(account_id)
    send(message)
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["zyxw@example.com"], subject)
    assert line in sent.body
    assert "Zyxw Vutsrq" in sent.body
    headers = sent.message()
    assert headers["Message-ID"] == message.message_id
    assert headers["Content-Language"] == language
    assert headers["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("en", "Money sent: 1 JPY"),
        ("de", "Geldausgang: 1 JPY"),
        ("fr", "Somme envoyée : 1 JPY"),
    ],
)
def test_the_sender_is_told_that_money_left(language: str, subject: str) -> None:
    account_id = an_account(a_customer(language=language), currency="JPY")
    bank = a_bank(currency="JPY")
    paid(bank, account_id, 1, currency="JPY", kind="opening")
    queue(paid(account_id, bank, 1, currency="JPY"))
    send(Message.objects.get())
    assert mail.outbox[0].subject == subject


def test_a_mail_shows_the_account_by_its_end_alone(
    receiver: tuple[accounts.CustomerId, ledger.AccountId],
) -> None:
    send(queued_for(receiver[1]))
    shown = ids.encode("acct", receiver[1], region="eu")
    assert f"•••• {shown[-4:]}" in mail.outbox[0].body
    assert shown not in mail.outbox[0].body


def test_a_name_with_markup_arrives_as_it_is() -> None:
    send(queued_for(an_account(a_customer(name="Z & <Y> O'X"))))
    assert "Dear Z & <Y> O'X," in mail.outbox[0].body


def test_a_message_that_was_sent_is_not_sent_again(
    receiver: tuple[accounts.CustomerId, ledger.AccountId],
) -> None:
    message = queued_for(receiver[1])
    send(message)
    send(message)
    message.refresh_from_db()
    assert len(mail.outbox) == 1
    assert (message.state, message.attempts, message.sent_at) == ("sent", 1, NOW)


def test_a_crash_after_the_server_took_it_repeats_it_under_the_same_message_id(
    receiver: tuple[accounts.CustomerId, ledger.AccountId], monkeypatch: pytest.MonkeyPatch
) -> None:
    message = queued_for(receiver[1])
    with monkeypatch.context() as crash:
        crash.setattr(services, "_settle", lost)
        with pytest.raises(ConnectionError):
            send(message)
    send(message)
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("sent", 2)
    first, second = mail.outbox
    assert first.message()["Message-ID"] == second.message()["Message-ID"]


def test_a_server_that_is_away_leaves_the_message_queued_for_another_try(
    receiver: tuple[accounts.CustomerId, ledger.AccountId], monkeypatch: pytest.MonkeyPatch
) -> None:
    message = queued_for(receiver[1])
    refuse(monkeypatch, SMTPServerDisconnected())
    with pytest.raises(SMTPServerDisconnected):
        send(message)
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("queued", 1)


def test_an_address_refused_for_good_fails_the_message(
    receiver: tuple[accounts.CustomerId, ledger.AccountId], monkeypatch: pytest.MonkeyPatch
) -> None:
    message = queued_for(receiver[1])
    refuse(monkeypatch, SMTPRecipientsRefused({"zyxw@example.com": (550, b"no such user")}))
    send(message)
    message.refresh_from_db()
    assert (message.state, message.sent_at) == ("failed", None)


def test_an_address_refused_for_now_leaves_the_message_queued(
    receiver: tuple[accounts.CustomerId, ledger.AccountId], monkeypatch: pytest.MonkeyPatch
) -> None:
    message = queued_for(receiver[1])
    refuse(monkeypatch, SMTPRecipientsRefused({"zyxw@example.com": (450, b"try later")}))
    with pytest.raises(SMTPRecipientsRefused):
        send(message)
    message.refresh_from_db()
    assert message.state == "queued"


def test_a_customer_who_is_not_known_any_more_gets_no_mail() -> None:
    message = Message.objects.create(
        public_id=new_id(),
        transaction_id=new_id(),
        customer_id=new_id(),
        account_id=new_id(),
        template="transfer-posted",
        message_id="<x@example.com>",
        created_at=NOW,
    )
    send(message)
    message.refresh_from_db()
    assert (message.state, mail.outbox) == ("failed", [])


def test_a_posted_transfer_reaches_the_customer_through_the_outbox(
    receiver: tuple[accounts.CustomerId, ledger.AccountId],
) -> None:
    paid(a_bank(), receiver[1], 100)
    for subscriber in ("notifications.queue", "notifications.send"):
        assert deliver_all(subscriber) == [outbox.Outcome.DELIVERED]
    assert [sent.to for sent in mail.outbox] == [["zyxw@example.com"]]


def test_neither_events_nor_audit_nor_messages_hold_personal_data(
    receiver: tuple[accounts.CustomerId, ledger.AccountId], caplog: pytest.LogCaptureFixture
) -> None:
    send(queued_for(receiver[1]))
    for table in ("outbox_event", "audit_event", "notifications_message"):
        for (row,) in db.rows(sql=f"SELECT to_jsonb(t)::text FROM {table} AS t"):  # noqa: S608
            assert "zyxw" not in row.lower(), table
    assert "zyxw" not in caplog.text.lower()


def test_queueing_and_sending_are_audited(
    receiver: tuple[accounts.CustomerId, ledger.AccountId],
) -> None:
    message = queued_for(receiver[1])
    send(message)
    told = db.rows(
        sql="SELECT action FROM audit_event WHERE subject = %(subject)s ORDER BY id",
        params={"subject": f"message:{message.public_id}"},
    )
    assert told == [("notifications.message.queue",), ("notifications.message.sent",)]


def deliver_all(subscriber: str) -> list[outbox.Outcome]:
    owed = db.rows(
        sql="SELECT id FROM outbox_delivery WHERE subscriber = %(subscriber)s ORDER BY id",
        params={"subscriber": subscriber},
    )
    return [outbox.deliver(now=NOW, delivery_id=key, jitter=0.0) for (key,) in owed]


def events(name: str) -> int:
    found = db.one(
        sql="SELECT count(*) FROM outbox_event WHERE name = %(name)s", params={"name": name}
    )
    assert found is not None
    return int(found[0])


def lost(*_: object, **__: object) -> None:
    raise ConnectionError


def refuse(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def send_messages(*_: object) -> Iterator[None]:
        raise error

    monkeypatch.setattr(
        "django.core.mail.backends.locmem.EmailBackend.send_messages", send_messages
    )
