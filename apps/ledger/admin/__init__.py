"""Staff screens of the ledger: accounts, transactions with their legs, holds, limits, interest."""

from . import accounts, fees, holds, interest, limits, transactions

__all__ = ["accounts", "fees", "holds", "interest", "limits", "transactions"]
