"""What a hold must be, and how it stands."""

from datetime import datetime
from typing import cast

from apps.platform.money import CURRENCIES, MINOR_MAX

from ..errors import (
    CurrencyMismatch,
    EffectiveInFuture,
    MalformedHold,
)
from ..events import (
    Capture,
    HoldStatus,
    NewHold,
)
from .posting import _digest, check_reference


def check_hold(hold: NewHold) -> None:
    """Return when the hold may go to the database, which checks it against account and time.

    A repeat is answered even when the end has come since, so that its time is not looked at here.

    Raises MalformedHold, MalformedPosting or CurrencyMismatch.
    """
    check_reference(source=hold.source, reference=hold.reference)
    if hold.amount.currency not in CURRENCIES:
        raise CurrencyMismatch(f"{hold.amount.currency} is not an ISO 4217 currency")
    if not 0 < hold.amount.minor <= MINOR_MAX:
        raise MalformedHold("a hold keeps an amount above zero")


def hold_fingerprint(hold: NewHold) -> str:
    """Return the SHA-256 of what a hold says, apart from when."""
    said = [hold.account_id.hex, hold.amount.minor, hold.amount.currency]
    return _digest([*said, *([] if hold.chain_id is None else [{"chain": hold.chain_id.hex}])])


def check_capture(capture: Capture, *, now: datetime) -> None:
    """Return when the capture may go to the database, which checks it against its hold.

    Raises EffectiveInFuture, MalformedHold or MalformedPosting.
    """
    check_reference(source=capture.source, reference=capture.reference)
    if capture.effective_at > now:
        raise EffectiveInFuture("a capture counts from now or from the past")
    if capture.amount_minor is not None and not 0 < capture.amount_minor <= MINOR_MAX:
        raise MalformedHold("a capture takes an amount above zero")


def capture_fingerprint(capture: Capture) -> str:
    """Return the SHA-256 of what a capture says, apart from when."""
    moves = [capture.to_account_id.hex, capture.amount_minor, capture.final]
    return _digest(["capture", capture.hold_id.hex, *moves])


def hold_status(*, outcome: str | None, expires_at: datetime, at: datetime) -> HoldStatus:
    """Return how a hold stands at `at`: its end is its end, whether or not it was written down."""
    if outcome is not None:
        return cast("HoldStatus", outcome)
    return "expired" if expires_at <= at else "open"


def available(*, posted_minor: int, held_minor: int, floor_minor: int | None) -> int | None:
    """Return what may be taken out (normal side, minor units); None: there is no floor."""
    return None if floor_minor is None else posted_minor - held_minor - floor_minor
