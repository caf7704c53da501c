"""The verifier against mutants: a superuser gets around the engine, and each lie is found."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from apps.ledger import public as ledger

from .books import ACTOR, NOW, capture, extend, hold, open_account, post, transfer, void
from .test_periods import agree, ask, close, code, house, move, open_months
from .test_reversals import reversal, reverse

pytestmark = pytest.mark.django_db(transaction=True)

OFF = """
    ALTER TABLE ledger_entry DISABLE TRIGGER USER;
    ALTER TABLE ledger_transaction DISABLE TRIGGER USER;
    ALTER TABLE ledger_account DISABLE TRIGGER USER;
    ALTER TABLE ledger_hold DISABLE TRIGGER USER;
    ALTER TABLE ledger_hold_extension DISABLE TRIGGER USER;
    ALTER TABLE ledger_hold_capture DISABLE TRIGGER USER;
    ALTER TABLE ledger_hold_end DISABLE TRIGGER USER;
    ALTER TABLE ledger_hold_open DISABLE TRIGGER USER;
    ALTER TABLE ledger_reversal DISABLE TRIGGER USER;
    ALTER TABLE ledger_reversal_part DISABLE TRIGGER USER;
    ALTER TABLE ledger_roll_up DISABLE TRIGGER USER;
    ALTER TABLE ledger_conversion DISABLE TRIGGER USER;
    ALTER TABLE ledger_conversion DROP CONSTRAINT conversion_exact,
        DROP CONSTRAINT conversion_lowest_terms, DROP CONSTRAINT conversion_sold;
    ALTER TABLE ledger_chain DISABLE TRIGGER USER;
    ALTER TABLE ledger_chain_end DISABLE TRIGGER USER;
    ALTER TABLE ledger_period DISABLE TRIGGER USER;
    ALTER TABLE ledger_period_closing DISABLE TRIGGER USER;
    ALTER TABLE ledger_closing_journal DISABLE TRIGGER USER;
    ALTER TABLE ledger_reopening_request DISABLE TRIGGER USER;
    ALTER TABLE ledger_period_reopening DISABLE TRIGGER USER;
    ALTER TABLE ledger_books DISABLE TRIGGER USER;
    ALTER TABLE ledger_limit DISABLE TRIGGER USER;
    ALTER TABLE ledger_limit_version DISABLE TRIGGER USER;
    ALTER TABLE ledger_limit_use DISABLE TRIGGER USER;
"""
HEADER = """
    INSERT INTO ledger_transaction
        (public_id, kind, source, reference, fingerprint, effective_at, recorded_at)
    VALUES (gen_random_uuid(), 'x', 'x', 'x', 'x', now(), now())
