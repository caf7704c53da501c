"""Writes of accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from apps.ledger import public as ledger
from apps.platform import crypto
from apps.platform.actors import Actor
from apps.platform.audit import public as audit

from . import rules
from .errors import CustomerExists, CustomerNotFound
from .events import CustomerId
from .models import Customer, ProductAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCustomer:
    """A customer to be; `customer_id` is the caller's."""

    customer_id: CustomerId
    name: str
    email: str
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """A product account to be; `account_id` is the caller's and names the ledger account too."""

    account_id: ledger.AccountId
    customer_id: CustomerId
    product: str
    currency: str


def register_customer(
    *,
    actor: Actor,
    now: datetime,
    customer_id: CustomerId,
    name: str,
    email: str,
    language: str = "en",
) -> None:
    """Take a person on as a customer. Raises InvalidCustomer or CustomerExists."""
    newcomer = NewCustomer(customer_id=customer_id, name=name, email=email, language=language)
    register_customers(actor=actor, now=now, customers=[newcomer])


@transaction.atomic
def register_customers(*, actor: Actor, now: datetime, customers: Sequence[NewCustomer]) -> None:
    """Take all of them on, or none. Raises InvalidCustomer or CustomerExists."""
    for newcomer in customers:
        rules.check_customer(name=newcomer.name, email=newcomer.email, language=newcomer.language)
    wanted = [newcomer.customer_id for newcomer in customers]
    if (taken := Customer.objects.filter(public_id__in=wanted).order_by("pk").first()) is not None:
        raise CustomerExists("this id names a customer", customer_id=str(taken.public_id))
    Customer.objects.bulk_create([_sealed(newcomer, now=now) for newcomer in customers])
    for customer_id in wanted:
        audit.record(
            actor=actor,
            now=now,
            action="accounts.customer.register",
            subject=f"customer:{customer_id}",
        )


def open_account(
    *,
    actor: Actor,
    now: datetime,
    account_id: ledger.AccountId,
    customer_id: CustomerId,
    product: str,
    currency: str,
) -> None:
    """Open an account that may not go below zero: product and money, or nothing.

    Raises CustomerNotFound, UnknownProduct, and what ledger.open_accounts raises.
    """
    wanted = NewAccount(
        account_id=account_id, customer_id=customer_id, product=product, currency=currency
    )
    open_accounts(actor=actor, now=now, accounts=[wanted])


@transaction.atomic
def open_accounts(*, actor: Actor, now: datetime, accounts: Sequence[NewAccount]) -> None:
    """Open all of them, or none; raises what open_account raises."""
    names = [rules.product_name(wanted.product) for wanted in accounts]
    keys = _customer_keys(accounts)
    rows = ProductAccount.objects.bulk_create(
        ProductAccount(
            public_id=wanted.account_id,
            customer_id=keys[wanted.customer_id],
            product=wanted.product,
            opened_at=now,
        )
        for wanted in accounts
    )
    opened = [
        _ledger_account(wanted, number=row.pk, name=name)
        for wanted, row, name in zip(accounts, rows, names, strict=True)
    ]
    ledger.open_accounts(actor=actor, now=now, accounts=opened)
    for wanted in accounts:
        audit.record(
            actor=actor,
            now=now,
            action="accounts.account.open",
            subject=f"account:{wanted.account_id}",
            detail={"customer_id": str(wanted.customer_id), "product": wanted.product},
        )


def record_listing(*, actor: Actor, now: datetime, customer_ids: Sequence[CustomerId]) -> None:
    """Record that the actor was shown these customers, names masked."""
    audit.record(
        actor=actor,
        now=now,
        action="accounts.customer.list",
        subject="customers",
        detail={"customer_ids": [str(customer_id) for customer_id in customer_ids]},
    )


def _sealed(newcomer: NewCustomer, *, now: datetime) -> Customer:
    key = crypto.new_data_key()
    name, email = (
        crypto.seal(key, text, about=rules.place(newcomer.customer_id, column=column))
        for column, text in (("name", newcomer.name), ("email", newcomer.email))
    )
    return Customer(
        public_id=newcomer.customer_id,
        region=settings.PROBITY_REGION,
        wrapped_key=crypto.wrap(key),
        name_sealed=name,
        email_sealed=email,
        language=newcomer.language,
        opened_at=now,
    )


def _ledger_account(wanted: NewAccount, *, number: int, name: str) -> ledger.NewAccount:
    """Return the customer's deposit, which is our liability and may not go below zero."""
    return ledger.NewAccount(
        account_id=wanted.account_id,
        code=rules.ledger_code(number=number),
        name=name,
        kind="liability",
        currency=wanted.currency,
        holder_id=ledger.HolderId(wanted.customer_id),
        floor_minor=0,
    )


def _customer_keys(accounts: Sequence[NewAccount]) -> dict[CustomerId, int]:
    """Return the primary keys of the accounts' customers. Raises CustomerNotFound."""
    wanted = {account.customer_id for account in accounts}
    rows = Customer.objects.filter(public_id__in=wanted).values_list("public_id", "pk")
    keys = {CustomerId(public_id): key for public_id, key in rows}
    if missing := wanted - keys.keys():
        raise CustomerNotFound("no such customer", customer_id=str(min(missing)))
    return keys
