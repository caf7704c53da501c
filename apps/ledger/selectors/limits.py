"""Limits of an account: what they allow, and what is used of them."""

from datetime import datetime
from typing import Final

from django.db.models import OuterRef, Q, QuerySet, Subquery

from apps.platform import db

from .. import rules
from ..errors import LimitNotFound
from ..events import AccountId, LimitId, LimitView
from ..models import Limit, LimitVersion

MAXIMUM_NOW: Final = "maximum_now"
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


def with_maximum(*, limits: QuerySet[Limit], at: datetime) -> QuerySet[Limit]:
    """Return the rows with what each allows at `at` on them, as MAXIMUM_NOW: None is no limit."""
    said = LimitVersion.objects.filter(limit=OuterRef("pk"), effective_from__lte=at).filter(
        Q(effective_until=None) | Q(effective_until__gt=at)
    )
    return limits.annotate(**{MAXIMUM_NOW: Subquery(said.order_by("-pk").values("maximum")[:1])})


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
