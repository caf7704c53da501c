"""Reads of accounts. What names a person is unsealed here and goes nowhere but to the caller.

Reading personal data is itself a fact worth keeping: who calls `contact` or `masked_name`
records it (services.record_listing, or the audit event of what the contact was used for).
"""

from dataclasses import dataclass
from uuid import UUID

from apps.platform import crypto

from . import rules
from .events import CustomerId
from .models import Customer, ProductAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How to write to a customer."""

    name: str
    email: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerView:
    """A customer without anything that names them."""

    customer_id: CustomerId
    language: str
    account_ids: tuple[UUID, ...]


def contact(*, customer_id: CustomerId) -> Contact | None:
    """Return name, e-mail address and language; None when there is no such customer."""
    customer = Customer.objects.filter(public_id=customer_id).first()
    if customer is None:
        return None
    return Contact(
        name=_unsealed(customer, "name"),
        email=_unsealed(customer, "email"),
        language=customer.language,
    )


def customers(*, after: CustomerId | None = None, limit: int = 100) -> list[CustomerView]:
    """Return customers in id order after `after`, each with its accounts; two queries."""
    found = Customer.objects.order_by("public_id")
    if after is not None:
        found = found.filter(public_id__gt=after)
    page = list(found[:limit])
    held: dict[int, list[UUID]] = {customer.pk: [] for customer in page}
    accounts = ProductAccount.objects.filter(customer__in=page).order_by("pk")
    for owner, account_id in accounts.values_list("customer_id", "public_id"):
        held[owner].append(account_id)
    return [
        CustomerView(
            customer_id=CustomerId(customer.public_id),
            language=customer.language,
            account_ids=tuple(held[customer.pk]),
        )
        for customer in page
    ]


def masked_name(*, customer: Customer) -> str:
    """Return "A•••• B••••", or "" where the name does not open."""
    try:
        return rules.masked(_unsealed(customer, "name"))
    except crypto.Undecipherable:
        return ""


def _unsealed(customer: Customer, column: str) -> str:
    key = crypto.unwrap(customer.wrapped_key)
    sealed = getattr(customer, f"{column}_sealed")
    return crypto.unseal(key, sealed, about=rules.place(customer.public_id, column=column))
