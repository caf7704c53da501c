"""What a guard is asked about, and how it refuses."""

from dataclasses import dataclass
from typing import Literal

from .ids import AccountId, HolderId

GuardedAct = Literal["post", "hold", "capture", "reversal"]


@dataclass(frozen=True, slots=True)
class Move:
    """By how much an account would rise (normal side, minor units); below zero: money leaves it."""

    account_id: AccountId
    holder_id: HolderId | None
    currency: str
    minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """What is about to be booked. Of a hold, `moves` is the one that its capture would make."""

    act: GuardedAct
    kind: str
    source: str
    reference: str
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a guard refuses: `code` for programs ("accounts/customer-frozen"), `detail` for people.

    Neither names a person: both are told to the caller, and logged.
    """

    code: str
    detail: str
