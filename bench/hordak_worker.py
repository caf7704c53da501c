"""Posts through django-hordak, in one process: `python -m bench.hordak_worker ACCOUNTS`.

Runs in an environment of its own. Each transfer is a transaction of its own, as Probity's are:
hordak checks at COMMIT that the legs sum to zero.
"""

import random
import sys
from collections.abc import Iterator

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from hordak.models import Account  # noqa: E402
from moneyed import Money  # noqa: E402

from bench import loop  # noqa: E402


def accounts(count: int) -> list[Account]:
    """Migrate, and make so many accounts unless they are there."""
    call_command("migrate", verbosity=0)
    for number in range(Account.objects.count(), count):
        Account.objects.create(
            name=f"bench {number}", code=str(number), type="LI", currencies=["EUR"]
        )
    return list(Account.objects.all()[:count])


def transfers(held: list[Account]) -> Iterator[int]:
    """Transfer, one after another."""
    while True:
        debit, credit = random.sample(held, 2)
        with transaction.atomic():
            debit.transfer_to(credit, Money(random.randint(1, 100), "EUR"))
        yield 1


def main() -> None:
    """Serve."""
    held = accounts(int(sys.argv[1]))
    loop.serve({"transfer": lambda: transfers(held)})


if __name__ == "__main__":
    main()
