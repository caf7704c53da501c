"""Each invariant of limits: sound ones have no offender, and a mutant is named."""

import psycopg
import pytest

from apps.ledger import public as ledger

from .books import open_account, post, transfer
from .limits import limit
from .test_reversals import reversal, reverse
from .test_verify import OFF

pytestmark = pytest.mark.django_db(transaction=True)
COUNTERS = "each counter of a limit is the sum of what it counts"
MARKED = "an account with limits is held to them"
SAID = "each limit says how much it allows"


@pytest.fixture(autouse=True)
def limited() -> None:
    """Limits of every scope, used before and after they were set, and given back in part."""
    bank, customer, shop = open_account(kind="asset"), open_account(), open_account()
    post(transfer(bank, customer, 1_000), transfer(customer, shop, 10))
    limit(customer, 500, days=3)
    limit(customer, 500, scope="each")
    limit(customer, 5, scope="one", counterparty_id=shop, measure="count")
    limit(customer, 500, direction="in", period="month")
    one = transfer(customer, shop, 20)
    post(one, transfer(customer, bank, 30))
    parts = (ledger.Part(customer, 3, 5), ledger.Part(shop, 2, 5))
    reverse(reversal(one.transaction_id, *parts))


def _findings() -> dict[str, ledger.Finding]:
    return {finding.invariant: finding for finding in ledger.verify()}


def test_sound_limits_have_no_offender_and_each_invariant_looked_at_rows() -> None:
    findings = _findings()
    assert [one for one in findings.values() if one.offenders] == []
    looked_at = {name: findings[name].looked_at for name in (COUNTERS, MARKED, SAID)}
    assert looked_at == {COUNTERS: 5, MARKED: 4, SAID: 4}


@pytest.mark.parametrize(
    ("mutant", "expected"),
    [
        ("UPDATE ledger_limit_use SET used = used + 1", COUNTERS),
        ("UPDATE ledger_limit_use SET day = day - 1", COUNTERS),
        ("DELETE FROM ledger_limit_use", COUNTERS),
        (
            """INSERT INTO ledger_limit_use (limit_id, counterparty_id, day, used)
               SELECT id, account_id, '2026-03-30', 1 FROM ledger_limit""",
            COUNTERS,
        ),
        ("UPDATE ledger_limit SET counted_from = '2026-04-01'", COUNTERS),
        ("UPDATE ledger_limit SET direction = 'in' WHERE days = 3", COUNTERS),
        ("UPDATE ledger_account SET limited = false WHERE limited", MARKED),
        ("DELETE FROM ledger_limit_version", SAID),
    ],
)
def test_a_mutant_is_caught(
    superuser_connection: psycopg.Connection, mutant: str, expected: str
) -> None:
    superuser_connection.execute(OFF)
    assert superuser_connection.execute(mutant.encode()).rowcount > 0
    superuser_connection.commit()
    broken = {name for name, finding in _findings().items() if finding.offenders}
    assert broken == {expected}
