"""Short ways to limit an account, and the engine's call where a test's database lacks it."""

from datetime import datetime
from typing import Any

import psycopg

from apps.ledger import public as ledger
from apps.platform.ids import new_id

from .books import ACTOR, NOW

_CALL = """
    CREATE FUNCTION limits_asked() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM ledger_limits_check(ARRAY(SELECT DISTINCT transaction_id FROM added));
        RETURN NULL;
    END
    $$;
    CREATE TRIGGER limits_asked AFTER INSERT ON ledger_entry
        REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION limits_asked();
"""
_ASKED = """
    SELECT bool_or(prosrc LIKE '%ledger_limits_check%') FROM pg_proc
    WHERE proname = 'ledger_entries_apply'
"""


def ask_limits(owner: psycopg.Connection) -> None:
    """Have each booking ask the limits, as the engine does that has their call."""
    asked = owner.execute(_ASKED).fetchone()
    if asked == (False,):
        owner.execute(_CALL)
    owner.commit()


def limit(
    account_id: ledger.AccountId, maximum: int | None, *, now: datetime = NOW, **shape: Any
) -> ledger.LimitId:
    """Limit what leaves the account in a day, unless another shape is given."""
    wanted = ledger.NewLimit(
        limit_id=ledger.LimitId(new_id()), account_id=account_id, maximum=maximum, **shape
    )
    return ledger.set_limit(actor=ACTOR, now=now, limit=wanted)
