"""Short ways to import and to look at the books afterwards."""

from datetime import UTC, datetime

from apps.ledger import public as ledger
from apps.payments import rules, services
from apps.payments.models import BankAccount
from apps.platform.actors import Actor

NOW = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
ACTOR = Actor(kind="staff", key="17")


def take(content: bytes, *, now: datetime = NOW) -> services.Imported:
    return services.import_statements(actor=ACTOR, now=now, examination=rules.examine(content))


def balance(code: str) -> int:
    return ledger.account_by_code(code=code).posted_minor


def bank_balance() -> int:
    account = BankAccount.objects.get()
    return ledger.account(account_id=ledger.AccountId(account.ledger_account_id)).posted_minor
