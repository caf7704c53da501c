"""Calls of the engine's functions; what they refuse comes out as a Problem."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from apps.platform import db, observability
from apps.platform.actors import Actor
from apps.platform.problems import Problem

from .. import errors

_REFUSALS: Final = {
    problem.slug.partition("/")[2]: problem
    for problem in vars(errors).values()
    if isinstance(problem, type) and issubclass(problem, Problem)
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