"""
CURRENCIES = "debits equal credits in each currency"
ZERO_SUM = "each transaction is zero-sum per currency"
LEGS = "each transaction has two legs or more"
SUMS = "each balance is the sum of its entries"
VERSIONS = "versions have no gap and match the account"
CHAIN = "each entry continues the one before it"
FLOOR = "no account is below its floor"
MISFITS = "each entry is one side of a transaction, in the currency of its account"
FUTURE = "no transaction counts from after it was recorded"
HOLDS = "each hold has ended, or is open with what is left of it"
ENDS = "each end of a hold is of its kind and releases what was left"
CAPTURES = "each capture is posted by its transaction"
EXTENSIONS = "each extension of a hold ends later"
HELD = "what is held is there"
KEPT = "an account says that as much is held as its open holds keep"
REVERSALS = "each reversal undoes what its parts say, and a whole one all"
STRAYS = "each part is of a leg of the transaction that is reversed"
BEYOND = "no leg is reversed beyond its amount"
ROLL_UPS = "each roll-up is the sum of its entries"
LEFT_OUT = "roll-ups leave no entry out"
PERIODS = "periods follow each other without a gap"
CLOSED = "the books are closed as far as their closings say"
REOPENED = "each reopening was asked for and agreed to by two people"
INTO = "nothing was booked into a period after it was closed"
CLOSINGS = "each closing entry moves results to equity"


@pytest.fixture
def booked() -> None:
    """Three transfers between two accounts."""
    bank, customer = open_account(kind="asset"), open_account(floor=0)
    post(*(transfer(bank, customer, minor) for minor in (100, 20, 3)))


@pytest.fixture
def held() -> None:
    """A hold that is open, one of each end, and an extension."""
    bank, customer = open_account(kind="asset"), open_account(floor=0)
    post(transfer(bank, customer, 1000))
    far = datetime(2999, 1, 1, tzinfo=UTC)
    still = hold(customer, 100, expires_at=far)
    capture(still, bank, 30)
    extend(still, far + timedelta(days=1))
    capture(hold(customer, 50), bank, 20, final=True)
    void(hold(customer, 7))
    hold(customer, 5, expires_at=NOW + timedelta(seconds=1))
    ledger.expire_holds(actor=ACTOR, now=NOW + timedelta(seconds=1))


def damage(superuser: psycopg.Connection, mutant: str) -> None:
    """Switch the engine off and change rows behind its back; the mutant must change some."""
    superuser.execute(OFF)
    changed = superuser.execute(mutant.encode())
    while changed.nextset():
        pass
    assert changed.rowcount > 0
    superuser.commit()


def _broken() -> set[str]:
    return {finding.invariant for finding in ledger.verify() if finding.offenders}


@pytest.mark.usefixtures("booked")
def test_sound_books_have_no_offender_and_every_invariant_looked_at_rows() -> None:
    findings = ledger.verify()
    assert _broken() == set()
    assert all(finding.looked_at > 0 for finding in findings[:9])


@pytest.mark.usefixtures("booked")
@pytest.mark.parametrize(
    ("mutant", "expected"),
    [
        (
            "UPDATE ledger_entry SET debit = debit + 1 WHERE debit > 0 AND version = 2",
            {CURRENCIES, ZERO_SUM, SUMS, CHAIN},
        ),
        (
            "DELETE FROM ledger_entry WHERE version = 3 AND credit > 0",
            {CURRENCIES, ZERO_SUM, LEGS, SUMS, VERSIONS},
        ),
        ("DELETE FROM ledger_entry WHERE version = 3", {LEGS, SUMS, VERSIONS}),
        ("UPDATE ledger_account SET posted_minor = posted_minor + 1", {SUMS}),
        ("UPDATE ledger_account SET version = version + 1", {VERSIONS}),
        ("UPDATE ledger_entry SET version = 9 WHERE version = 1", {VERSIONS, CHAIN}),
        ("UPDATE ledger_entry SET balance_after = 7 WHERE version = 1", {CHAIN}),
        (
            "UPDATE ledger_account SET floor_minor = posted_minor + 1 WHERE floor_minor = 0",
            {FLOOR},
        ),
        (HEADER, {LEGS}),
        ("DELETE FROM ledger_transaction WHERE id = 1", {MISFITS}),
        (
            """UPDATE ledger_entry SET currency = 'USD' WHERE transaction_id = (
                   SELECT min(id) FROM ledger_transaction)""",
            {MISFITS},
        ),
        (
            """UPDATE ledger_entry SET debit = debit + 1, credit = credit + 1 WHERE version = 1""",
            {MISFITS},
        ),
        (
            """ALTER TABLE ledger_transaction DROP CONSTRAINT transaction_not_future;
               UPDATE ledger_transaction SET effective_at = recorded_at + interval '1 second'""",
            {FUTURE},
        ),
        (
            """UPDATE ledger_entry AS moved SET transaction_id = (
                   SELECT min(id) FROM ledger_transaction WHERE id <> moved.transaction_id)
               WHERE version = 2 AND debit > 0""",
            {ZERO_SUM, LEGS},
        ),
    ],
)
def test_a_mutant_is_caught(
    superuser_connection: psycopg.Connection, mutant: str, expected: set[str]
) -> None:
    damage(superuser_connection, mutant)
    assert _broken() == expected


@pytest.mark.usefixtures("held")
def test_sound_holds_have_no_offender_and_each_of_their_invariants_looked_at_rows() -> None:
    findings = {finding.invariant: finding for finding in ledger.verify()}
    assert _broken() == set()
    for name in (HOLDS, ENDS, CAPTURES, EXTENSIONS, HELD, KEPT):
        assert findings[name].looked_at > 0


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize(
    ("mutant", "expected"),
    [
        ("UPDATE ledger_hold_open SET left_minor = left_minor + 1", {HOLDS, KEPT}),
        ("UPDATE ledger_hold_open SET expires_at = '2998-01-01'", {HOLDS}),
        ("UPDATE ledger_hold_open SET account_id = 1", {HOLDS, KEPT}),
        ("DELETE FROM ledger_hold_open", {HOLDS, KEPT}),
        ("UPDATE ledger_account SET held_minor = held_minor + 1", {KEPT}),
        ("DELETE FROM ledger_hold_end WHERE outcome = 'voided'", {HOLDS}),
        (
            """INSERT INTO ledger_hold_end
               SELECT hold_id, 'voided', left_minor, '', '', now() FROM ledger_hold_open""",
            {HOLDS},
        ),
        ("UPDATE ledger_hold SET amount_minor = amount_minor + 1", {HOLDS, ENDS}),
        ("UPDATE ledger_hold_end SET released_minor = released_minor + 1", {ENDS}),
        ("UPDATE ledger_hold_end SET outcome = 'expired' WHERE outcome = 'voided'", {ENDS}),
        ("UPDATE ledger_hold_end SET outcome = 'voided' WHERE outcome = 'captured'", {ENDS}),
        ("UPDATE ledger_hold_end SET outcome = 'captured' WHERE outcome = 'voided'", {ENDS}),
        (
            "UPDATE ledger_hold_capture SET amount_minor = 31 WHERE amount_minor = 30",
            {HOLDS, CAPTURES},
        ),
        ("DELETE FROM ledger_hold_capture WHERE final", {ENDS}),
        (
            "UPDATE ledger_hold_extension SET expires_at = '2998-01-01'",
            {HOLDS, EXTENSIONS},
        ),
        ("UPDATE ledger_account SET floor_minor = 900 WHERE floor_minor = 0", {HELD}),
    ],
)
def test_a_mutant_of_a_hold_is_caught(
    superuser_connection: psycopg.Connection, mutant: str, expected: set[str]
) -> None:
    damage(superuser_connection, mutant)
    assert _broken() == expected


@pytest.fixture
def reversed_ones() -> None:
    """A transaction that is reversed whole, and one in part."""
    bank, customer = open_account(kind="asset"), open_account()
    whole, partly = transfer(bank, customer, 100), transfer(bank, customer, 50)
    post(whole)
    post(partly)
    reverse(reversal(whole.transaction_id))
    parts = (ledger.Part(bank, 2, 20), ledger.Part(customer, 2, 20))
    reverse(reversal(partly.transaction_id, *parts))


@pytest.mark.usefixtures("reversed_ones")
def test_sound_reversals_have_no_offender_and_each_of_their_invariants_looked_at_rows() -> None:
    findings = {finding.invariant: finding for finding in ledger.verify()}
    assert _broken() == set()
    for name in (REVERSALS, STRAYS, BEYOND):
        assert findings[name].looked_at > 0


@pytest.mark.usefixtures("reversed_ones")
@pytest.mark.parametrize(
    ("mutant", "expected"),
    [
        ("UPDATE ledger_reversal_part SET amount_minor = 21 WHERE amount_minor = 20", {REVERSALS}),
        (
            "UPDATE ledger_reversal_part SET amount_minor = 101 WHERE amount_minor = 100",
            {REVERSALS, BEYOND},
        ),
        ("DELETE FROM ledger_reversal_part WHERE amount_minor = 20", {REVERSALS}),
        ("UPDATE ledger_reversal SET whole = true WHERE NOT whole", {REVERSALS}),
        (
            "UPDATE ledger_reversal SET reversed_id = transaction_id - 1 WHERE NOT whole",
            {STRAYS},
        ),
        (
            """UPDATE ledger_reversal_part AS p SET entry_id = e.id FROM ledger_entry AS e
               WHERE amount_minor = 20 AND e.debit = 100 AND e.version = 1
                   AND p.entry_id IN (SELECT id FROM ledger_entry WHERE debit > 0)""",
            {STRAYS, BEYOND},
        ),
    ],
)
def test_a_mutant_of_a_reversal_is_caught(
    superuser_connection: psycopg.Connection, mutant: str, expected: set[str]
) -> None:
    damage(superuser_connection, mutant)
    assert _broken() == expected


@pytest.fixture
def rolled_up(booked: None) -> None:  # noqa: ARG001 - what is added up
    """Each account's entries, added up."""
    ledger.roll_up(actor=ACTOR, now=NOW)


