"""Balances in time: as of when things took effect, and as of when we knew of them."""

from datetime import datetime
from typing import Final

from apps.platform import db

from .. import rules
from ..errors import AccountNotFound
from ..events import AccountId, PastBalanceView

_BALANCE_AT: Final = db.load_sql(package="apps.ledger", name="balance_at.sql")


def balance_at(
    *, account_id: AccountId, as_of: datetime | None = None, known_at: datetime | None = None
) -> PastBalanceView:
    """Return what stood on the account: what took effect by `as_of`, as it was known by `known_at`.

    None: no bound. What is held, and the floor, are those of `as_of`, or where it is left out of
    `known_at`: holds that had been placed by then and not ended, less the captures that had taken
    effect. One query. Raises AccountNotFound.
    """
    params = {"account_id": account_id, "as_of": as_of, "known_at": known_at}
    found = db.one(sql=_BALANCE_AT, params=params)
    if found is None:
        raise AccountNotFound("no such account")
    currency, kind, debit, credit, held, floor_minor, entries = found
    posted = rules.on_normal_side(kind=kind, debit=int(debit), credit=int(credit))
    return PastBalanceView(
        account_id=account_id,
        currency=currency,
        posted_minor=posted,
        held_minor=int(held),
        pending_minor=posted - int(held),
        available_minor=rules.available(
            posted_minor=posted, held_minor=int(held), floor_minor=floor_minor
        ),
        version=entries,
        as_of=as_of,
        known_at=known_at,
    )
