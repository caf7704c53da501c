"""The verifier against mutants of exchanges and chains."""

import psycopg
import pytest

from apps.ledger import public as ledger
from apps.platform.money import Money

from .books import Pair, new_hold, open_account, transfer
from .test_chains import (
    capture_chain,
    hold_chain,
    new_chain,
    post_chain,
    reverse_chain,
    void_chain,
)
from .test_exchanges import Books, books, exchange, wish
from .test_verify import CAPTURES, ENDS, OFF, REVERSALS

__all__ = ["books"]  # the fixture
pytestmark = pytest.mark.django_db(transaction=True)
EXCHANGED = "each conversion is what its transaction exchanged"
RATE = "each conversion keeps to its rate"
SAID = "each exchange says at what rate"
MEMBERS = "what is of a chain has its chain"
TOGETHER = "a chain is reversed with all that it booked, or not at all"
ENDED = "a chain that was voided booked nothing, and one that was reversed something"
WHOLE = "what a chain holds is captured whole, and free when it has ended"


def _broken() -> set[str]:
    return {finding.invariant for finding in ledger.verify() if finding.offenders}


def _damage(raw: psycopg.Connection, mutant: str) -> None:
    raw.execute(OFF)
    assert raw.execute(mutant.encode()).rowcount > 0
    raw.commit()


@pytest.fixture
def exchanged(books: Books) -> None:
    """Two exchanges, one by each side, one of them rounded."""
    exchange(wish(books["eur"], books["usd"], Money(10_001, "EUR")))
    exchange(wish(books["eur"], books["jpy"], Money(16_001, "JPY"), "163.27", fixes="buy"))


@pytest.mark.usefixtures("exchanged")
def test_sound_exchanges_have_no_offender_and_were_looked_at() -> None:
    looked_at = {finding.invariant: finding.looked_at for finding in ledger.verify()}
    assert _broken() == set()
    assert (looked_at[EXCHANGED], looked_at[RATE], looked_at[SAID]) == (2, 2, 2)


@pytest.mark.usefixtures("exchanged")
@pytest.mark.parametrize(
    ("mutant", "expected"),
    [
        ("UPDATE ledger_conversion SET bought_minor = bought_minor + 1", {EXCHANGED, RATE}),
        ("UPDATE ledger_conversion SET sold_minor = sold_minor + 1", {EXCHANGED, RATE}),
        ("UPDATE ledger_conversion SET rate_numerator = rate_numerator + 1", {RATE}),
        ("UPDATE ledger_conversion SET rate_denominator = rate_denominator - 1", {RATE}),
        ("UPDATE ledger_conversion SET rounding = 'up' WHERE fixes = 'sell'", {RATE}),
        ("UPDATE ledger_conversion SET sold_account_id = bought_account_id", {EXCHANGED}),
        (
            """UPDATE ledger_conversion AS c SET transaction_id = (
                   SELECT min(id) FROM ledger_transaction WHERE kind <> 'exchange')
               WHERE fixes = 'sell'""",
            {EXCHANGED, SAID},
        ),
        ("DELETE FROM ledger_conversion WHERE fixes = 'sell'", {SAID}),
        ("UPDATE ledger_transaction SET kind = 'x' WHERE kind = 'exchange'", {EXCHANGED}),
    ],
)
def test_a_mutant_of_an_exchange_is_caught(
    superuser_connection: psycopg.Connection, mutant: str, expected: set[str]
) -> None:
    _damage(superuser_connection, mutant)
    assert _broken() == expected


@pytest.fixture
def chained(pair: Pair) -> None:
    """A chain that is open, with a booking and a hold; one captured; one voided; one reversed."""
    bank, customer = pair
    still, captured, voided, undone = (new_chain() for _ in range(4))
    post_chain(still, transfer(customer, bank, 1))
    hold_chain(still, new_hold(customer, 2))
    (held,) = hold_chain(captured, new_hold(customer, 3))
    capture_chain(captured, bank, held.hold_id)
    hold_chain(voided, new_hold(customer, 4))
    void_chain(voided)
    post_chain(undone, transfer(customer, bank, 5), transfer(customer, open_account(), 6))
    hold_chain(undone, new_hold(customer, 7))
    reverse_chain(undone)


@pytest.mark.usefixtures("chained")
def test_sound_chains_have_no_offender_and_were_looked_at() -> None:
    looked_at = {finding.invariant: finding.looked_at for finding in ledger.verify()}
    assert _broken() == set()
    names = (MEMBERS, TOGETHER, ENDED, WHOLE)
    assert [looked_at[name] for name in names] == [8, 4, 2, 4]


@pytest.mark.usefixtures("chained")
@pytest.mark.parametrize(
    ("mutant", "expected"),
    [
        ("UPDATE ledger_hold SET chain_id = gen_random_uuid() WHERE amount_minor = 4", {MEMBERS}),
        (
            """UPDATE ledger_transaction SET chain_id = gen_random_uuid()
               WHERE chain_id IS NOT NULL AND kind = 'capture'""",
            {MEMBERS},
        ),
        ("DELETE FROM ledger_chain_end WHERE outcome = 'reversed'", {TOGETHER}),
        (
            """WITH part AS (DELETE FROM ledger_reversal_part WHERE amount_minor = 5
                            RETURNING reversal_id)
               DELETE FROM ledger_reversal WHERE id IN (SELECT reversal_id FROM part)""",
            {TOGETHER},
        ),
        (
            """UPDATE ledger_reversal SET whole = false
               WHERE id = (SELECT min(id) FROM ledger_reversal)""",
            {TOGETHER},
        ),
        ("UPDATE ledger_chain_end SET outcome = 'reversed' WHERE outcome = 'voided'", {ENDED}),
        (
            "UPDATE ledger_chain_end SET outcome = 'voided' WHERE outcome = 'reversed'",
            {ENDED, TOGETHER},
        ),
        (
            """INSERT INTO ledger_chain_end
               SELECT c.id, 'voided', now() FROM ledger_chain AS c JOIN ledger_hold AS h
                   ON h.chain_id = c.id WHERE h.amount_minor = 2""",
            {ENDED},
        ),
        (
            "UPDATE ledger_hold_capture SET amount_minor = 2",
            {WHOLE, CAPTURES, ENDS},
        ),
    ],
)
def test_a_mutant_of_a_chain_is_caught(
    superuser_connection: psycopg.Connection, mutant: str, expected: set[str]
) -> None:
    _damage(superuser_connection, mutant)
    assert _broken() - {REVERSALS} == expected


@pytest.mark.usefixtures("chained")
def test_a_hold_that_outlives_its_chain_is_caught(
    superuser_connection: psycopg.Connection,
) -> None:
    _damage(
        superuser_connection,
        """WITH ended AS (DELETE FROM ledger_hold_end WHERE outcome = 'voided' RETURNING *)
           INSERT INTO ledger_hold_open (hold_id, account_id, left_minor, expires_at)
           SELECT h.id, h.account_id, h.amount_minor, '2999-01-01' FROM ledger_hold AS h
           JOIN ended ON ended.hold_id = h.id""",
    )
    assert WHOLE in _broken()
