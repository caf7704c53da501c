"""What guards are told beside a posting: whose accounts it touches, and whether it is booked."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final, TypeAlias, cast

from apps.platform import db

from .. import rules
from ..events import AccountId, AccountKind, HolderId, HoldId
from ..models import Hold

_GUARDED: Final = db.load_sql(package="apps.ledger", name="guarded.sql")


Accounts: TypeAlias = Mapping[AccountId, rules.Touched]


def guarded(
    *, account_ids: Collection[AccountId], references: Sequence[tuple[str, str]], holds: bool
) -> tuple[Accounts, frozenset[int]]:
    """Return the accounts there are, and which of (source, reference) are booked, by place from 0.

    `holds`: the references are those of holds. One query.
    """
    params = {
        "accounts": list(account_ids),
        "sources": [source for source, _ in references],
        "refs": [reference for _, reference in references],
        "holds": holds,
    }
    rows = db.rows(sql=_GUARDED, params=params)
    accounts = {row[0]: rules.Touched(*row[:4]) for row in rows if row[4] is None}
    return accounts, frozenset(row[4] - 1 for row in rows if row[4] is not None)


def held_on(*, hold_ids: Sequence[HoldId]) -> Mapping[HoldId, tuple[rules.Touched, int]]:
    """Return of each hold there is its account and what is left, in minor units. One query."""
    found = Hold.objects.select_related("account", "open").filter(public_id__in=hold_ids)
    return {HoldId(hold.public_id): (_touched(hold), _left(hold)) for hold in found}


def _touched(hold: Hold) -> rules.Touched:
    account = hold.account
    return rules.Touched(
        AccountId(account.public_id),
        None if account.holder_id is None else HolderId(account.holder_id),
        cast("AccountKind", account.kind),
        account.currency,
    )


def _left(hold: Hold) -> int:
    still = getattr(hold, "open", None)
    return 0 if still is None else still.left_minor
