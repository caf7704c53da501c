"""Holds, and what an account has available: as of a moment, for a hold ends by itself."""

from datetime import datetime
from typing import Final

from django.db.models import Prefetch, QuerySet

from apps.platform import db

from .. import rules
from ..errors import AccountNotFound, HoldNotFound
from ..events import AccountId, BalanceView, CaptureView, ChainId, HoldId, HoldView, TransactionId
from ..models import Account, Hold, HoldCapture, HoldOpen

_BALANCE: Final = db.load_sql(package="apps.ledger", name="balance.sql")


def balance(*, account_id: AccountId, at: datetime) -> BalanceView:
    """Return what is posted now, and what of it is held or available at `at`. One query.

    Raises AccountNotFound.
    """
    found = db.one(sql=_BALANCE, params={"account_id": account_id, "at": at})
    if found is None:
        raise AccountNotFound("no such account")
    currency, posted, held, floor_minor, version = found
    posted_minor, held_minor = int(posted), int(held)
    return BalanceView(
        account_id=account_id,
        currency=currency,
        posted_minor=posted_minor,
        held_minor=held_minor,
        pending_minor=posted_minor - held_minor,
        available_minor=rules.available(
            posted_minor=posted_minor, held_minor=held_minor, floor_minor=floor_minor
        ),
        version=int(version),
    )


def hold(*, hold_id: HoldId, at: datetime) -> HoldView:
    """Return a hold as it stands at `at`. Raises HoldNotFound."""
    found = hold_rows().filter(public_id=hold_id).first()
    if found is None:
        raise HoldNotFound("no such hold")
    return hold_of(row=found, at=at)


def holds(*, account_id: AccountId, at: datetime, limit: int) -> list[HoldView]:
    """Return up to `limit` holds of an account, newest first, as they stand at `at`."""
    found = hold_rows().filter(account__public_id=account_id).order_by("-pk")[:limit]
    return [hold_of(row=one, at=at) for one in found]


def holds_anything(*, row: Account) -> bool:
    """Return whether a hold of the account has not been closed, be its end past or not."""
    return HoldOpen.objects.filter(account=row).exists()


def hold_of(*, row: Hold, at: datetime) -> HoldView:
    """Return a row as others see it at `at`."""
    still = getattr(row, "open", None)
    end = getattr(row, "end", None)
    expires_at = max([row.expires_at, *(one.expires_at for one in row.extensions.all())])
    status = rules.hold_status(
        outcome=None if end is None else end.outcome, expires_at=expires_at, at=at
    )
    return HoldView(
        hold_id=HoldId(row.public_id),
        account_id=AccountId(row.account.public_id),
        currency=row.currency,
        amount_minor=row.amount_minor,
        left_minor=still.left_minor if still is not None and status == "open" else 0,
        status=status,
        expires_at=expires_at,
        recorded_at=row.recorded_at,
        captures=tuple(
            CaptureView(
                transaction_id=TransactionId(one.transaction_id),
                amount_minor=one.amount_minor,
                recorded_at=one.recorded_at,
            )
            for one in row.captures.all()
        ),
        chain_id=None if row.chain_id is None else ChainId(row.chain_id),
    )


def hold_rows() -> QuerySet[Hold]:
    """Return holds with what hold_of reads of them."""
    captures = Prefetch("captures", queryset=HoldCapture.objects.order_by("pk"))
    found = Hold.objects.select_related("account", "open", "end")
    return found.prefetch_related(captures, "extensions")
