"""Decisions of accounts: values in, verdict out. No Django, no clock, no I/O."""

import re
from typing import Final
from uuid import UUID

from .errors import InvalidCustomer, UnknownProduct

LANGUAGES: Final = ("en", "de", "fr")
PRODUCTS: Final = {"current": "Current account", "savings": "Savings account"}
NAME_MAX: Final = 200
EMAIL_MAX: Final = 254  # RFC 5321 4.5.3.1.3, less the angle brackets

_EMAIL: Final = re.compile(r"[^\s@<>\x00-\x1f\x7f]+@[^\s@<>\x00-\x1f\x7f]+\.[^\s@<>\x00-\x1f\x7f]+")
_HIDDEN: Final = "•"


def check_customer(*, name: str, email: str, language: str) -> None:
    """Return when these can be a customer's. Raises InvalidCustomer, which does not repeat them.

    Control characters are refused: a line break in a name or an address would end up in the header
    of a mail.
    """
    if not name.strip() or len(name) > NAME_MAX or not name.isprintable():
        raise InvalidCustomer("the name is empty, too long, or has control characters")
    if len(email) > EMAIL_MAX or not _EMAIL.fullmatch(email):
        raise InvalidCustomer("the e-mail address is not one")
    if language not in LANGUAGES:
        raise InvalidCustomer(f"the language is none of {', '.join(LANGUAGES)}")


def product_name(product: str) -> str:
    """Return the name of the product. Raises UnknownProduct."""
    if product not in PRODUCTS:
        raise UnknownProduct(f"a product is one of {', '.join(PRODUCTS)}")
    return PRODUCTS[product]


def ledger_code(*, number: int) -> str:
    """Return the ledger's code of the product account with this number: a customer deposit."""
    return f"2100.{number:06d}"


def masked(name: str) -> str:
    """Return the initials with the rest hidden, always four dots: a length tells too much."""
    return " ".join(word[0] + _HIDDEN * 4 for word in name.split())


def place(customer_id: UUID, *, column: str) -> str:
    """Return where a sealed value belongs; crypto binds it there."""
    return f"accounts_customer|{column}|{customer_id}"
