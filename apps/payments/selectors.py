"""Reads of payments."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from apps.ledger import public as ledger
from apps.platform.money import Money

from . import rules
from .models import BankAccount, Statement, StatementFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a bank account stands: by our ledger, and by the bank's last statement."""

    ledger: Money
    closing: Money | None

    @property
    def agrees(self) -> bool:
        """Say whether the two are one figure."""
        return self.closing is not None and self.ledger == self.closing


def file_by_hash(*, sha256: str) -> StatementFile | None:
    """Return the imported file with this hash, or None."""
    return StatementFile.objects.filter(sha256=sha256).first()


def bank_account(*, identification: str, currency: str) -> BankAccount | None:
    """Return our account at a bank, or None when no statement of it has come yet."""
    named = BankAccount.objects.filter(identification=identification, currency=currency)
    return named.first()


def statement(*, account: BankAccount, identity: str) -> Statement | None:
    """Return the account's statement with this identity, or None."""
    return Statement.objects.filter(bank_account=account, identity=identity).first()


def last_statement(*, account: BankAccount) -> Statement | None:
    """Return the statement at the end of the account's chain, or None."""
    return Statement.objects.filter(bank_account=account).order_by("-pk").first()


def link(*, account: BankAccount, statement: Statement) -> rules.Link:
    """Return what the next statement of the account must follow."""
    return rules.Link(
        number=statement.number,
        page=statement.page,
        closing=Money(statement.closing_minor, account.currency),
        closing_day=statement.closing_day,
    )


def positions(*, accounts: Collection[BankAccount]) -> dict[int, Position]:
    """Return the position of each account by its primary key. Two queries."""
    wanted = [ledger.AccountId(account.ledger_account_id) for account in accounts]
    views = {view.account_id: view for view in ledger.accounts(account_ids=wanted)}
    last = Statement.objects.filter(bank_account__in=accounts).order_by("bank_account", "-pk")
    closings = {
        found.bank_account_id: found.closing_minor for found in last.distinct("bank_account")
    }
    return {
        account.pk: Position(
            ledger=Money(
                views[ledger.AccountId(account.ledger_account_id)].posted_minor, account.currency
            ),
            closing=Money(closings[account.pk], account.currency)
            if account.pk in closings
            else None,
        )
        for account in accounts
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """One imported statement for a list; the account is masked, amounts are minor units."""

    id: int
    reference: str
    account: str
    currency: str
    until: date
    entries: int
    closing_minor: int


def latest_statements(*, limit: int) -> list[StatementLine]:
    """Return the statements imported last, newest first. One query."""
    found = Statement.objects.select_related("bank_account").order_by("-pk")[:limit]
    return [
        StatementLine(
            id=row.pk,
            reference=str(row),
            account=rules.mask(row.bank_account.identification),
            currency=row.bank_account.currency,
            until=row.closing_day,
            entries=row.entry_count,
            closing_minor=row.closing_minor,
        )
        for row in found
    ]
