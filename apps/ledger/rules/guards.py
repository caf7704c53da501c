"""What guards are asked about: a wish to book, and what it would move."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..events import (
    AccountId,
    AccountKind,
    Capture,
    GuardedAct,
    HolderId,
    Leg,
    Move,
    NewHold,
    Posting,
    Proposed,
)
from .balances import DEBIT_NORMAL, on_normal_side


@dataclass(frozen=True, slots=True)
class Touched:
    """An account that a wish touches."""

    account_id: AccountId
    holder_id: HolderId | None
    kind: AccountKind
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be booked, before its accounts are looked up.

    It has legs, or is a hold (`held`), or a capture whose hold is to be looked up (`captured`).
    """

    act: GuardedAct
    kind: str
    source: str
    reference: str
    legs: tuple[Leg, ...] = ()
    held: NewHold | None = None
    captured: Capture | None = None

    def account_ids(self) -> set[AccountId]:
        """Return the accounts that it touches."""
        return {self.held.account_id} if self.held else {leg.account_id for leg in self.legs}


def posting_wish(posting: Posting) -> Wish:
    """Return the wish to book a posting."""
    return Wish(
        act="reversal" if posting.kind == "reversal" else "post",
        kind=posting.kind,
        source=posting.source,
        reference=posting.reference,
        legs=posting.legs,
    )


def hold_wish(hold: NewHold) -> Wish:
    """Return the wish to place a hold."""
    return Wish(act="hold", kind="hold", source=hold.source, reference=hold.reference, held=hold)


def capture_wish(capture: Capture, *, hold: Touched | None = None, left_minor: int = 0) -> Wish:
    """Return the wish to capture; with the hold's account, it has the legs that it would post.

    `left_minor` is what is left of the hold, in minor units.
    """
    legs: tuple[Leg, ...] = ()
    if hold is not None:
        minor = left_minor if capture.amount_minor is None else capture.amount_minor
        debit, credit = hold.account_id, capture.to_account_id
        if hold.kind in DEBIT_NORMAL:
            debit, credit = credit, debit
        legs = (
            Leg(debit, debit=minor, currency=hold.currency),
            Leg(credit, credit=minor, currency=hold.currency),
        )
    return Wish(
        act="capture",
        kind="capture",
        source=capture.source,
        reference=capture.reference,
        legs=legs,
        captured=capture,
    )


def proposed(wish: Wish, *, accounts: Mapping[AccountId, Touched]) -> Proposed:
    """Return what a guard is told of a wish: of each leg, how its account would move."""
    if wish.held is not None:
        changes = [(wish.held.account_id, -wish.held.amount.minor)]
    else:
        changes = [
            (
                leg.account_id,
                on_normal_side(
                    kind=accounts[leg.account_id].kind, debit=leg.debit, credit=leg.credit
                ),
            )
            for leg in wish.legs
        ]
    return Proposed(
        act=wish.act,
        kind=wish.kind,
        source=wish.source,
        reference=wish.reference,
        moves=tuple(
            Move(account_id, accounts[account_id].holder_id, accounts[account_id].currency, minor)
            for account_id, minor in changes
        ),
    )
