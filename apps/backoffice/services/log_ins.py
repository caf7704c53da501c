"""Log-ins of the seeded company: staff of each role, and an API client with a ready transfer."""

import json
import os
import secrets
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

from apps.identity import public as identity
from apps.ledger import public as ledger
from apps.platform import ids
from apps.platform.actors import Actor

from ..rules.company import SMALL, holdings
from ..rules.dice import SEED, Dice, made_up_id

ROLES: Final = ("administrator", "operations", "auditor")
_SCOPES: Final = ("ledger:read", "ledger:write")
_ENOUGH_MINOR: Final = 100_00


def create_log_ins(*, actor: Actor, now: datetime, path: Path) -> bool:
    """Create them and write them to `path`; return False when there are staff log-ins.

    `path` gets JSON, readable by its owner alone. It is written beside before the log-ins are
    committed and takes its name after: a run that stops in between is finished by the next.
    Passwords and token are nowhere else in clear.
    """
    beside = path.with_name(f".{path.name}.new")
    if identity.User.objects.filter(username__in=ROLES).exists():
        if beside.exists():
            beside.replace(path)
        return False
    with transaction.atomic(durable=True):
        _write(beside, _created(actor=actor, now=now))
    beside.replace(path)
    return True


def _created(*, actor: Actor, now: datetime) -> dict[str, object]:
    """Create the log-ins; return what is to be told of them."""
    identity.sync_roles(actor=actor, now=now)
    passwords = {role: secrets.token_urlsafe(18) for role in ROLES}
    for role, password in passwords.items():
        identity.create_staff(actor=actor, now=now, username=role, role=role, password=password)
    _, token = identity.create_client(
        actor=actor, now=now, name="demo", scopes=_SCOPES, all_rows=True
    )
    debit, credit = _two_accounts()
    staff = [
        {"role": role, "username": role, "password": password}
        for role, password in passwords.items()
    ]
    return {
        "staff": staff,
        "client": {"name": "demo", "scopes": list(_SCOPES), "token": token},
        "transfer": {"debit_account_id": debit, "credit_account_id": credit, "currency": "EUR"},
    }


def _two_accounts() -> tuple[str, str]:
    """Return the API's names of two current accounts in EUR; the first has money."""
    region = settings.PROBITY_REGION
    found = [
        ledger.AccountId(made_up_id(region=region, kind="account", number=holding.number))
        for holding in holdings(size=SMALL, dice=Dice(SEED))
        if (holding.product, holding.currency) == ("current", "EUR")
    ]
    balances = {key: ledger.account(account_id=key).posted_minor for key in found}
    debit = next(key for key in found if balances[key] >= _ENOUGH_MINOR)
    credit = next(key for key in found if key != debit)
    return ids.encode("acct", debit, region=region), ids.encode("acct", credit, region=region)


def _write(path: Path, told: dict[str, object]) -> None:
    """Write a new file that its owner alone can read, from its first byte on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        json.dump(told, file, indent=2)
