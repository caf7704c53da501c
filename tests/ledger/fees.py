"""Fee schedules, and short ways to charge by them."""

from datetime import date, datetime
from typing import Any

from apps.ledger import public as ledger
from apps.platform.ids import new_id
from apps.platform.money import Money

from .books import ACTOR, NOW, open_account

BEGIN = date(2026, 1, 1)


def fee_terms(*tiers: ledger.FeeTier, since: date = BEGIN, **said: Any) -> ledger.FeeTerms:
    """Return terms from a day on."""
    return ledger.FeeTerms(effective_on=since, tiers=tiers, **said)


def fee_schedule(*tiers: ledger.FeeTier, **said: Any) -> str:
    """Make a fee schedule; return its code, which is that of its income account, too."""
    income = open_account(kind="income")
    code = ledger.account(account_id=income).code
    wanted = ledger.NewFeeSchedule(
        code=code,
        name="Payment",
        currency="EUR",
        income_account_id=income,
        terms=fee_terms(*tiers, **said),
    )
    ledger.create_fee_schedule(actor=ACTOR, now=NOW, schedule=wanted)
    return code


def charge(
    schedule: str,
    account_id: ledger.AccountId,
    minor: int = 100_00,
    *,
    currency: str = "EUR",
    reference: str | None = None,
    effective_at: datetime = NOW,
) -> ledger.FeeCharged:
    """Charge the fee on an amount."""
    wanted = ledger.FeeCharge(
        schedule=schedule,
        account_id=account_id,
        amount=Money(minor, currency),
        transaction_id=ledger.TransactionId(new_id()),
        effective_at=effective_at,
        source="test",
        reference=reference or str(new_id()),
    )
    return ledger.charge_fee(actor=ACTOR, now=NOW, charge=wanted)
