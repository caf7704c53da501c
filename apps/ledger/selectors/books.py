"""Accounts, entries and transactions."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias, cast

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.functions import TruncHour

from ..errors import AccountNotFound, TransactionNotFound
from ..events import (
    AccountId,
    AccountKind,
    AccountStatus,
    AccountView,
    ChainId,
    EntryView,
    HolderId,
    ReversalView,
    TransactionId,
    TransactionView,
)
from ..models import Account, Entry, Reversal, Transaction
from .conversions import conversion_of

Row: TypeAlias = Account  # what the edge asks permissions on, and nothing else


def row(*, account_id: AccountId) -> Account:
    """Return the account's row, for a permission on it. Raises AccountNotFound."""
    if (found := Account.objects.filter(public_id=account_id).first()) is None:
        raise AccountNotFound("no such account")
    return found


def rows(*, account_ids: Sequence[AccountId]) -> list[Account]:
    """Return the rows of those accounts, for a permission on each. One query."""
    return list(Account.objects.filter(public_id__in=account_ids).order_by("pk"))


def slots_to_fold() -> list[tuple[AccountView, AccountView]]:
    """Return the deferred accounts with each of their slots that is not empty. One query."""
    found = Account.objects.filter(slot_of__mode="deferred").exclude(posted_minor=0)
    ordered = found.select_related("slot_of").order_by("pk")
    return [(view_of(row=row.slot_of), view_of(row=row)) for row in ordered if row.slot_of]


def view_of(*, row: Account) -> AccountView:
    """Return the account as others see it."""
    return AccountView(
        account_id=AccountId(row.public_id),
        code=row.code,
        name=row.name,
        kind=cast("AccountKind", row.kind),
        currency=row.currency,
        status=cast("AccountStatus", row.status),
        holder_id=None if row.holder_id is None else HolderId(row.holder_id),
        floor_minor=row.floor_minor,
        posted_minor=row.posted_minor,
        version=row.version,
    )


def account(*, account_id: AccountId) -> AccountView:
    """Return the account. Raises AccountNotFound."""
    return view_of(row=row(account_id=account_id))


def account_by_code(*, code: str) -> AccountView:
    """Return the account of a chart-of-accounts code. Raises AccountNotFound."""
    if (found := Account.objects.filter(code=code).first()) is None:
        raise AccountNotFound(f"no account has the code {code}")
    return view_of(row=found)


def accounts(
    *,
    account_ids: Sequence[AccountId] | None = None,
    holder_id: HolderId | None = None,
    kind: AccountKind | None = None,
) -> list[AccountView]:
    """Return accounts by currency and code: all, or those named, or a holder's, or of a kind."""
    found = Account.objects.order_by("currency", "code")
    if account_ids is not None:
        found = found.filter(public_id__in=account_ids)
    if holder_id is not None:
        found = found.filter(holder_id=holder_id)
    if kind is not None:
        found = found.filter(kind=kind, slot_of=None)
    return [view_of(row=one) for one in found]


def entries(*, account_id: AccountId, after_version: int | None, limit: int) -> list[EntryView]:
    """Return up to `limit` entries, newest first, below `after_version`. One query."""
    found = Entry.objects.filter(account__public_id=account_id)
    if after_version is not None:
        found = found.filter(version__lt=after_version)
    newest = found.select_related("transaction", "account").order_by("-version")[:limit]
    return [_entry(one) for one in newest]


def accounts_by_code(*, codes: Sequence[str]) -> list[AccountView]:
    """Return the accounts of those codes, by code. One query."""
    return [view_of(row=one) for one in Account.objects.filter(code__in=codes).order_by("code")]


def transaction(*, transaction_id: TransactionId) -> TransactionView:
    """Return the transaction with its legs, debits first. Raises TransactionNotFound."""
    found = headers().filter(public_id=transaction_id).first()
    if found is None:
        raise TransactionNotFound("no such transaction")
    legs = Entry.objects.filter(transaction=found).select_related("transaction", "account")
    return transaction_of(row=found, legs=list(legs.order_by("-debit", "pk")))


def headers() -> QuerySet[Transaction]:
    """Return headers with what transaction_of reads of them."""
    undone = Exists(Reversal.objects.filter(reversed=OuterRef("pk")))
    found = Transaction.objects.select_related("reversal_of__reversed", "conversion")
    return found.annotate(undone=undone)


def transaction_of(*, row: Transaction, legs: Sequence[Entry]) -> TransactionView:
    """Return a header and its legs as others see them; one more query if it was reversed."""
    undoes = getattr(row, "reversal_of", None)
    return TransactionView(
        transaction_id=TransactionId(row.public_id),
        kind=row.kind,
        source=row.source,
        reference=row.reference,
        effective_at=row.effective_at,
        recorded_at=row.recorded_at,
        legs=tuple(_entry(leg) for leg in legs),
        reverses=None if undoes is None else _link(undoes),
        reversed_by=_reversed_by(row) if getattr(row, "undone", True) else (),
        metadata=row.metadata or {},
        chain_id=None if row.chain_id is None else ChainId(row.chain_id),
        conversion=conversion_of(row=row),
    )


def activity(*, since: datetime, until: datetime) -> list[tuple[datetime, int]]:
    """Return how many transactions took effect in each hour (UTC) that has any. One query."""
    counted = (
        Transaction.objects.filter(effective_at__gt=since, effective_at__lte=until)
        .annotate(hour=TruncHour("effective_at"))
        .values_list("hour")
        .annotate(count=Count("pk"))
        .order_by("hour")
    )
    return [(hour, count) for hour, count in counted]


def _entry(entry: Entry) -> EntryView:
    holder = entry.account.holder_id
    return EntryView(
        transaction_id=TransactionId(entry.transaction.public_id),
        account_id=AccountId(entry.account.public_id),
        holder_id=None if holder is None else HolderId(holder),
        version=entry.version,
        debit_minor=entry.debit,
        credit_minor=entry.credit,
        currency=entry.currency,
        balance_after_minor=entry.balance_after,
        effective_at=entry.transaction.effective_at,
        recorded_at=entry.transaction.recorded_at,
    )


def _reversed_by(transaction: Transaction) -> tuple[ReversalView, ...]:
    links = transaction.reversals.select_related("transaction", "reversed").order_by("pk")
    return tuple(_link(link) for link in links)


def _link(link: Reversal) -> ReversalView:
    return ReversalView(
        reversed_id=TransactionId(link.reversed.public_id),
        transaction_id=TransactionId(link.transaction.public_id),
        whole=link.whole,
        reason=link.reason,
        recorded_at=link.recorded_at,
    )
