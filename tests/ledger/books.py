"""Small books to test on: a bank account, a customer's, and short ways to post."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from django.db import transaction

from apps.ledger import public as ledger
from apps.platform.actors import Actor
from apps.platform.ids import new_id
from apps.platform.money import Money

NOW = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
ACTOR = Actor(kind="system", key="test")


def open_account(
    *, kind: ledger.AccountKind = "liability", currency: str = "EUR", floor: int | None = None
) -> ledger.AccountId:
    """Open an account with a code of its own."""
    account_id = ledger.AccountId(new_id())
    ledger.open_account(
        actor=ACTOR,
        now=NOW,
        account=ledger.NewAccount(
            account_id=account_id,
            code=str(account_id),
            name="an account",
            kind=kind,
            currency=currency,
            floor_minor=floor,
        ),
    )
    return account_id


def transfer(
    debit: ledger.AccountId,
    credit: ledger.AccountId,
    minor: int,
    *,
    currency: str = "EUR",
    reference: str | None = None,
) -> ledger.Posting:
    """Return a transfer posting with a reference of its own unless one is given."""
    transaction_id = ledger.TransactionId(new_id())
    return ledger.transfer(
        transaction_id=transaction_id,
        debit_account_id=debit,
        credit_account_id=credit,
        amount=Money(minor, currency),
        effective_at=NOW,
        source="test",
        reference=reference or str(transaction_id),
    )


def post(*postings: ledger.Posting) -> list[ledger.Posted]:
    """Post all or none."""
    return ledger.post_many(actor=ACTOR, now=NOW, postings=postings)


def balance(account_id: ledger.AccountId) -> int:
    """Return what is posted, on the account's normal side."""
    return ledger.account(account_id=account_id).posted_minor


@contextmanager
def refused(problem: type[Exception]) -> Iterator[None]:
    """Expect the problem, and undo what came before it as its caller would."""
    with pytest.raises(problem), transaction.atomic():
        yield
