"""Customers and accounts for tests."""

from datetime import UTC, datetime

from apps.accounts import public as accounts
from apps.ledger import public as ledger
from apps.platform.actors import Actor
from apps.platform.ids import new_id

ACTOR = Actor(kind="system", key="test")
NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
NAME, EMAIL = "Zyxw Vutsrq", "zyxw.vutsrq@example.com"


def a_customer(
    *, name: str = NAME, email: str = EMAIL, language: str = "en"
) -> accounts.CustomerId:
    """Register a customer; return their id."""
    customer_id = accounts.CustomerId(new_id())
    accounts.register_customer(
        actor=ACTOR, now=NOW, customer_id=customer_id, name=name, email=email, language=language
    )
    return customer_id


def an_account(
    customer_id: accounts.CustomerId, *, product: str = "current", currency: str = "EUR"
) -> ledger.AccountId:
    """Open an account for the customer; return its id."""
    account_id = ledger.AccountId(new_id())
    accounts.open_account(
        actor=ACTOR,
        now=NOW,
        account_id=account_id,
        customer_id=customer_id,
        product=product,
        currency=currency,
    )
    return account_id


def a_bank(*, currency: str = "EUR") -> ledger.AccountId:
    """Open the account that money comes from."""
    account_id = ledger.AccountId(new_id())
    bank = ledger.NewAccount(
        account_id=account_id,
        code=f"T.{account_id.hex}",
        name="Bank",
        kind="asset",
        currency=currency,
    )
    ledger.open_account(actor=ACTOR, now=NOW, account=bank)
    return account_id


def paid(
    debit: ledger.AccountId,
    credit: ledger.AccountId,
    minor: int,
    *,
    currency: str = "EUR",
    kind: str = "transfer",
) -> ledger.TransactionId:
    """Post a transaction; return its id."""
    transaction_id = ledger.TransactionId(new_id())
    posting = ledger.Posting(
        transaction_id=transaction_id,
        legs=(ledger.Leg(debit, debit=minor), ledger.Leg(credit, credit=minor)),
        currency=currency,
        effective_at=NOW,
        source="test",
        reference=str(transaction_id),
        kind=kind,
    )
    ledger.post(actor=ACTOR, now=NOW, posting=posting)
    return transaction_id
