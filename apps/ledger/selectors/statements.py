"""Statements, and entries by the page: one query each, whatever their length."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from apps.platform import db

from .. import rules
from ..errors import AccountNotFound, StatementTooLong
from ..events import (
    AccountId,
    EntryOrder,
    EntryView,
    HolderId,
    ListedEntry,
    Movement,
    StatementHead,
    StatementView,
    TransactionId,
)
from .sight import EVERYTHING, Sight

_ENTRIES: Final = db.load_sql(package="apps.ledger", name="entries_page.sql")
_STATEMENT: Final = db.load_sql(package="apps.ledger", name="statement.sql")
_MOVEMENTS: Final = db.load_sql(package="apps.ledger", name="movements.sql")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CHUNK: Final = 2_000  # movements that are in memory at a time where a statement is streamed


class StatementPeriod(NamedTuple):
    """Which statement: of which account, and what took effect from when to when, ends counted.

    `known_at`: as it would have been printed then; None: as it is known now.
    """

    account_id: AccountId
    since: datetime
    until: datetime
    known_at: datetime | None = None


def entry_page(
    *,
    account_id: AccountId,
    order: EntryOrder,
    since: datetime | None = None,
    until: datetime | None = None,
    after: tuple[datetime, int] | None = None,
    limit: int,
) -> list[ListedEntry]:
    """Return up to `limit` entries, newest first by the order's time, behind the key `after`.

    `since` and `until` bound that time, ends counted. An account that many write to is its slots
    together. One query.
    """
    at, key = after or (None, None)
    params = {
        "account_id": account_id,
        "by_effect": order == "effective",
        "since": since,
        "until": until,
        "at": at,
        "id": key,
        "limit": limit,
    }
    return [_listed(found) for found in db.rows(sql=_ENTRIES, params=params)]


def statement(*, period: StatementPeriod, most: int, sight: Sight = EVERYTHING) -> StatementView:
    """Return the statement, in one snapshot. Raises AccountNotFound or StatementTooLong.

    One query; a reader who may not see every account costs a second.
    """
    head, rows = _read(period, most=most)
    if head.count > most:
        raise StatementTooLong(
            f"{head.count} movements; this form takes {most}: ask for a shorter period, or for CSV"
        )
    movements = _movements(rows, head=head, balance=head.opening_minor, sight=sight)
    return StatementView(
        head=head,
        movements=movements,
        debit_minor=sum(one.debit_minor for one in movements),
        credit_minor=sum(one.credit_minor for one in movements),
        closing_minor=movements[-1].balance_minor if movements else head.opening_minor,
    )


def statement_stream(
    *, period: StatementPeriod, sight: Sight = EVERYTHING
) -> tuple[StatementHead, Iterator[Movement]]:
    """Return the head of the statement and its movements, read as they are taken.

    What is booked meanwhile may be among the later ones; the balances run on from the opening
    through all that are told. Raises AccountNotFound.
    """
    head, _ = _read(period, most=-1)
    return head, _stream(period, head=head, sight=sight)


def _stream(period: StatementPeriod, *, head: StatementHead, sight: Sight) -> Iterator[Movement]:
    balance = head.opening_minor
    for rows in _chunks(period):
        movements = _movements(rows, head=head, balance=balance, sight=sight)
        yield from movements
        balance = movements[-1].balance_minor if movements else balance


def _chunks(period: StatementPeriod) -> Iterator[list[tuple[Any, ...]]]:
    """Read a short time first, and then as long a one as fills a chunk about."""
    low, width = period.since, timedelta(days=1)
    at: datetime | None = None
    key: int | None = None
    while True:
        last = period.until - low <= width
        high = period.until if last else low + width
        params: dict[str, object] = {"low": low, "high": high, "at": at, "id": key}
        params |= {"account_id": period.account_id, "known_at": period.known_at, "limit": _CHUNK}
        rows = db.rows(sql=_MOVEMENTS, params=params)
        yield rows
        if len(rows) == _CHUNK:
            key, _, micros, *_ = rows[-1]
            at = low = _moment(micros)
            width = max(width / 4, timedelta(seconds=1))
        elif last:
            return
        else:
            at, key, low = None, None, high + timedelta(microseconds=1)
            width = width * 4 if len(rows) < _CHUNK / 4 else width


def _read(period: StatementPeriod, *, most: int) -> tuple[StatementHead, list[tuple[Any, ...]]]:
    rows = db.rows(sql=_STATEMENT, params={**period._asdict(), "most": most})
    if not rows:
        raise AccountNotFound("no such account")
    (*_, head_as_json), *movements = rows
    told = json.loads(head_as_json)
    opening = rules.on_normal_side(
        kind=told["kind"], debit=int(told["debit"]), credit=int(told["credit"])
    )
    head = StatementHead(
        **period._asdict(),
        **{name: told[name] for name in ("code", "name", "kind", "currency")},
        opening_minor=opening,
        count=told["movements"],
    )
    return head, movements


def _movements(
    rows: list[tuple[Any, ...]], *, head: StatementHead, balance: int, sight: Sight
) -> tuple[Movement, ...]:
    known = sight.keys({row[7] for row in rows if row[7] is not None})
    by_debit = head.kind in rules.DEBIT_NORMAL
    found = []
    for key, public_id, effective, recorded, kind, source, reference, *rest in rows:
        other, code, debit, credit, _ = rest
        balance += debit - credit if by_debit else credit - debit
        found.append(
            Movement(
                key,
                public_id,
                _moment(effective),
                _moment(recorded),
                kind,
                sight.reference(source, reference),
                code if other in known else "",
                debit,
                credit,
                balance,
            )
        )
    return tuple(found)


def _moment(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


def _listed(row: tuple[Any, ...]) -> ListedEntry:
    key, at, transaction_id, account_id, holder_id, version, debit, credit, *rest = row
    currency, balance_after, effective_at, recorded_at, running = rest
    return ListedEntry(
        entry=EntryView(
            transaction_id=TransactionId(transaction_id),
            account_id=AccountId(account_id),
            holder_id=None if holder_id is None else HolderId(holder_id),
            version=version,
            debit_minor=debit,
            credit_minor=credit,
            currency=currency,
            balance_after_minor=balance_after,
            effective_at=effective_at,
            recorded_at=recorded_at,
        ),
        running_minor=int(running),
        key=(at, key),
    )
