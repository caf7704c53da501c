"""The verifier against mutants of interest and fees: each lie that a superuser writes is found."""

from datetime import timedelta

import psycopg
import pytest

from apps.ledger import public as ledger
from apps.platform import db

from .fees import charge, fee_schedule
from .savings import BEGIN, accrue, pay_in, savings, tiers

DAYS = "interest leaves no day out and counts none twice"
SUMS = "accrued interest adds up and its whole units are booked"
TERMS = "the interest of each day is what its terms say"
BASES = "interest accrues on the balance of the day"
BOOKED = "interest and fees are booked by their transactions"
CAPITAL = "capitalised interest is what had accrued"
FEES = "each fee is by the terms in force"
TABLES = (
    "interest_tier",
    "interest_accrual",
    "interest_capital",
    "fee",
    "fee_version",
    "transaction",
)
MUTANTS = [
    ("DELETE FROM ledger_interest_accrual WHERE day = '2026-01-10' AND revision = 1",
     {DAYS, SUMS, BASES, CAPITAL}),
    ("DELETE FROM ledger_interest_accrual WHERE day = '2026-01-02'",
     {DAYS, SUMS, CAPITAL}),
    ("UPDATE ledger_interest_accrual SET day = day + 1000 WHERE day = '2026-02-03'", {DAYS}),
    ("UPDATE ledger_interest_accrual SET paid_total = paid_total + 1 WHERE number = 3", {SUMS}),
    ("UPDATE ledger_interest_accrual SET charged_minor = 1 WHERE number = 3", {SUMS, BOOKED}),
    ("UPDATE ledger_interest_accrual SET paid_minor = paid_minor + 1 WHERE number = 3",
     {SUMS, BOOKED}),
    ("UPDATE ledger_interest_accrual SET base_minor = base_minor + 1 WHERE number = 3",
     {TERMS, BASES}),
    ("UPDATE ledger_interest_tier SET rate = rate + 0.0000000001", {TERMS}),
    ("UPDATE ledger_interest_capital SET paid_minor = paid_minor + 1 WHERE revision = 0",
     {BOOKED, CAPITAL}),
    ("DELETE FROM ledger_interest_capital WHERE revision = 0", {CAPITAL}),
    ("UPDATE ledger_transaction SET kind = 'transfer' WHERE kind = 'interest'", {BOOKED}),
    ("UPDATE ledger_transaction SET kind = 'transfer' WHERE kind = 'fee'", {BOOKED}),
    ("UPDATE ledger_fee SET fee_minor = fee_minor + 1", {BOOKED}),
    ("UPDATE ledger_fee_version SET min_minor = 1000, max_minor = NULL", {FEES}),
    ("UPDATE ledger_fee_version SET effective_on = '2027-01-01'", {FEES}),
]  # fmt: skip


@pytest.fixture
def sound() -> None:
    """Savings of five weeks, corrected once and capitalised twice for it; and a fee."""
    books = savings(credit=tiers((0, "0.025")), debit=tiers((0, "0.10")))
    pay_in(books.bank, books.saver, 1_000_000_00, BEGIN)
    last = BEGIN + timedelta(days=34)
    accrue(last - timedelta(days=1))
    pay_in(books.bank, books.saver, 50_00, BEGIN + timedelta(days=9), recorded=last)
    accrue(last)
    charge(fee_schedule(ledger.FeeTier(flat_minor=2_50)), books.saver)


def _broken(raw: psycopg.Connection) -> set[str]:
    sql = db.load_sql(package="apps.ledger", name="verify_interest.sql").encode()
    return {name for name, *_, offenders in raw.execute(sql).fetchall() if offenders}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("sound")
def test_each_mutant_is_caught_and_sound_books_are_not(
    superuser_connection: psycopg.Connection,
) -> None:
    findings = {one.invariant: one for one in ledger.verify()}
    assert not any(one.offenders for one in findings.values())
    for name in (DAYS, SUMS, TERMS, BASES, BOOKED, CAPITAL, FEES):
        assert findings[name].looked_at > 0
    for mutant, expected in MUTANTS:
        for table in TABLES:
            superuser_connection.execute(f"ALTER TABLE ledger_{table} DISABLE TRIGGER ALL".encode())
        assert superuser_connection.execute(mutant.encode()).rowcount > 0
        assert (mutant, _broken(superuser_connection)) == (mutant, expected)
        superuser_connection.rollback()
