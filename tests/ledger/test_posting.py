"""What a post does, and what it leaves alone when it is refused."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.ledger import public as ledger
from apps.platform.audit.models import Event as AuditEvent
from apps.platform.ids import new_id
from apps.platform.outbox.models import Event as OutboxEvent

from .books import ACTOR, NOW, balance, open_account, post, refused, transfer

pytestmark = pytest.mark.django_db


def test_a_transfer_moves_both_balances_on_their_normal_sides() -> None:
    bank, customer = open_account(kind="asset"), open_account(floor=0)
    post(transfer(bank, customer, 1050))
    assert (balance(bank), balance(customer)) == (1050, 1050)
    post(transfer(customer, bank, 50))
    assert (balance(bank), balance(customer)) == (1000, 1000)


def test_a_post_is_one_round_trip() -> None:
    bank, customer = open_account(kind="asset"), open_account()
    with CaptureQueriesContext(connection) as queries:
        post(*(transfer(bank, customer, minor) for minor in range(1, 101)))
    assert len(queries) == 1


def test_entries_carry_the_balance_they_left_and_a_version_without_gaps() -> None:
    bank, customer = open_account(kind="asset"), open_account()
    post(transfer(bank, customer, 5), transfer(bank, customer, 7), transfer(customer, bank, 2))
    entries = ledger.entries(account_id=customer, after_version=None, limit=10)
    assert [(e.version, e.balance_after_minor) for e in entries] == [(3, 10), (2, 12), (1, 5)]


def test_a_post_leaves_its_audit_event_and_its_outbox_event() -> None:
    bank, customer = open_account(kind="asset"), open_account()
    posting = transfer(bank, customer, 5)
    post(posting)
    audited = AuditEvent.objects.get(action="ledger.transaction.post")
    assert audited.subject == f"transaction:{posting.transaction_id}"
    told = OutboxEvent.objects.get()
    assert told.name == "ledger.transfer.posted.v1"
    assert told.payload["transaction_id"] == str(posting.transaction_id)


def test_the_same_reference_again_books_nothing_and_returns_the_first() -> None:
    bank, customer = open_account(kind="asset"), open_account()
    first = post(transfer(bank, customer, 5, reference="r"))[0]
    again = post(transfer(bank, customer, 5, reference="r"))[0]
    assert again == ledger.Posted(first.transaction_id, replayed=True)
    assert balance(customer) == 5
    assert OutboxEvent.objects.count() == 1


def test_the_same_reference_for_something_else_is_refused() -> None:
    bank, customer = open_account(kind="asset"), open_account()
    post(transfer(bank, customer, 5, reference="r"))
    with refused(ledger.ReferenceReused):
        post(transfer(bank, customer, 6, reference="r"))


def test_a_repeat_within_one_batch_is_booked_once() -> None:
    bank, customer = open_account(kind="asset"), open_account()
    found = post(*(transfer(bank, customer, 5, reference="r") for _ in range(2)))
    assert [posted.replayed for posted in found] == [False, True]
    assert balance(customer) == 5


def test_a_batch_is_all_or_nothing() -> None:
    bank, customer = open_account(kind="asset"), open_account(floor=0)
    with refused(ledger.InsufficientFunds):
        post(transfer(bank, customer, 5), transfer(customer, bank, 6))
    assert ledger.account(account_id=customer).version == 0
    assert OutboxEvent.objects.count() == 0
    assert not AuditEvent.objects.filter(action="ledger.transaction.post").exists()


def test_no_account_goes_below_its_floor_and_just_its_floor_is_allowed() -> None:
    bank, customer = open_account(kind="asset"), open_account(floor=-100)
    post(transfer(customer, bank, 100))
    with refused(ledger.InsufficientFunds):
        post(transfer(customer, bank, 1))
    assert balance(customer) == -100


def test_within_a_transaction_what_raises_an_account_comes_first() -> None:
    bank, customer = open_account(kind="asset"), open_account(floor=0)
    legs = (
        ledger.Leg(customer, debit=5),
        ledger.Leg(bank, credit=5),
        ledger.Leg(bank, debit=8),
        ledger.Leg(customer, credit=8),
    )
    posting = ledger.Posting(
        transaction_id=ledger.TransactionId(new_id()),
        legs=legs,
        currency="EUR",
        effective_at=NOW,
        source="test",
        reference="four legs",
    )
    post(posting)
    assert balance(customer) == 3


@pytest.mark.parametrize(
    ("status", "raises", "lowers"),
    [
        ("frozen_debit", None, ledger.AccountFrozen),
        ("frozen", ledger.AccountFrozen, ledger.AccountFrozen),
    ],
)
def test_a_frozen_account_takes_what_its_freeze_allows(
    status: ledger.AccountStatus,
    raises: type[Exception] | None,
    lowers: type[Exception],
) -> None:
    bank, customer = open_account(kind="asset"), open_account()
    ledger.set_status(actor=ACTOR, now=NOW, account_id=customer, status=status)
    if raises is None:
        post(transfer(bank, customer, 5))
    else:
        with refused(raises):
            post(transfer(bank, customer, 5))
    with refused(lowers):
        post(transfer(customer, bank, 5))


def test_an_account_closes_at_zero_alone_and_then_takes_nothing() -> None:
    bank, customer = open_account(kind="asset"), open_account()
    post(transfer(bank, customer, 5))
    with refused(ledger.AccountNotEmpty):
        ledger.set_status(actor=ACTOR, now=NOW, account_id=customer, status="closed")
    post(transfer(customer, bank, 5))
    ledger.set_status(actor=ACTOR, now=NOW, account_id=customer, status="closed")
    with refused(ledger.AccountClosed):
        post(transfer(bank, customer, 5))


def test_an_unknown_account_is_refused() -> None:
    bank = open_account(kind="asset")
    with refused(ledger.AccountNotFound):
        post(transfer(bank, ledger.AccountId(new_id()), 5))
    assert ledger.account(account_id=bank).version == 0


def test_an_account_takes_its_own_currency_alone() -> None:
    bank, customer = open_account(kind="asset"), open_account(currency="JPY")
    with refused(ledger.CurrencyMismatch):
        post(transfer(bank, customer, 5))


def test_a_balance_stays_within_64_bits() -> None:
    bank, customer = open_account(kind="asset"), open_account()
    post(transfer(bank, customer, 2**63 - 1))
    with refused(ledger.BalanceOverflow):
        post(transfer(bank, customer, 1))


def test_a_posting_never_counts_from_the_future() -> None:
    bank, customer = open_account(kind="asset"), open_account()
    with refused(ledger.EffectiveInFuture):
        ledger.post(
            actor=ACTOR, now=NOW - timedelta(seconds=1), posting=transfer(bank, customer, 5)
        )


def test_a_taken_code_is_refused_and_the_transaction_goes_on() -> None:
    taken = open_account()
    account = ledger.NewAccount(
        account_id=ledger.AccountId(new_id()),
        code=str(taken),
        name="twin",
        kind="asset",
        currency="EUR",
    )
    with refused(ledger.AccountExists):
        ledger.open_account(actor=ACTOR, now=NOW, account=account)
    assert balance(taken) == 0


def test_the_trial_balance_puts_each_account_in_its_column() -> None:
    bank, customer = open_account(kind="asset"), open_account()
    post(transfer(bank, customer, 5))
    lines = {line.account_id: line for line in ledger.trial_balance()}
    assert (lines[bank].debit_minor, lines[bank].credit_minor) == (5, 0)
    assert (lines[customer].debit_minor, lines[customer].credit_minor) == (0, 5)


def test_a_transaction_is_read_with_its_legs_debit_first() -> None:
    bank, customer = open_account(kind="asset"), open_account()
    posting = transfer(bank, customer, 5)
    post(posting)
    found = ledger.transaction(transaction_id=posting.transaction_id)
    assert [(leg.account_id, leg.debit_minor) for leg in found.legs] == [(bank, 5), (customer, 0)]
