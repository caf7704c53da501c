"""Staff screens of the ledger: accounts, transactions with their legs, holds."""

from . import accounts, fees, holds, interest, limits, transactions

__all__ = ["accounts", "fees", "holds", "interest", "limits", "transactions"]
