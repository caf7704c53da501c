"""Staff screens of the ledger: accounts, transactions with their legs, holds, interest, fees."""

from . import accounts, fees, holds, interest, transactions

__all__ = ["accounts", "fees", "holds", "interest", "transactions"]
