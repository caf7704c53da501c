"""Ids of accounts. A customer's id is the holder id that the ledger knows."""

from typing import NewType
from uuid import UUID

CustomerId = NewType("CustomerId", UUID)
