"""Fees: flat, a percentage, by tiers; charged once under each reference."""

from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from apps.ledger import public as ledger
from apps.ledger import rules
from apps.ledger.models import Fee, Transaction
from apps.platform.ids import new_id

from .books import ACTOR, NOW, balance, open_account, post, refused, transfer
from .fees import charge, fee_schedule, fee_terms

Tier = ledger.FeeTier


@pytest.fixture
def customer() -> ledger.AccountId:
    """A customer with 100.00 and a floor of zero."""
    bank, account_id = open_account(kind="asset"), open_account(floor=0)
    post(transfer(bank, account_id, 100_00))
    return account_id


@pytest.mark.parametrize(
    ("terms", "amount", "expected"),
    [
        (fee_terms(Tier(flat_minor=2_50)), 1, 2_50),
        (fee_terms(Tier(rate=Decimal("0.015"))), 100_00, 1_50),
        (fee_terms(Tier(flat_minor=25, rate=Decimal("0.015"))), 100_00, 1_75),
        (fee_terms(Tier(rate=Decimal("0.01"))), 50, 0),  # half a cent: to even
        (fee_terms(Tier(rate=Decimal("0.01"))), 150, 2),  # one and a half
        (fee_terms(Tier(rate=Decimal("0.01")), min_minor=30), 100, 30),
        (fee_terms(Tier(rate=Decimal("0.01")), max_minor=30), 100_00, 30),
        (fee_terms(Tier(), Tier(from_minor=50_00, flat_minor=1_00)), 49_99, 0),
        (fee_terms(Tier(), Tier(from_minor=50_00, flat_minor=1_00)), 50_00, 1_00),
        (fee_terms(Tier(from_minor=50_00, flat_minor=1_00)), 49_99, 0),
        (
            fee_terms(
                Tier(rate=Decimal("0.02")),
                Tier(from_minor=100_00, flat_minor=10, rate=Decimal("0.01")),
                tiering="marginal",
            ),
            300_00,
            2_00 + 10 + 2_00,
        ),
        (
            fee_terms(
                Tier(rate=Decimal("0.02")),
                Tier(from_minor=100_00, flat_minor=10, rate=Decimal("0.01")),
            ),
            300_00,
            10 + 3_00,
        ),
    ],
)
def test_what_a_fee_is(terms: ledger.FeeTerms, amount: int, expected: int) -> None:
    assert rules.fee(terms, amount_minor=amount) == expected


rates = st.integers(0, 10**10).map(lambda grain: Decimal(grain).scaleb(-10))
tiers = st.lists(
    st.builds(Tier, from_minor=st.integers(0, 10**6), flat_minor=st.integers(0, 500), rate=rates),
    min_size=1,
    max_size=3,
    unique_by=lambda tier: tier.from_minor,
).map(lambda found: sorted(found, key=lambda tier: tier.from_minor))


@given(tiers, st.integers(0, 10**7), st.integers(0, 10**7))
def test_a_marginal_fee_never_falls_as_the_amount_rises(
    drawn: list[Tier], one: int, other: int
) -> None:
    terms = fee_terms(*drawn, tiering="marginal")
    less, more = sorted((one, other))
    assert rules.fee(terms, amount_minor=less) <= rules.fee(terms, amount_minor=more)


@pytest.mark.django_db
def test_a_fee_is_taken_from_the_account_and_is_income(customer: ledger.AccountId) -> None:
    code = fee_schedule(Tier(flat_minor=2_50))
    done = charge(code, customer)
    assert (done.fee.minor, done.replayed) == (2_50, False)
    assert balance(customer) == 97_50
    assert ledger.account_by_code(code=code).posted_minor == 2_50
    booked = Transaction.objects.get(kind="fee")
    assert (booked.public_id, booked.fee.fee_minor) == (done.transaction_id, 2_50)


@pytest.mark.django_db
def test_a_fee_is_charged_once_under_a_reference(customer: ledger.AccountId) -> None:
    code, none = fee_schedule(Tier(flat_minor=2_50)), fee_schedule(Tier())
    first = charge(code, customer, reference="one")
    again = charge(code, customer, reference="one")
    assert (again.transaction_id, again.replayed) == (first.transaction_id, True)
    for replayed in (False, True):
        nothing = charge(none, customer, reference="two")
        assert (nothing.transaction_id, nothing.replayed) == (None, replayed)
    with refused(ledger.ReferenceReused):
        charge(code, customer, 200_00, reference="one")
    assert balance(customer) == 97_50


@pytest.mark.django_db
def test_a_replay_is_of_the_fee_that_was_charged_whatever_the_terms_say_now(
    customer: ledger.AccountId,
) -> None:
    code = fee_schedule(Tier(flat_minor=2_50))
    charge(code, customer, reference="one")
    terms = fee_terms(Tier(flat_minor=9_00), since=NOW.date() + timedelta(days=1))
    ledger.change_fee_terms(actor=ACTOR, now=NOW, code=code, terms=terms)
    assert charge(code, customer, reference="one").fee.minor == 2_50


@pytest.mark.django_db
def test_the_terms_of_the_day_count(customer: ledger.AccountId) -> None:
    code = fee_schedule(Tier(flat_minor=2_50))
    terms = fee_terms(Tier(flat_minor=1_00), since=NOW.date())
    ledger.change_fee_terms(actor=ACTOR, now=NOW, code=code, terms=terms)
    assert charge(code, customer).fee.minor == 1_00
    assert charge(code, customer, effective_at=NOW - timedelta(days=1)).fee.minor == 2_50
    for since, problem in (
        (NOW.date(), ledger.ScheduleExists),
        (NOW.date() - timedelta(days=2), ledger.TermsInUse),
    ):
        terms = fee_terms(Tier(flat_minor=7), since=since)
        with refused(problem):
            ledger.change_fee_terms(actor=ACTOR, now=NOW, code=code, terms=terms)


