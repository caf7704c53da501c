"""Writes of payments: a statement file goes into the books whole, or not at all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from apps.ledger import public as ledger
from apps.platform import db, ids
from apps.platform.actors import Actor
from apps.platform.audit import public as audit
from apps.platform.money import Money

from . import rules, selectors
from .errors import Flaw, LedgerDisagrees, Place, StatementChanged, StatementRefused
from .models import BankAccount, Statement, StatementEntry, StatementFile

_BEGIN: Final = db.load_sql(package="apps.payments", name="begin_import.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did. `known_file`: the very file had been imported, so nothing changed.

    `known` counts statements that an earlier file had brought and that were left out.
    """

    file_id: UUID
    statements: int = 0
    known: int = 0
    entries: int = 0
    known_file: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Act:
    """Who imports what, when; and whom to tell how many entries are in the books."""

    actor: Actor
    now: datetime
    file: StatementFile
    progress: Callable[[int], None]


def import_statements(
    *,
    actor: Actor,
    now: datetime,
    examination: rules.Examination,
    progress: Callable[[int], None] = lambda _: None,
) -> Imported:
    """Book every booked entry of every statement in an examined file, in one transaction.

    Safe to repeat: the same file changes nothing, nor does a statement that another file brought.
    `progress` hears how many entries more are booked. Raises StatementRefused (it does not prove
    itself, or does not follow what is known of the account), StatementChanged, LedgerDisagrees, or
    what ledger.post_many raises.
    """
    statements = examination.statements()
    with transaction.atomic(durable=True):
        db.rows(sql=_BEGIN)
        if (earlier := selectors.file_by_hash(sha256=examination.digest)) is not None:
            return Imported(file_id=earlier.public_id, known_file=True)
        file = StatementFile.objects.create(
            public_id=ids.new_id(),
            sha256=examination.digest,
            format=examination.format,
            size=examination.size,
            recorded_at=now,
        )
        act = _Act(actor=actor, now=now, file=file, progress=progress)
        booked = [found for found in statements if _import_statement(act, found)]
        done = Imported(
            file_id=file.public_id,
            statements=len(booked),
            known=len(statements) - len(booked),
            entries=sum(len(found.entries) for found in booked),
        )
        _record(act, examination, done)
    return done


def _record(act: _Act, examination: rules.Examination, done: Imported) -> None:
    audit.record(
        actor=act.actor,
        now=act.now,
        action="payments.statement.import",
        subject=f"statement-file:{done.file_id}",
        detail={
            "sha256": examination.digest,
            "format": examination.format,
            "statements": done.statements,
            "known": done.known,
            "entries": done.entries,
        },
    )


def _import_statement(act: _Act, statement: rules.Statement) -> bool:
    """Book one statement; False when it is known already and unchanged."""
    account = selectors.bank_account(
        identification=statement.account, currency=statement.currency
    ) or _open_bank_account(act, statement)
    earlier = selectors.statement(account=account, identity=statement.identity)
    if earlier is not None:
        if earlier.fingerprint != statement.fingerprint:
            text = f"statement {statement.position} is known, but said something else before"
            raise StatementChanged(text, statement=statement.position)
        return False
    previous = selectors.last_statement(account=account)
    if previous is None:
        _book_opening(act, account, statement)
    else:
        _check_follows(account, previous, statement)
    row = _write_statement(act, statement, account=account, previous=previous)
    _book_entries(act, statement, row=row)
    _check_agrees(account, statement)
    return True


def _check_follows(account: BankAccount, previous: Statement, statement: rules.Statement) -> None:
    flaws = rules.follow(selectors.link(account=account, statement=previous), statement)
    if flaws:
        raise StatementRefused(flaws)


def _check_agrees(account: BankAccount, statement: rules.Statement) -> None:
    """Raise LedgerDisagrees unless the ledger's balance is the closing balance, to the unit."""
    view = ledger.account(account_id=ledger.AccountId(account.ledger_account_id))
    if Money(view.posted_minor, view.currency) != statement.closing.amount:
        text = (
            f"statement {statement.position} closes at {statement.closing.amount}, "
            f"the ledger at {Money(view.posted_minor, view.currency)}"
        )
        raise LedgerDisagrees(text, statement=statement.position)


def _write_statement(
    act: _Act, statement: rules.Statement, *, account: BankAccount, previous: Statement | None
) -> Statement:
    return Statement.objects.create(
        public_id=ids.new_id(),
        file=act.file,
        bank_account=account,
        previous=previous,
        identification=statement.identification,
        number=statement.number,
        page=statement.page,
        identity=statement.identity,
        fingerprint=statement.fingerprint,
        opening_day=statement.opening.day,
        closing_day=statement.closing.day,
        opening_minor=statement.opening.amount.minor,
        booked_minor=statement.booked_minor,
        closing_minor=statement.closing.amount.minor,
        entry_count=len(statement.entries),
        pending_count=statement.pending,
        recorded_at=act.now,
    )


