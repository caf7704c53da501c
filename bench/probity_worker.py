"""Posts through Probity's services, in one process: `python -m bench.probity_worker ACCOUNTS`."""

import contextlib
import random
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

import django

django.setup()

from apps.ledger import public as ledger  # noqa: E402
from apps.ledger.services import engine  # noqa: E402
from apps.platform import clock, ids  # noqa: E402
from apps.platform.actors import Actor  # noqa: E402
from apps.platform.money import Money  # noqa: E402
from bench import loop, scripts  # noqa: E402

ACTOR = Actor(kind="client", key=scripts.CLIENT)
AHEAD = 20_000  # transfers of batches made ready before the clock starts


def transfer(accounts: int, now: datetime) -> ledger.Posting:
    """Return a transfer between two accounts at random, as the API makes it."""
    debit, credit = random.sample(range(1, accounts + 1), 2)
    return ledger.transfer(
        transaction_id=ledger.TransactionId(ids.new_id()),
        debit_account_id=_account(debit),
        credit_account_id=_account(credit),
        amount=Money(random.randint(1, 100), "EUR"),
        effective_at=now,
        source=f"api:{ACTOR.key}",
        reference=str(ids.new_id()),
    )


def _account(number: int) -> ledger.AccountId:
    return ledger.AccountId(UUID(f"00000000-0000-7000-8000-{number:012}"))


def service(accounts: int) -> Iterator[int]:
    """Call the service, one transfer after another."""
    while True:
        now = clock.now()
        ledger.post(actor=ACTOR, now=now, posting=transfer(accounts, now))
        yield 1


class _Written(Exception):
    """Ends a service where it would have called the engine."""


def batches(accounts: int, size: int) -> Iterator[int]:
    """Let the service make its statements, and return what sends them: the clock starts between."""
    ready = [
        _written([transfer(accounts, clock.now()) for _ in range(size)])
        for _ in range(AHEAD // size)
    ]
    return (_sent(sql, params, size) for sql, params in ready)


def _written(postings: list[ledger.Posting]) -> tuple[str, Mapping[str, Any]]:
    """Return what the service would send for a batch."""
    found: list[tuple[str, Mapping[str, Any]]] = []

    def keep(*, sql: str, params: Mapping[str, Any], **_who: object) -> NoReturn:
        found.append((sql, params))
        raise _Written

    call, engine.call = engine.call, keep
    try:
        with contextlib.suppress(_Written):
            ledger.post_many(actor=ACTOR, now=clock.now(), postings=postings)
    finally:
        engine.call = call
    return found[0]


def _sent(sql: str, params: Mapping[str, Any], size: int) -> int:
    engine.call(actor=ACTOR, now=clock.now(), sql=sql, params=params)
    return size


def main() -> None:
    """Serve."""
    accounts = int(sys.argv[1])
    loop.serve(
        {
            "service": lambda: service(accounts),
            "batch-100": lambda: batches(accounts, 100),
            "batch-1000": lambda: batches(accounts, 1_000),
        }
    )


if __name__ == "__main__":
    main()
