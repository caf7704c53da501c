"""Entries are added up by day, so that a balance in time need not read the whole history."""

from datetime import datetime
from typing import Final

from django.db import transaction

from apps.platform import db
from apps.platform.actors import Actor
from apps.platform.audit import public as audit

_ROLL_UP: Final = db.load_sql(package="apps.ledger", name="roll_up.sql")
_ACCOUNTS: Final = 200  # in one transaction, which stays well below the statement's time-out
_ENTRIES: Final = 1000  # of each of them


def roll_up(*, actor: Actor, now: datetime) -> int:
    """Add up all entries that no run has added up yet; return how many steps it took."""
    after, steps, more = 0, 0, True
    while more:
        params = {"after": after, "accounts": _ACCOUNTS, "entries": _ENTRIES}
        with transaction.atomic():
            upto, has_more = db.rows(sql=_ROLL_UP, params=params)[0]
        steps += 1
        more = upto is not None
        after = after if has_more else upto
    audit.record(actor=actor, now=now, action="ledger.roll-up", subject="ledger")
    return steps
