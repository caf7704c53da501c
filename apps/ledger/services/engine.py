"""Calls of the engine's functions; what they refuse comes out as a Problem."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from apps.platform import db, observability
from apps.platform.actors import Actor

from .. import errors

_REFUSALS: Final = {
    problem.slug.partition("/")[2]: problem
    for problem in (
        errors.AccountNotFound,
        errors.AlreadyReversed,
        errors.AccountFrozen,
        errors.AccountClosed,
        errors.BalanceOverflow,
        errors.CaptureExceedsHold,
        errors.CurrencyMismatch,
        errors.HoldEnded,
        errors.HoldLapsed,
        errors.HoldNotExtended,
        errors.HoldNotFound,
        errors.InsufficientFunds,
        errors.MalformedPosting,
        errors.ReferenceReused,
        errors.SameAccount,
        errors.TransactionNotFound,
        errors.Unbalanced,
    )
}


def call(
    *, actor: Actor, now: datetime, sql: str, params: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    """Run one function of the engine in one round trip, and return its rows.

    Adds who acts, when, and in which request. Raises the Problem that the function refuses with.
    """
    told = {
        "now": now,
        "actor_kind": actor.kind,
        "actor_key": actor.key,
        "request_id": observability.request_id(),
    }
    with db.refusals(_REFUSALS):
        return db.rows(sql=sql, params={**params, **told})