@pytest.mark.usefixtures("rolled_up")
def test_sound_roll_ups_have_no_offender_and_each_of_their_invariants_looked_at_rows() -> None:
    findings = {finding.invariant: finding for finding in ledger.verify()}
    assert _broken() == set()
    assert findings[ROLL_UPS].looked_at == findings[LEFT_OUT].looked_at == 2


@pytest.mark.usefixtures("rolled_up")
@pytest.mark.parametrize(
    ("mutant", "expected"),
    [
        ("UPDATE ledger_roll_up SET debit_minor = debit_minor + 1", {ROLL_UPS}),
        ("UPDATE ledger_roll_up SET credit_minor = credit_minor + 1", {ROLL_UPS}),
        ("UPDATE ledger_roll_up SET effective_on = '2020-01-01'", {ROLL_UPS}),
        ("UPDATE ledger_roll_up SET recorded_on = '2020-01-01'", {ROLL_UPS}),
        ("UPDATE ledger_roll_up SET entries = entries + 1", {ROLL_UPS, LEFT_OUT}),
        ("UPDATE ledger_roll_up SET first_version = 2", {ROLL_UPS}),
        (
            """UPDATE ledger_roll_up SET first_version = 2, entries = 2,
                   debit_minor = least(debit_minor, 23), credit_minor = least(credit_minor, 23)""",
            {LEFT_OUT},
        ),
    ],
)
def test_a_mutant_of_a_roll_up_is_caught(
    superuser_connection: psycopg.Connection, mutant: str, expected: set[str]
) -> None:
    damage(superuser_connection, mutant)
    assert _broken() == expected


