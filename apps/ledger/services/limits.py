"""Limits are set, changed and ended: a version is added, and none is taken back."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Final, cast

from apps.platform import db
from apps.platform.actors import Actor

from .. import rules, selectors
from ..events import (
    AccountId,
    LimitDirection,
    LimitId,
    LimitMeasure,
    LimitPeriod,
    LimitScope,
    NewLimit,
)
from . import engine

_SET: Final = db.load_sql(package="apps.ledger", name="set_limit.sql")


def set_limit(*, actor: Actor, now: datetime, limit: NewLimit) -> LimitId:
    """Limit what may leave an account, or come in; return the limit's id.

    A limit of the same shape gets another version; what was said last counts. Of a new limit, what
    its first window has seen already counts too. One person may set it; the audit trail says who.
    Raises MalformedLimit, AccountNotFound, CurrencyMismatch or LimitNeedsPlainAccount.
    """
    rules.check_limit(limit, now=now)
    told = asdict(limit) | {
        "id": limit.limit_id,
        "account": limit.account_id,
        "counterparty": limit.counterparty_id,
        "days": limit.days if limit.period == "days" else 0,
        "effective_from": (limit.effective_from or now).isoformat(),
        "effective_until": limit.effective_until and limit.effective_until.isoformat(),
    }
    for name in ("limit_id", "account_id", "counterparty_id"):
        del told[name]
    params = {"limit": json.dumps(told, default=str)}
    return LimitId(engine.call(actor=actor, now=now, sql=_SET, params=params)[0][0])


def end_limit(
    *, actor: Actor, now: datetime, limit_id: LimitId, effective_from: datetime | None = None
) -> None:
    """Lift a limit, from now on unless a later time is given; what was to come is lifted with it.

    Raises LimitNotFound or MalformedLimit.
    """
    row = selectors.limit(limit_id=limit_id)
    other = row.counterparty
    ended = NewLimit(
        limit_id=limit_id,
        account_id=AccountId(row.account.public_id),
        maximum=None,
        direction=cast("LimitDirection", row.direction),
        period=cast("LimitPeriod", row.period),
        days=row.days,
        scope=cast("LimitScope", row.scope),
        counterparty_id=None if other is None else AccountId(other.public_id),
        measure=cast("LimitMeasure", row.measure),
        effective_from=effective_from,
    )
    set_limit(actor=actor, now=now, limit=ended)
