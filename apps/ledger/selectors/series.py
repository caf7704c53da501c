"""Balances by day, for a chart."""

from datetime import date
from typing import Final

from apps.platform import db

from .. import rules
from ..events import AccountId, AccountKind, DayBalance

_SERIES: Final = db.load_sql(package="apps.ledger", name="series.sql")


def balance_series(
    *, account_id: AccountId, kind: AccountKind, since: date, until: date
) -> tuple[DayBalance, ...]:
    """Return what stood on the account at the end of each day (UTC), by when it took effect.

    As it is known now; its slots are counted in. One query.
    """
    params = {"account_id": account_id, "since": since, "until": until}
    moved = [
        (day, int(debit), int(credit)) for day, debit, credit in db.rows(sql=_SERIES, params=params)
    ]
    return rules.by_day(moved, kind=kind, since=since, until=until)