@pytest.fixture
def closed() -> None:
    """January closed with entries, February closed, opened again and closed."""
    open_months(count=3)
    euro = house()
    in_january = datetime(2026, 1, 15, tzinfo=UTC)
    move(euro["asset"], euro["income"], 100, at=in_january)
    close(1, EUR=code(euro["equity"]))
    close(2)
    agree(ask(2))
    close(2)


@pytest.mark.usefixtures("closed")
def test_sound_periods_have_no_offender_and_each_of_their_invariants_looked_at_rows() -> None:
    findings = {finding.invariant: finding for finding in ledger.verify()}
    assert _broken() == set()
    for name in (PERIODS, CLOSED, REOPENED, INTO, CLOSINGS):
        assert findings[name].looked_at > 0


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize(
    ("mutant", "expected"),
    [
        ("UPDATE ledger_period SET starts_on = starts_on + 1 WHERE number = 3", {PERIODS}),
        ("UPDATE ledger_period SET number = 4 WHERE number = 3", {PERIODS}),
        ("UPDATE ledger_books SET closed_before = NULL", {CLOSED}),
        ("UPDATE ledger_books SET closed_before = '2026-04-01T00:00:00Z'", {CLOSED}),
        ("UPDATE ledger_period_closing SET period_id = 3 WHERE period_id = 1", {CLOSED, CLOSINGS}),
        ("UPDATE ledger_period_reopening SET actor_key = '1'", {REOPENED}),
        (
            """WITH gone AS (DELETE FROM ledger_period_reopening)
               DELETE FROM ledger_reopening_request""",
            {CLOSED},
        ),
        (
            """UPDATE ledger_transaction SET recorded_at = recorded_at + interval '61 seconds'
               WHERE kind <> 'closing'""",
            {INTO},
        ),
        ("UPDATE ledger_transaction SET kind = 'payment' WHERE kind = 'closing'", {CLOSINGS}),
        (
            """UPDATE ledger_closing_journal SET transaction_id =
                   (SELECT id FROM ledger_transaction WHERE kind <> 'closing')""",
            {CLOSINGS},
        ),
    ],
)
def test_a_mutant_of_periods_is_caught(
    superuser_connection: psycopg.Connection, mutant: str, expected: set[str]
) -> None:
    superuser_connection.execute(OFF.encode())
    superuser_connection.execute("SET session_replication_role = replica")  # no foreign keys
    assert superuser_connection.execute(mutant.encode()).rowcount > 0
    superuser_connection.commit()
    assert _broken() == expected
