"""Posts through Probity's services, in one process: `python -m bench.probity_worker ACCOUNTS`."""

import random
import sys
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import django

django.setup()

from apps.ledger import public as ledger  # noqa: E402
from apps.ledger.services import engine, posting  # noqa: E402
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


def batches(accounts: int, size: int) -> Iterator[int]:
    """Make the JSON of batches, and return what sends them: the clock starts in between."""
    ready = [
        posting._params([transfer(accounts, clock.now()) for _ in range(size)])  # noqa: SLF001
        for _ in range(AHEAD // size)
    ]
    return (_sent(params, size) for params in ready)


def _sent(params: dict[str, object], size: int) -> int:
    engine.call(actor=ACTOR, now=clock.now(), sql=posting._POST, params=params)  # noqa: SLF001
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
