"""Limits of an account: what they allow, and what is used of them."""

from datetime import datetime
from typing import Final

from apps.platform import db

from .. import rules
from ..errors import LimitNotFound
from ..events import AccountId, LimitId, LimitView
from ..models import Limit

_LIMITS_OF: Final = db.load_sql(package="apps.ledger", name="limits_of.sql")


def limits_of(*, account_id: AccountId, at: datetime) -> list[LimitView]:
    """Return the limits in force at `at` with what is used of them, and those that are to come.

    One query; none where there is no such account.
    """
    found = db.rows(sql=_LIMITS_OF, params={"account_id": account_id, "at": at})
    return [_view(account_id, *row) for row in found]


def limit(*, limit_id: LimitId) -> Limit:
    """Return the row of a limit. Raises LimitNotFound."""
    found = Limit.objects.select_related("account", "counterparty").filter(public_id=limit_id)
    if (one := found.first()) is None:
        raise LimitNotFound("no such limit")
    return one


def _view(account_id: AccountId, *row: object) -> LimitView:
    names = (
        "limit_id", "direction", "period", "days", "scope", "counterparty_id", "measure", "maximum",
        "effective_from", "effective_until", "in_force", "used",
    )  # fmt: skip
    told = dict(zip(names, row, strict=True))
    used = None if told["used"] is None else int(str(told["used"]))
    maximum = told["maximum"]
    left = rules.left_of(maximum=maximum if isinstance(maximum, int) else None, used=used)
    return LimitView(account_id=account_id, left=left, **(told | {"used": used}))  # type: ignore[arg-type]
