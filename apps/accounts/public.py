"""Front door of accounts: whose the money is. The only module that other houses import."""

from .errors import CustomerExists, CustomerNotFound, InvalidCustomer, UnknownProduct
from .events import CustomerId
from .rules import LANGUAGES, PRODUCTS
from .selectors import Contact, CustomerView, contact, customers
from .services import (
    NewAccount,
    NewCustomer,
    open_account,
    open_accounts,
    register_customer,
    register_customers,
)

__all__ = [
    "LANGUAGES",
    "PRODUCTS",
    "Contact",
    "CustomerExists",
    "CustomerId",
    "CustomerNotFound",
    "CustomerView",
    "InvalidCustomer",
    "NewAccount",
    "NewCustomer",
    "UnknownProduct",
    "contact",
    "customers",
    "open_account",
    "open_accounts",
    "register_customer",
    "register_customers",
]
