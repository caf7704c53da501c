"""Accounts are opened, frozen and closed; postings are booked."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from apps.platform import db, ids
from apps.platform.actors import Actor
from apps.platform.audit import public as audit
from apps.platform.money import CURRENCIES
from apps.platform.outbox import public as outbox
from apps.platform.problems import Problem

from .. import errors, rules, selectors
from ..events import (
    AccountId,
    AccountStatus,
    AccountView,
    NewAccount,
    Posted,
    Posting,
    Refused,
    TransactionId,
    TransferPosted,
)
from ..models import Account
from . import engine

_POST: Final = db.load_sql(package="apps.ledger", name="post.sql")
_POST_EACH: Final = db.load_sql(package="apps.ledger", name="post_each.sql")
_SOUND: Final = Refused("", "")  # nothing to say against it, so far


def open_account(*, actor: Actor, now: datetime, account: NewAccount) -> AccountView:
    """Open an empty account; who its holder is, the house above knows.

    Raises AccountExists (id or code is taken) or CurrencyMismatch (no ISO 4217 code).
    """
    return open_accounts(actor=actor, now=now, accounts=[account])[0]


@transaction.atomic
def open_accounts(
    *, actor: Actor, now: datetime, accounts: Sequence[NewAccount]
) -> list[AccountView]:
    """Open many empty accounts, all or none. Raises as open_account does."""
    if unknown := {account.currency for account in accounts} - CURRENCIES.keys():
        raise errors.CurrencyMismatch(f"{min(unknown)} is not an ISO 4217 currency")
    opened = [_row(account, now) for account in accounts]
    try:
        with transaction.atomic():
            Account.objects.bulk_create(opened)
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


def post(*, actor: Actor, now: datetime, posting: Posting) -> Posted:
    """Book one posting: header, legs, balances, audit event and outbox event in one round trip.

    Safe to repeat: the same source and reference again, with the same legs, returns what was
    booked first. Raises what rules.check_posting raises, AccountNotFound, AccountFrozen,
    AccountClosed, InsufficientFunds, BalanceOverflow, or ReferenceReused.
    """
    return post_many(actor=actor, now=now, postings=[posting])[0]


def post_many(*, actor: Actor, now: datetime, postings: Sequence[Posting]) -> list[Posted]:
    """Book 1 to 1,000 postings in one round trip, all or none; the first refusal is raised."""
    rules.check_batch(len(postings))
    for posting in postings:
        rules.check_posting(posting, now=now)
    found = engine.call(actor=actor, now=now, sql=_POST, params=_params(postings))
    return [Posted(TransactionId(public_id), replayed) for public_id, replayed in found]


def post_each(
    *, actor: Actor, now: datetime, postings: Sequence[Posting]
) -> list[Posted | Refused]:
    """Book 1 to 1,000 postings in one round trip, each on its own, in their order.

    What would be raised of a posting alone is its result instead, and leaves the others standing.
    """
    rules.check_batch(len(postings))
    results: list[Posted | Refused] = [_refusal(posting, now) for posting in postings]
    sound = [place for place, result in enumerate(results) if result == _SOUND]
    if not sound:
        return results
    params = _params([postings[place] for place in sound])
    found = engine.call(actor=actor, now=now, sql=_POST_EACH, params=params)
    for place, (public_id, replayed, refusal, detail) in zip(sound, found, strict=True):
        results[place] = (
            Refused(f"ledger/{refusal}", detail)
            if refusal
            else Posted(TransactionId(public_id), replayed)
        )
    return results


def _refusal(posting: Posting, now: datetime) -> Refused:
    try:
        rules.check_posting(posting, now=now)
    except Problem as refusal:
        return Refused(refusal.slug, refusal.detail)
    return _SOUND


def _params(postings: Sequence[Posting]) -> dict[str, object]:
    return {
        "postings": json.dumps(
            [
                rules.header_as_json(
                    posting, event=ids.new_id() if posting.kind == "transfer" else None
                )
                for posting in postings
            ]
        ),
        "legs": json.dumps(
            [
                rules.leg_as_json(leg, place=place)
                for place, posting in enumerate(postings, 1)
                for leg in posting.legs
            ]
        ),
        "event_name": TransferPosted.event_name,
        "subscribers": outbox.subscriber_names(TransferPosted),
    }


def _row(account: NewAccount, now: datetime) -> Account:
    return Account(
        public_id=account.account_id,
        code=account.code,
        name=account.name,
        kind=account.kind,
        currency=account.currency,
        holder_id=account.holder_id,
        floor_minor=account.floor_minor,
        over_capture=account.over_capture,
        opened_at=now,
    )


@transaction.atomic
def set_status(
    *, actor: Actor, now: datetime, account_id: AccountId, status: AccountStatus
) -> AccountView:
    """Freeze, thaw or close an account.

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
        detail={"from": before, "to": status},
    )
    return selectors.view_of(row=account)
