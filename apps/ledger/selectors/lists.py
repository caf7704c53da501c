"""Lists by the page: accounts, holds and transactions, as far as the reader may see."""

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, Literal, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from apps.platform import db

from ..events import (
    AccountId,
    AccountView,
    HoldStatus,
    HoldView,
    ReversalView,
    TransactionView,
)
from ..models import Account, Entry, Reversal, Transaction
from .books import _link, headers, transaction_of, view_of
from .holds import hold_of, hold_rows
from .sight import EVERYTHING, Sight

_OF_ACCOUNTS: Final = db.load_sql(package="apps.ledger", name="transactions_page.sql")
_OF_REFERENCE: Final = db.load_sql(package="apps.ledger", name="transactions_of_reference.sql")
AccountSort = Literal["id", "code"]
Key = tuple[datetime, int]


class AccountFilter(NamedTuple):
    """Which accounts; None: any. `code_prefix`: how the code begins."""

    currency: str | None = None
    kind: str | None = None
    status: str | None = None
    code_prefix: str | None = None
    parent_id: AccountId | None = None


class TransactionFilter(NamedTuple):
    """Which transactions; None: any. `since` and `until` bound when they were recorded."""

    account_id: AccountId | None = None
    since: datetime | None = None
    until: datetime | None = None
    kind: str | None = None
    reference: str | None = None


def account_page(
    *,
    wanted: AccountFilter,
    sort: AccountSort,
    after: int | None,
    limit: int,
    sight: Sight = EVERYTHING,
) -> list[tuple[int, AccountView]]:
    """Return up to `limit` accounts with their keys, behind the key `after`. One query.

    What an account that many write to is made of is not an account to its readers.
    """
    found = sight.accounts(Account.objects.filter(slot_of__isnull=True))
    for name, value in (
        ("currency", wanted.currency),
        ("kind", wanted.kind),
        ("status", wanted.status),
        ("code__startswith", wanted.code_prefix),
        ("parent__public_id", wanted.parent_id),
    ):
        if value is not None:
            found = found.filter(**{name: value})
    if after is not None and sort == "code":
        found = found.filter(code__gt=Account.objects.filter(pk=after).values("code"))
    elif after is not None:
        found = found.filter(pk__gt=after)
    return [(one.pk, view_of(row=one)) for one in found.order_by(sort)[:limit]]


def hold_page(
    *,
    account_id: AccountId | None,
    status: HoldStatus | None,
    at: datetime,
    after: int | None,
    limit: int,
    sight: Sight = EVERYTHING,
) -> list[tuple[int, HoldView]]:
    """Return up to `limit` holds with their keys, newest first, as they stand at `at`."""
    found = hold_rows()
    if account_id is not None:
        found = found.filter(_of_account("account", account_id))
    if not sight.whole:
        found = found.filter(account__in=sight.among(Account.objects.all()))
    if status == "open":
        found = found.filter(open__expires_at__gt=at)
    elif status == "expired":
        found = found.filter(Q(end__outcome=status) | Q(open__expires_at__lte=at))
    elif status is not None:
        found = found.filter(end__outcome=status)
    if after is not None:
        found = found.filter(pk__lt=after)
    return [(one.pk, hold_of(row=one, at=at)) for one in found.order_by("-pk")[:limit]]


def transaction_page(
    *,
    wanted: TransactionFilter,
    after: Key | None,
    limit: int,
    sight: Sight = EVERYTHING,
) -> list[tuple[Key, TransactionView]]:
    """Return up to `limit` transactions with their keys, the last recorded first.

    Each has the legs that the reader may see, debits first, and none is without. Queries: the page,
    its headers, its legs and its links both ways; what the reader may see costs one or two more.
    """
    if wanted.reference is None and (wanted.account_id is not None or not sight.whole):
        accounts = _account_keys(wanted.account_id, sight)
        keys = _by_entries(accounts, wanted, after=after, limit=limit)
    else:
        found = _headers(wanted, after=after, sight=sight)
        page = found.order_by("-recorded_at", "-pk")[:limit].values_list("pk", "recorded_at")
        keys = [((at, key), key) for key, at in page]
    views = _views([key for _, key in keys], sight=sight)
    return [(place, views[key]) for place, key in keys]


def _account_keys(account_id: AccountId | None, sight: Sight) -> list[int]:
    found = sight.among(Account.objects.order_by("pk"))
    if account_id is not None:
        found = found.filter(_of_account("", account_id))
    return list(found.values_list("pk", flat=True))


def _of_account(path: str, account_id: AccountId) -> Q:
    """Return the condition that a row is of the account, or of one of its slots."""
    step = f"{path}__" if path else ""
    return Q(**{f"{step}public_id": account_id}) | Q(**{f"{step}slot_of__public_id": account_id})


def _by_entries(
    accounts: Sequence[int], wanted: TransactionFilter, *, after: Key | None, limit: int
) -> list[tuple[Key, int]]:
    at, key = after or (None, None)
    params = {
        "accounts": list(accounts),
        "since": wanted.since,
        "until": wanted.until,
        "at": at,
        "id": key,
        "limit": limit,
        "filter": json.dumps({"kind": wanted.kind, "once": True}),
    }
    found = db.rows(sql=_OF_ACCOUNTS, params=params)
    return [((recorded, entry), transaction) for entry, recorded, transaction in found]


def _headers(
    wanted: TransactionFilter, *, after: Key | None, sight: Sight
) -> QuerySet[Transaction]:
    found = Transaction.objects.all()
    if wanted.reference is not None:
        known = db.rows(sql=_OF_REFERENCE, params={"reference": wanted.reference})
        found = found.filter(pk__in=[key for (key,) in known])
    if wanted.account_id is not None or not sight.whole:
        accounts = _account_keys(wanted.account_id, sight)
        leg = Entry.objects.filter(transaction=OuterRef("pk"), account__in=accounts)
        found = found.filter(Exists(leg))
    if not sight.whole:
        found = found.filter(Q(source=sight.source) | Q(source__startswith=f"{sight.source}:"))
    for name, value in (
        ("kind", wanted.kind),
        ("recorded_at__gte", wanted.since),
        ("recorded_at__lte", wanted.until),
    ):
        if value is not None:
            found = found.filter(**{name: value})
    if after is not None:
        at, key = after
        found = found.filter(Q(recorded_at=at, pk__lt=key) | Q(recorded_at__lt=at))
        found = found.filter(recorded_at__lte=at)  # for the index
    return found


def _views(keys: Collection[int], *, sight: Sight) -> dict[int, TransactionView]:
    legs = list(
        Entry.objects.filter(transaction__in=keys)
        .select_related("transaction", "account")
        .order_by("transaction", "-debit", "pk")
    )
    known = sight.keys({leg.account_id for leg in legs})
    by_header: dict[int, list[Entry]] = {key: [] for key in keys}
    for leg in legs:
        if leg.account_id in known:
            by_header[leg.transaction_id].append(leg)
    undone_by: dict[int, list[ReversalView]] = {key: [] for key in keys}
    links = Reversal.objects.filter(reversed__in=keys).select_related("transaction", "reversed")
    for link in links.order_by("pk"):
        undone_by[link.reversed_id].append(_link(link))
    # transaction_of would ask for each that was reversed: they are asked for together here
    rows = headers().annotate(undone=Value(value=False)).filter(pk__in=keys)
    return {
        row.pk: replace(
            transaction_of(row=row, legs=by_header[row.pk]), reversed_by=tuple(undone_by[row.pk])
        )
        for row in rows
    }
