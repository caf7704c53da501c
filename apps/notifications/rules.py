"""Decisions of notifications: what a message is called and how it words things. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import NAMESPACE_OID, UUID, uuid5

from apps.platform import money
from apps.platform.money import Money

TRANSFER_POSTED: Final = "transfer-posted"
TEMPLATES: Final = (TRANSFER_POSTED,)
STATES: Final = ("queued", "sent", "failed")

_SEPARATORS: Final = {"en": (",", "."), "de": (".", ","), "fr": ("\u202f", ",")}
_SHOWN: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """What a posted transaction did to one account; a debit is a negative credit."""

    account_id: UUID
    holder_id: UUID | None
    credited: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What one holder is told of one account: positive when money came in."""

    account_id: UUID
    customer_id: UUID
    change: Money


def notices(legs: Iterable[Leg]) -> list[Notice]:
    """Return a notice for each account that has a holder, legs of one account taken together.

    A customer's account is our liability, so a credit is money coming in. An account whose legs
    cancel out has nothing to tell.
    """
    changes: dict[tuple[UUID, UUID], Money] = {}
    for leg in legs:
        if leg.holder_id is not None:
            key = (leg.account_id, leg.holder_id)
            changes[key] = changes[key] + leg.credited if key in changes else leg.credited
    return [
        Notice(account_id=account_id, customer_id=holder_id, change=change)
        for (account_id, holder_id), change in changes.items()
        if change.minor
    ]


def message_key(*, template: str, transaction_id: UUID, account_id: UUID, host: str) -> str:
    """Return the Message-ID (RFC 5322 3.6.4), the same for ever for the same cause.

    A mail program shows two copies with one Message-ID once, so that a second sending after a
    crash is not seen twice.
    """
    return f"<{uuid5(NAMESPACE_OID, f'{template}|{transaction_id}|{account_id}').hex}@{host}>"


def alert_key(*, at: datetime, address: str, host: str) -> str:
    """Return the Message-ID of an alert, the same for ever for the same run and reader."""
    return f"<{uuid5(NAMESPACE_OID, f'invariant-broken|{at.isoformat()}|{address}').hex}@{host}>"


def amount_text(amount: Money, *, language: str) -> str:
    """Return its size, without sign, as the language writes it: `1,234.50 EUR`, `1.234,50 EUR`."""
    group, point = _SEPARATORS[language]
    size = Money(abs(amount.minor), amount.currency)
    return f"{money.grouped(size, group=group, point=point)} {amount.currency}"


def masked_account(public_id: str) -> str:
    """Return the account's public id with all but its last characters hidden."""
    return f"•••• {public_id[-_SHOWN:]}"
