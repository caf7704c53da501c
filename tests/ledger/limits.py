"""A short way to limit an account."""

from datetime import datetime
from typing import Any

from apps.ledger import public as ledger
from apps.platform.ids import new_id

from .books import ACTOR, NOW


def limit(
    account_id: ledger.AccountId, maximum: int | None, *, now: datetime = NOW, **shape: Any
) -> ledger.LimitId:
    """Limit what leaves the account in a day, unless another shape is given."""
    wanted = ledger.NewLimit(
        limit_id=ledger.LimitId(new_id()), account_id=account_id, maximum=maximum, **shape
    )
    return ledger.set_limit(actor=ACTOR, now=now, limit=wanted)
