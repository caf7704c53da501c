"""Ids of identity."""

from typing import NewType
from uuid import UUID

ClientId = NewType("ClientId", UUID)
