"""Staff screens of the ledger: accounts, transactions with their legs, holds."""

from . import accounts, holds, transactions

__all__ = ["accounts", "holds", "transactions"]
