"""The chart of accounts: who stands under whom."""

from typing import Final, cast

from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from apps.platform import db

from ..events import AccountKind, AccountStatus, ChartLine
from ..models import Account

_PATH: Final = db.load_sql(package="apps.ledger", name="path.sql")
_SOURCES: Final = db.load_sql(package="apps.ledger", name="sources.sql")


def chart() -> list[ChartLine]:
    """Return every account by code; slots are counted in their account. One query."""
    found = (
        Account.objects.filter(slot_of=None)
        .annotate(stands=F("posted_minor") + Coalesce(Sum("slots__posted_minor"), 0))
        .order_by("code")
        .values_list("pk", "parent_id", "code", "name", "kind", "currency", "status", "stands")
    )
    return [
        ChartLine(
            row=row,
            parent=parent,
            code=code,
            name=name,
            kind=cast("AccountKind", kind),
            currency=currency,
            status=cast("AccountStatus", status),
            posted_minor=int(stands),
        )
        for row, parent, code, name, kind, currency, status, stands in found
    ]


def path_of(*, row: Account) -> list[tuple[int, str]]:
    """Return (key, code) of each account above one, the top first. One query."""
    return [(key, code) for key, code in db.rows(sql=_PATH, params={"id": row.pk})]


def sources() -> list[str]:
    """Return the name of everyone who has booked, with as many looks at an index as there are."""
    return [source for (source,) in db.rows(sql=_SOURCES)]
