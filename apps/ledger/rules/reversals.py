"""What a reversal must be, and the legs it takes."""

from collections.abc import Sequence

from apps.platform.actors import Actor

from ..errors import (
    MalformedPosting,
    ReasonMissing,
    SecondPersonNeeded,
)
from ..events import (
    EntryView,
    Leg,
    Part,
    Reversal,
)
from .posting import _digest


def check_reversal(
    reversal: Reversal, *, minor: int, actor: Actor, approver: Actor | None, four_eyes_minor: int
) -> None:
    """Return when the reversal of `minor` units in all may be booked.

    Above `four_eyes_minor` a second person agrees. Raises ReasonMissing or SecondPersonNeeded.
    """
    if not reversal.reason.strip():
        raise ReasonMissing("a reversal says why")
    if minor <= four_eyes_minor:
        return
    if approver is None or (approver.kind, approver.key) == (actor.kind, actor.key):
        raise SecondPersonNeeded("a reversal of this size takes a second person")


def reversal_legs(
    legs: Sequence[EntryView], *, parts: Sequence[Part] | None
) -> tuple[tuple[Leg, ...], tuple[Part, ...]]:
    """Return the legs that undo `legs`, whole or in those parts, and the part of each.

    Debit becomes credit. Raises MalformedPosting for a part that is of none of the legs, comes
    twice, or is not between nothing and its leg.
    """
    booked = {(leg.account_id, leg.version): leg for leg in legs}
    if parts is None:
        parts = [
            Part(leg.account_id, leg.version, leg.debit_minor or leg.credit_minor) for leg in legs
        ]
    if len({(part.account_id, part.version) for part in parts}) < len(parts):
        raise MalformedPosting("a leg is reversed once in one reversal")
    undone = tuple(_undo(booked.get((part.account_id, part.version)), part.minor) for part in parts)
    return undone, tuple(parts)


def _undo(leg: EntryView | None, minor: int) -> Leg:
    if leg is None:
        raise MalformedPosting("a part names a leg of the transaction by account and version")
    if not 0 < minor <= max(leg.debit_minor, leg.credit_minor):
        raise MalformedPosting("a part is above zero and at most its leg")
    if leg.debit_minor:
        return Leg(leg.account_id, credit=minor, currency=leg.currency)
    return Leg(leg.account_id, debit=minor, currency=leg.currency)


def reversal_fingerprint(reversal: Reversal) -> str:
    """Return the SHA-256 of what a reversal says, apart from when and why."""
    parts = reversal.parts
    said = None if parts is None else sorted((p.account_id.hex, p.version, p.minor) for p in parts)
    return _digest(["reversal", reversal.reversed_id.hex, said])
