"""Small books to test on: a bank account, a customer's, and short ways to post."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import transaction

from apps.ledger import public as ledger
from apps.platform import ids
from apps.platform.actors import Actor
from apps.platform.ids import new_id
from apps.platform.money import Money

NOW = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=7)
ACTOR = Actor(kind="system", key="test")
Pair = tuple[ledger.AccountId, ledger.AccountId]


def acct(account_id: ledger.AccountId) -> str:
    """Return the account's id as the API says it."""
    return ids.encode("acct", account_id, region="eu")


def open_account(
    *,
    kind: ledger.AccountKind = "liability",
    currency: str = "EUR",
    floor: int | None = None,
    over_capture: bool = False,
    code: str | None = None,
) -> ledger.AccountId:
    """Open an account, with a code of its own unless one is given."""
    account_id = ledger.AccountId(new_id())
    ledger.open_account(
        actor=ACTOR,
        now=NOW,
        account=ledger.NewAccount(
            account_id=account_id,
            code=code or str(account_id),
            name="an account",
            kind=kind,
            currency=currency,
            floor_minor=floor,
            over_capture=over_capture,
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


def hold(
    account_id: ledger.AccountId,
    minor: int,
    *,
    expires_at: datetime = LATER,
    reference: str | None = None,
    now: datetime = NOW,
) -> ledger.HoldId:
    """Hold money of the account, for a week unless another end is given."""
    wanted = new_hold(account_id, minor, expires_at=expires_at, reference=reference)
    return ledger.place_hold(actor=ACTOR, now=now, hold=wanted).hold_id


def new_hold(
    account_id: ledger.AccountId,
    minor: int,
    *,
    expires_at: datetime = LATER,
    reference: str | None = None,
    currency: str = "EUR",
) -> ledger.NewHold:
    """Return a wish to hold, with a reference of its own unless one is given."""
    return ledger.NewHold(
        hold_id=ledger.HoldId(new_id()),
        account_id=account_id,
        amount=Money(minor, currency),
        expires_at=expires_at,
        source="test",
        reference=reference or str(new_id()),
    )


def capture(
    hold_id: ledger.HoldId,
    to_account_id: ledger.AccountId,
    minor: int | None = None,
    *,
    final: bool = False,
    reference: str | None = None,
    now: datetime = NOW,
) -> ledger.Captured:
    """Capture all that is left of the hold, or that much."""
    wanted = ledger.Capture(
        hold_id=hold_id,
        to_account_id=to_account_id,
        transaction_id=ledger.TransactionId(new_id()),
        amount_minor=minor,
        final=final,
        effective_at=NOW,
        source="test",
        reference=reference or str(new_id()),
    )
    return ledger.capture_hold(actor=ACTOR, now=now, capture=wanted)


def void(hold_id: ledger.HoldId, *, reference: str = "void", now: datetime = NOW) -> ledger.Held:
    """Give the hold up."""
    return ledger.void_hold(
        actor=ACTOR, now=now, hold_id=hold_id, source="test", reference=reference
    )


def extend(
    hold_id: ledger.HoldId, expires_at: datetime, *, reference: str = "extend", now: datetime = NOW
) -> ledger.Held:
    """Move the end of the hold."""
    return ledger.extend_hold(
        actor=ACTOR,
        now=now,
        hold_id=hold_id,
        expires_at=expires_at,
        source="test",
        reference=reference,
    )


def available(account_id: ledger.AccountId, *, at: datetime = NOW) -> int | None:
    """Return what may be taken out of the account."""
    return ledger.balance(account_id=account_id, at=at).available_minor


def balance(account_id: ledger.AccountId) -> int:
    """Return what is posted, on the account's normal side."""
    return ledger.account(account_id=account_id).posted_minor


@contextmanager
def refused(problem: type[Exception]) -> Iterator[None]:
    """Expect the problem, and undo what came before it as its caller would."""
    with pytest.raises(problem), transaction.atomic():
        yield


def refused_raw(raw: psycopg.Connection, sql: str) -> str:
    """Run a statement that must be refused, at COMMIT at the latest; return its SQLSTATE."""

    def run() -> None:
        raw.execute(sql.encode())
        raw.commit()  # what is deferred is refused here

    with pytest.raises(psycopg.Error) as refusal:
        run()
    raw.rollback()
    return refusal.value.sqlstate or ""
