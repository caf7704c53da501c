"""Furnish a cell by the front doors: a house bank, customers with money, one API client.

Run as `python -m tests.drills.furnish '{"customers": 8, "opening_minor": 50000}'` with the cell's
environment; prints {"token", "house", "accounts"} with public ids.
"""

import json
import sys
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import transaction  # noqa: E402

from apps.accounts import public as accounts  # noqa: E402
from apps.identity import public as identity  # noqa: E402
from apps.ledger import public as ledger  # noqa: E402
from apps.platform import clock, ids  # noqa: E402
from apps.platform.actors import Actor  # noqa: E402

ACTOR = Actor(kind="system", key="drill")
CURRENCY = "EUR"


@transaction.atomic
def furnish(*, customers: int = 8, opening_minor: int = 0) -> dict[str, Any]:
    """Open the accounts and pay `opening_minor` into each customer's."""
    now = clock.now()
    house = ledger.AccountId(ids.new_id())
    bank = ledger.NewAccount(
        account_id=house,
        code=f"1010.{str(house)[-12:]}",
        name="House bank",
        kind="asset",
        currency=CURRENCY,
    )
    ledger.open_account(actor=ACTOR, now=now, account=bank)
    held = [_customer(number) for number in range(customers)]
    if opening_minor:
        _pay_in(house, held, opening_minor)
    _, token = identity.create_client(
        actor=ACTOR, now=now, name="drill", scopes=["ledger:read", "ledger:write"], all_rows=True
    )
    return {"token": token, "house": _shown(house), "accounts": [_shown(name) for name in held]}


def _customer(number: int) -> ledger.AccountId:
    now, account = clock.now(), ledger.AccountId(ids.new_id())
    customer = accounts.CustomerId(ids.new_id())
    accounts.register_customer(
        actor=ACTOR,
        now=now,
        customer_id=customer,
        name=f"Customer {number}",
        email=f"customer{number}@example.com",
    )
    accounts.open_account(
        actor=ACTOR,
        now=now,
        account_id=account,
        customer_id=customer,
        product=next(iter(accounts.PRODUCTS)),
        currency=CURRENCY,
    )
    return account


def _pay_in(house: ledger.AccountId, held: list[ledger.AccountId], minor: int) -> None:
    now = clock.now()
    for account in held:
        legs = (ledger.Leg(house, debit=minor), ledger.Leg(account, credit=minor))
        posting = ledger.Posting(
            transaction_id=ledger.TransactionId(ids.new_id()),
            legs=legs,
            currency=CURRENCY,
            effective_at=now,
            source="drill",
            reference=f"opening {account}",
            kind="opening",
        )
        ledger.post(actor=ACTOR, now=now, posting=posting)


def _shown(account: ledger.AccountId) -> str:
    return ids.encode("acct", account, region=settings.PROBITY_REGION)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(furnish(**json.loads(sys.argv[1]))))
