"""Accounts are opened, bounded, frozen and closed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from apps.platform import db, ids
from apps.platform.actors import Actor
from apps.platform.audit import public as audit
from apps.platform.money import CURRENCIES

from .. import errors, rules, selectors
from ..events import AccountId, AccountStatus, AccountView, Bounds, NewAccount
from ..models import Account
from . import engine

SLOTS: Final = 16  # of an account that many write to; the engine's number too
_SET_BOUNDS: Final = db.load_sql(package="apps.ledger", name="set_bounds.sql")


def open_account(*, actor: Actor, now: datetime, account: NewAccount) -> AccountView:
    """Open an empty account; who its holder is, the house above knows.

    Raises AccountExists (id or code is taken), CurrencyMismatch (no ISO 4217 code), AccountHot,
    MalformedBounds, AccountNotFound or ParentUnfit (of the parent).
    """
    return open_accounts(actor=actor, now=now, accounts=[account])[0]


@transaction.atomic
def open_accounts(
    *, actor: Actor, now: datetime, accounts: Sequence[NewAccount]
) -> list[AccountView]:
    """Open many empty accounts, all or none. Raises as open_account does."""
    for account in accounts:
        rules.check_new_account(account)
    if unknown := {account.currency for account in accounts} - CURRENCIES.keys():
        raise errors.CurrencyMismatch(f"{min(unknown)} is not an ISO 4217 currency")
    parents = _parents(accounts)
    opened = [_row(account, now, parents) for account in accounts]
    try:
        with transaction.atomic():
            Account.objects.bulk_create(opened)
            Account.objects.bulk_create(
                _slot(row, slot) for row in opened if row.mode != "plain" for slot in range(SLOTS)
            )
    except IntegrityError as error:
        raise errors.AccountExists("the account's id or code is taken") from error
    for account in accounts:
        audit.record(
            actor=actor,
            now=now,
            action="ledger.account.open",
            subject=f"account:{account.account_id}",
            detail={"code": account.code, "kind": account.kind, "currency": account.currency},
        )
    return [selectors.view_of(row=row) for row in opened]


def _parents(accounts: Sequence[NewAccount]) -> dict[AccountId, Account]:
    wanted = {account.parent_id for account in accounts if account.parent_id is not None}
    found = {AccountId(row.public_id): row for row in selectors.rows(account_ids=list(wanted))}
    if len(found) < len(wanted):
        raise errors.AccountNotFound("no such parent")
    for account in accounts:
        if account.parent_id is None:
            continue
        parent = found[account.parent_id]
        if parent.kind != account.kind or parent.slot_of_id is not None:
            raise errors.ParentUnfit("a parent is of the same kind, and no slot")
    return found


def _row(account: NewAccount, now: datetime, parents: dict[AccountId, Account]) -> Account:
    return Account(
        public_id=account.account_id,
        code=account.code,
        name=account.name,
        kind=account.kind,
        currency=account.currency,
        holder_id=account.holder_id,
        floor_minor=account.floor_minor,
        over_capture=account.over_capture,
        ceiling_minor=account.ceiling_minor,
        parent=None if account.parent_id is None else parents[account.parent_id],
        mode=account.mode,
        metadata=dict(account.metadata),
        opened_at=now,
    )


def _slot(account: Account, slot: int) -> Account:
    return Account(
        public_id=ids.new_id(),
        code=f"{account.code}#{slot}",
        name=account.name,
        kind=account.kind,
        currency=account.currency,
        holder_id=account.holder_id,
        slot_of=account,
        slot=slot,
        opened_at=account.opened_at,
    )


def set_bounds(*, actor: Actor, now: datetime, account_id: AccountId, bounds: Bounds) -> bool:
    """Change how low and how high an account may go, now or from a later date on.

    A floor above what is there stops what lowers the account until it is above the floor again.
    Returns whether they are others than before. Raises AccountNotFound, AccountHot or
    MalformedBounds.
    """
    params = {
        "account": account_id,
        "floor": bounds.floor_minor,
        "ceiling": bounds.ceiling_minor,
        "effective_at": bounds.effective_at,
    }
    changed: bool = engine.call(actor=actor, now=now, sql=_SET_BOUNDS, params=params)[0][0]
    return changed


@transaction.atomic
def set_status(
    *, actor: Actor, now: datetime, account_id: AccountId, status: AccountStatus, reason: str = ""
) -> AccountView:
    """Freeze, thaw or close an account. `reason` is for people and names none; it is audited.

    Raises AccountNotFound, or AccountNotEmpty on closing one with money or an open hold on it.
    """
    rows = db.in_order(Account.objects.all(), [selectors.row(account_id=account_id).pk])
    account = rows[0]
    if status == "closed" and (account.posted_minor != 0 or selectors.holds_anything(row=account)):
        raise errors.AccountNotEmpty("an account is closed at zero, with nothing held on it")
    before, account.status = account.status, status
    account.save(update_fields=["status"])
    audit.record(
        actor=actor,
        now=now,
        action="ledger.account.status",
        subject=f"account:{account_id}",
        detail={"from": before, "to": status} | ({"reason": reason} if reason else {}),
    )
    return selectors.view_of(row=account)