@pytest.mark.django_db
def test_what_cannot_be_charged_is_refused(customer: ledger.AccountId) -> None:
    code = fee_schedule(Tier(flat_minor=200_00))
    with refused(ledger.InsufficientFunds):
        charge(code, customer)
    assert Fee.objects.count() == 0
    with refused(ledger.ScheduleNotFound):
        charge("none", customer)
    with refused(ledger.ScheduleNotFound):
        charge(code, customer, effective_at=NOW.replace(year=2025))
    with refused(ledger.CurrencyMismatch):
        charge(code, customer, currency="USD")
    with refused(ledger.MalformedPosting):
        charge(code, customer, -1)
    with refused(ledger.AccountNotFound):
        charge(code, ledger.AccountId(new_id()))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "tiers"),
    [
        ({}, ()),
        ({}, (Tier(flat_minor=-1),)),
        ({}, (Tier(rate=Decimal("-0.1")),)),
        ({}, (Tier(from_minor=5), Tier(from_minor=5))),
        ({"min_minor": 5, "max_minor": 4}, (Tier(),)),
        ({"min_minor": -5}, (Tier(),)),
        ({"max_minor": -5}, (Tier(),)),
    ],
)
def test_terms_that_cannot_be_counted_by_are_refused(
    said: dict[str, int], tiers: tuple[Tier, ...]
) -> None:
    with refused(ledger.MalformedSchedule):
        fee_schedule(*tiers, **said)


FEE = """
    INSERT INTO ledger_fee (account_id, version_id, amount_minor, fee_minor, transaction_id, source,
                            reference, fingerprint, effective_at, recorded_at)
    SELECT {account}, {version}, {amount}, {fee}, {transaction}, 'raw', '{reference}', 'x',
           {effective}, now() FROM ledger_fee
"""
SOUND = {
    "account": "account_id", "version": "version_id", "amount": "0", "fee": "0",
    "transaction": "NULL", "reference": "raw", "effective": "effective_at",
}  # fmt: skip
ABROAD = "(SELECT min(id) FROM ledger_account WHERE currency = 'USD')"
MOVED = "(SELECT max(id) FROM ledger_transaction WHERE kind <> 'fee')"


def _run(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        FEE.format(**SOUND | {"fee": "1"}),  # and no transaction
        FEE.format(**SOUND | {"transaction": "transaction_id"}),
        FEE.format(**SOUND | {"fee": "fee_minor", "transaction": MOVED}),
        FEE.format(**SOUND | {"fee": "51", "transaction": MOVED}),  # beyond the most
        FEE.format(**SOUND | {"amount": "-1"}),
        FEE.format(**SOUND | {"effective": "'2025-01-01T00:00:00Z'::timestamptz"}),
        FEE.format(**SOUND | {"account": ABROAD}),
        FEE.format(**SOUND | {"reference": "one"}).replace("'raw', 'one'", "'test', 'one'"),
        """INSERT INTO ledger_fee_version (schedule_id, effective_on, tiering, recorded_at)
           SELECT schedule_id, '2026-03-31', tiering, now() FROM ledger_fee_version""",
        """INSERT INTO ledger_fee_version (schedule_id, effective_on, tiering, min_minor, max_minor,
                                           recorded_at)
           SELECT schedule_id, '2027-01-01', tiering, 2, 1, now() FROM ledger_fee_version""",
        """INSERT INTO ledger_fee_schedule (code, name, currency, income_account_id, recorded_at)
           SELECT 'other', name, 'USD', income_account_id, now() FROM ledger_fee_schedule""",
        """INSERT INTO ledger_fee_schedule (code, name, currency, income_account_id, recorded_at)
           SELECT 'other', name, currency, (SELECT min(id) FROM ledger_account), now()
           FROM ledger_fee_schedule""",
    ],
)  # fmt: skip
def test_raw_sql_charges_nothing_that_the_terms_do_not_say(
    customer: ledger.AccountId, sql: str
) -> None:
    open_account(currency="USD")
    charge(fee_schedule(Tier(flat_minor=50), max_minor=50), customer, reference="one")
    _run(FEE.format(**SOUND | {"reference": "sound"}))
    Fee.objects.filter(reference="sound").get()
    with pytest.raises(IntegrityError):
        _run(sql.replace("FROM ledger_fee\n", "FROM ledger_fee WHERE reference = 'one'\n"))


@pytest.mark.django_db(transaction=True)
def test_no_row_is_changed_or_taken_away(
    customer: ledger.AccountId,
    app_connection: psycopg.Connection,
    owner_connection: psycopg.Connection,
    superuser_connection: psycopg.Connection,
) -> None:
    charge(fee_schedule(Tier(flat_minor=50)), customer)
    superuser_connection.execute("SET session_replication_role = replica")
    superuser_connection.commit()
    for table in ("fee", "fee_schedule", "fee_version", "fee_tier"):
        for sql in ("UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"):
            said = sql.format(f"ledger_{table}").encode()
            for raw, state in (
                (app_connection, "42501"), (owner_connection, "23000"),
                (superuser_connection, "23000"),
            ):  # fmt: skip
                with pytest.raises(psycopg.Error) as refusal:
                    raw.execute(said)
                raw.rollback()
                assert refusal.value.sqlstate == state
    with pytest.raises(psycopg.Error) as refusal:
        app_connection.execute(
            """INSERT INTO ledger_fee_tier (version_id, from_minor, flat_minor, rate)
               SELECT version_id, 1, 1, 0 FROM ledger_fee_tier"""
        )
    assert refusal.value.sqlstate == "23514"  # later than its version
