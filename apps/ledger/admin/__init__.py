"""Staff screens of the ledger: accounts, transactions with their legs, holds."""

from . import accounts, holds, limits, transactions

__all__ = ["accounts", "holds", "limits", "transactions"]