def _book_opening(act: _Act, account: BankAccount, statement: rules.Statement) -> None:
    """Book what was on the account before its first statement, against opening-balance equity."""
    if not statement.opening.amount.minor:
        return
    posting = _posting(
        account,
        against=_chart_account(act, code="3000", kind="equity", currency=account.currency),
        amount=statement.opening.amount,
        effective_at=_effective(
            statement.opening.day, act.now, Place(statement=statement.position)
        ),
        reference="opening",
        kind="opening",
    )
    ledger.post_many(actor=act.actor, now=act.now, postings=[posting])


def _book_entries(act: _Act, statement: rules.Statement, *, row: Statement) -> None:
    """Book the entries against suspense, one transaction each, in batches."""
    account = row.bank_account
    suspense = _chart_account(act, code="2900", kind="liability", currency=account.currency)
    for start in range(0, len(statement.entries), ledger.BATCH_MAX):
        batch = statement.entries[start : start + ledger.BATCH_MAX]
        postings = {
            place: _posting(
                account,
                against=suspense,
                amount=entry.amount,
                effective_at=_effective(
                    entry.booking_day,
                    act.now,
                    Place(statement=statement.position, entry=entry.position, line=entry.line),
                ),
                reference=f"{statement.identity}/{place}",
                kind="statement",
            )
            for place, entry in enumerate(batch, start + 1)
            if entry.amount.minor
        }
        if postings:
            ledger.post_many(actor=act.actor, now=act.now, postings=[*postings.values()])
        _write_entries(row, batch, postings, first=start + 1)
        act.progress(len(batch))


def _write_entries(
    row: Statement,
    entries: Sequence[rules.Entry],
    postings: dict[int, ledger.Posting],
    *,
    first: int,
) -> None:
    StatementEntry.objects.bulk_create(
        StatementEntry(
            statement=row,
            position=place,
            booking_day=entry.booking_day,
            value_day=entry.value_day,
            amount_minor=entry.amount.minor,
            bank_reference=entry.reference,
            transaction_id=postings[place].transaction_id if place in postings else None,
        )
        for place, entry in enumerate(entries, first)
    )


def _posting(
    account: BankAccount,
    *,
    against: ledger.AccountId,
    amount: Money,
    effective_at: datetime,
    reference: str,
    kind: str,
) -> ledger.Posting:
    """Return the posting that moves `amount` onto our account (off it when negative)."""
    own, size = ledger.AccountId(account.ledger_account_id), abs(amount.minor)
    debit, credit = (own, against) if amount.minor > 0 else (against, own)
    return ledger.Posting(
        transaction_id=ledger.TransactionId(ids.new_id()),
        legs=(ledger.Leg(debit, debit=size), ledger.Leg(credit, credit=size)),
        currency=amount.currency,
        effective_at=effective_at,
        source=f"statement:{account.public_id}",
        reference=reference,
        kind=kind,
    )


def _effective(day: date, now: datetime, place: Place) -> datetime:
    """Return the moment from which something booked on `day` counts: its beginning (UTC).

    Where the bank stands it may be tomorrow already; later than that is refused.
    """
    begins = datetime.combine(day, time(), tzinfo=UTC)
    if begins - now > timedelta(days=1):
        raise StatementRefused([Flaw("in-future", f"booked on {day}, which has not come", place)])
    return min(begins, now)


def _open_bank_account(act: _Act, statement: rules.Statement) -> BankAccount:
    """Open the account of a first statement: ours at the bank, and an asset in the ledger."""
    account_id = ledger.AccountId(ids.new_id())
    number = BankAccount.objects.count() + 1
    ledger.open_account(
        actor=act.actor,
        now=act.now,
        account=ledger.NewAccount(
            account_id=account_id,
            code=f"1010.{number}.{statement.currency}",
            name=f"Bank account {rules.mask(statement.account)}",
            kind="asset",
            currency=statement.currency,
        ),
    )
    account = BankAccount.objects.create(
        public_id=ids.new_id(),
        identification=statement.account,
        currency=statement.currency,
        ledger_account_id=account_id,
        opened_at=act.now,
    )
    audit.record(
        actor=act.actor,
        now=act.now,
        action="payments.bank_account.open",
        subject=f"bank-account:{account.public_id}",
        detail={"currency": account.currency, "ledger_account": str(account_id)},
    )
    return account


def _chart_account(
    act: _Act, *, code: str, kind: ledger.AccountKind, currency: str
) -> ledger.AccountId:
    """Return the account of the chart with this code and currency, opened when it is not there."""
    names = {"2900": "Suspense: statement entries not yet matched", "3000": "Opening balances"}
    full = f"{code}.{currency}"
    try:
        return ledger.account_by_code(code=full).account_id
    except ledger.AccountNotFound:
        account = ledger.NewAccount(
            account_id=ledger.AccountId(ids.new_id()),
            code=full,
            name=names[code],
            kind=kind,
            currency=currency,
        )
        return ledger.open_account(actor=act.actor, now=act.now, account=account).account_id
