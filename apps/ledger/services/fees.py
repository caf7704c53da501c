"""Fees are charged by schedules, whose terms change from a day on."""

from datetime import UTC, datetime
from typing import Final

from django.db import transaction

from apps.platform import db
from apps.platform.actors import Actor
from apps.platform.audit import public as audit
from apps.platform.money import Money

from .. import rules, selectors
from ..errors import (
    CurrencyMismatch,
    MalformedPosting,
    ReferenceReused,
    ScheduleExists,
    TermsInUse,
)
from ..events import (
    AccountId,
    FeeCharge,
    FeeCharged,
    FeeTerms,
    Leg,
    NewFeeSchedule,
    Posting,
    TransactionId,
)
from ..models import Fee, FeeSchedule, FeeTier, FeeVersion, Transaction
from .posting import post

_ALONE: Final = "SELECT pg_advisory_xact_lock(ledger_fees_lock())"
_TOGETHER: Final = "SELECT pg_advisory_xact_lock_shared(ledger_fees_lock())"


@transaction.atomic
def create_fee_schedule(*, actor: Actor, now: datetime, schedule: NewFeeSchedule) -> None:
    """Make a fee schedule with its first terms.

    Raises MalformedSchedule, AccountNotFound or ScheduleExists.
    """
    rules.check_fee_schedule(schedule)
    db.rows(sql=_ALONE)
    if FeeSchedule.objects.filter(code=schedule.code).exists():
        raise ScheduleExists(f"the code {schedule.code} is taken")
    currency = schedule.currency
    made = FeeSchedule.objects.create(
        code=schedule.code,
        name=schedule.name,
        currency=currency,
        income_account=selectors.booked_to(
            account_id=schedule.income_account_id, kind="income", currency=currency
        ),
        recorded_at=now,
    )
    _add(actor=actor, now=now, schedule=made, terms=schedule.terms)


@transaction.atomic
def change_fee_terms(*, actor: Actor, now: datetime, code: str, terms: FeeTerms) -> None:
    """Give a fee schedule other terms from a day on.

    Raises ScheduleNotFound, MalformedSchedule, ScheduleExists (it has terms from that day on), or
    TermsInUse (fees of these days were charged).
    """
    rules.check_fee_terms(terms)
    db.rows(sql=_ALONE)
    schedule = selectors.fee_schedule(code=code)
    if schedule.versions.filter(effective_on=terms.effective_on).exists():
        raise ScheduleExists(f"{code} has terms from {terms.effective_on} on")
    begins = datetime.combine(terms.effective_on, datetime.min.time(), tzinfo=UTC)
    if Fee.objects.filter(version__schedule=schedule, effective_at__gte=begins).exists():
        raise TermsInUse(f"by {code}, fees were charged beyond {terms.effective_on}")
    _add(actor=actor, now=now, schedule=schedule, terms=terms)


@transaction.atomic
def charge_fee(*, actor: Actor, now: datetime, charge: FeeCharge) -> FeeCharged:
    """Charge the fee on an amount to an account: a transaction of kind "fee", unless it is nothing.

    Safe to repeat under the same source and reference. Raises ScheduleNotFound, CurrencyMismatch,
    MalformedPosting (an amount below zero), ReferenceReused, or what posting raises.
    """
    rules.check_reference(source=charge.source, reference=charge.reference)
    if charge.amount.minor < 0:
        raise MalformedPosting("a fee is on an amount that is not below zero")
    schedule = selectors.fee_schedule(code=charge.schedule)
    account = selectors.row(account_id=charge.account_id)
    if {account.currency, charge.amount.currency} != {schedule.currency}:
        raise CurrencyMismatch(f"{schedule.code} is for {schedule.currency}")
    db.rows(sql=_TOGETHER)
    fingerprint = rules.fee_fingerprint(charge)
    earlier = selectors.fee_charged(source=charge.source, reference=charge.reference)
    if earlier is not None:
        return _replay(earlier, fingerprint)
    version = selectors.fee_version(schedule=schedule, at=charge.effective_at.astimezone(UTC))
    minor = rules.fee(selectors.fee_terms_of(row=version), amount_minor=charge.amount.minor)
    booked = _book(actor=actor, now=now, charge=charge, schedule=schedule, minor=minor)
    made, created = Fee.objects.get_or_create(
        source=charge.source,
        reference=charge.reference,
        defaults={
            "account": account,
            "version": version,
            "amount_minor": charge.amount.minor,
            "fee_minor": minor,
            "transaction": booked,
            "fingerprint": fingerprint,
            "effective_at": charge.effective_at,
            "recorded_at": now,
        },
    )
    return _told(made, replayed=False) if created else _replay(made, fingerprint)


def _book(
    *, actor: Actor, now: datetime, charge: FeeCharge, schedule: FeeSchedule, minor: int
) -> Transaction | None:
    if not minor:
        return None
    income = AccountId(schedule.income_account.public_id)
    posting = Posting(
        transaction_id=charge.transaction_id,
        legs=(Leg(charge.account_id, debit=minor), Leg(income, credit=minor)),
        currency=schedule.currency,
        effective_at=charge.effective_at,
        source=charge.source,
        reference=charge.reference,
        kind="fee",
    )
    posted = post(actor=actor, now=now, posting=posting)
    return Transaction.objects.get(public_id=posted.transaction_id)


def _replay(earlier: Fee, fingerprint: str) -> FeeCharged:
    if earlier.fingerprint != fingerprint:
        raise ReferenceReused("this reference names another fee")
    return _told(earlier, replayed=True)


def _told(row: Fee, *, replayed: bool) -> FeeCharged:
    booked = None if row.transaction is None else TransactionId(row.transaction.public_id)
    return FeeCharged(Money(row.fee_minor, row.version.schedule.currency), booked, replayed)


def _add(*, actor: Actor, now: datetime, schedule: FeeSchedule, terms: FeeTerms) -> None:
    version = FeeVersion.objects.create(
        schedule=schedule,
        effective_on=terms.effective_on,
        tiering=terms.tiering,
        min_minor=terms.min_minor,
        max_minor=terms.max_minor,
        recorded_at=now,
    )
    FeeTier.objects.bulk_create(
        FeeTier(
            version=version, from_minor=tier.from_minor, flat_minor=tier.flat_minor, rate=tier.rate
        )
        for tier in terms.tiers
    )
    audit.record(
        actor=actor,
        now=now,
        action="ledger.fee.terms",
        subject=f"fee-schedule:{schedule.code}",
        detail={"from": terms.effective_on.isoformat()},
    )
