"""Guards: who may refuse what is about to be booked; filled at start-up by the houses above."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from apps.platform.actors import Actor

from .events import Proposed, Refusal


class Guard(Protocol):
    """Decides on postings, holds, captures and reversals before the ledger books them.

    It runs in the database transaction of the booking, ahead of it, in the order of registration;
    what was booked before is not asked again. What it decides on may change until the booking
    commits: it locks the rows that it reads (`db.in_order`, FOR NO KEY UPDATE), its own before any
    of the ledger's, and whoever changes such a row does so under the same lock, taken before any
    account is touched. It leaves the ledger's rows alone.
    """

    def __call__(
        self, proposed: Sequence[Proposed], *, actor: Actor, now: datetime
    ) -> Sequence[Refusal | None]:
        """Return a refusal, or None, for each of `proposed` in its order.

        One that raises, or answers for another number, refuses them all.
        """


_guards: dict[str, Guard] = {}


def register_guard(guard: Guard, *, name: str) -> None:
    """Ask `guard` from now on; `name` ("accounts.frozen") stands in the log, and is unique.

    Call it in AppConfig.ready(). Raises ValueError when the name is taken by another.
    """
    if _guards.setdefault(name, guard) is not guard:
        raise ValueError(f"guard {name} is registered already")


def unregister_guard(name: str) -> None:
    """Ask the guard of that name no more."""
    _guards.pop(name, None)


def guards() -> list[tuple[str, Guard]]:
    """Return the guards with their names, in the order of registration."""
    return list(_guards.items())
