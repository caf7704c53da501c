"""The invariants of accounts and the books as a whole, against mutants."""

from datetime import timedelta

import psycopg
import pytest

from apps.ledger import public as ledger

from .books import ACTOR, NOW, hold, open_account, post, transfer
from .test_verify import KEPT, damage

pytestmark = pytest.mark.django_db(transaction=True)

TREE = "the tree of accounts has no circle"
SLOTS = "each slot is of a hot account, of its type and currency"
FLOOR = "no account is below its floor"
BEYOND = "no entry took its account beyond the bounds of its time"
SHAPES = "each account is of a type, currency, status and mode that there is"
PARENTS = "each parent is of the type of what stands below it, and no slot"
CEILING = "no account is above its ceiling"
CLOSED = "a closed account is empty, with nothing held on it"
BOUNDS = "the bounds of an account are the latest that were set"
BOOKS = "there is one set of books"
# Accounts by id, in a database of its own: 1 and 2 are banks, 3 is a customer, 4 is closed.
SLOT = """
    UPDATE ledger_account SET mode = 'slots', floor_minor = NULL WHERE id = 1;
    UPDATE ledger_account SET slot_of_id = 1, slot = 0 WHERE id = 2
"""
BOUND = """
    ALTER TABLE ledger_account_bound DISABLE TRIGGER ALL;
    INSERT INTO ledger_account_bound
        (account_id, floor_minor, ceiling_minor, effective_at, recorded_at)
    VALUES (3, 0, 900, '2026-03-31', '2026-03-31'),
           (3, 5, 950, '2026-03-31', '2026-03-31'),
           (3, 7, NULL, '2999-01-01', '2026-03-31');
    UPDATE ledger_account SET floor_minor = 5, ceiling_minor = 950, bounds_due_at = '2999-01-01'
    WHERE id = 3
"""


def _then(*statements: str) -> str:
    return "; ".join(statements)


@pytest.fixture(autouse=True)
def chart() -> None:
    """A bank account, a second one like it, a customer's with money and a hold, a closed one."""
    bank, _, customer = (
        open_account(kind="asset"),
        open_account(kind="asset"),
        open_account(floor=0),
    )
    post(transfer(bank, customer, 100))
    hold(customer, 10)
    ledger.set_status(actor=ACTOR, now=NOW, account_id=open_account(), status="closed")


def _broken() -> set[str]:
    return {finding.invariant for finding in ledger.verify() if finding.offenders}


@pytest.mark.parametrize("sound", [SLOT, BOUND, "UPDATE ledger_account SET ceiling_minor = 100"])
def test_what_may_be_so_offends_nothing(
    superuser_connection: psycopg.Connection, sound: str
) -> None:
    damage(superuser_connection, sound)
    assert _broken() == set()


@pytest.mark.parametrize(
    ("mutant", "expected"),
    [
        ("UPDATE ledger_account SET parent_id = id WHERE id = 1", {TREE}),
        (
            """UPDATE ledger_account SET parent_id =
                CASE id WHEN 1 THEN 2 ELSE 1 END WHERE id <= 2""",
            {TREE},
        ),
        (_then(SLOT, "UPDATE ledger_account SET mode = 'plain' WHERE id = 1"), {SLOTS}),
        (_then(SLOT, "UPDATE ledger_account SET kind = 'expense' WHERE id = 2"), {SLOTS}),
        (_then(SLOT, "UPDATE ledger_account SET currency = 'USD' WHERE id = 2"), {SLOTS}),
        (_then(SLOT, "UPDATE ledger_account SET slot_of_id = 2, slot = 1 WHERE id = 1"),
         {SLOTS}),
        ("UPDATE ledger_account SET kind = 'reserve' WHERE id = 2", {SHAPES}),
        ("UPDATE ledger_account SET status = 'asleep' WHERE id = 2", {SHAPES}),
        ("UPDATE ledger_account SET mode = 'shards' WHERE id = 2", {SHAPES}),
        ("UPDATE ledger_account SET currency = 'eur' WHERE id = 2", {SHAPES}),
        ("UPDATE ledger_account SET floor_minor = 8, ceiling_minor = 7 WHERE id = 2",
         {SHAPES, FLOOR}),
        ("UPDATE ledger_account SET mode = 'slots' WHERE id = 3", {SHAPES}),
        ("UPDATE ledger_account SET parent_id = 1 WHERE id = 3", {PARENTS}),
        (_then(SLOT, "UPDATE ledger_account SET parent_id = 2 WHERE id = 1"), {PARENTS}),
        ("UPDATE ledger_account SET floor_minor = 101 WHERE id = 3", {FLOOR}),
        (_then(BOUND, "UPDATE ledger_account_bound SET ceiling_minor = 99 WHERE ceiling_minor > 0",
               "UPDATE ledger_account SET ceiling_minor = 99 WHERE id = 3"), {BEYOND}),
        ("UPDATE ledger_account SET ceiling_minor = 99", {CEILING, BEYOND}),
        (
            "UPDATE ledger_account SET status = 'closed' WHERE id = 1",
            {CLOSED},
        ),
        (
            """UPDATE ledger_hold SET account_id = (SELECT max(id) FROM ledger_account);
                UPDATE ledger_hold_open SET account_id = (SELECT max(id) FROM ledger_account)""",
            {CLOSED, KEPT},
        ),
        (_then(BOUND, "UPDATE ledger_account SET ceiling_minor = 900 WHERE id = 3"), {BOUNDS}),
        (_then(BOUND, "UPDATE ledger_account SET bounds_due_at = '2998-01-01' WHERE id = 3"),
         {BOUNDS}),
        (
            """ALTER TABLE ledger_books DISABLE TRIGGER books_guard;
               DELETE FROM ledger_books""",
            {BOOKS},
        ),
    ],
)  # fmt: skip
def test_a_mutant_is_caught(
    superuser_connection: psycopg.Connection, mutant: str, expected: set[str]
) -> None:
    damage(superuser_connection, mutant)
    assert _broken() == expected


def test_bounds_that_leave_an_account_outside_are_no_lie() -> None:
    """A floor may rise above what is there: it stops what lowers the account, no more."""
    customer = next(line for line in ledger.accounts() if line.floor_minor == 0)
    bank = next(line for line in ledger.accounts() if line.kind == "asset" and line.version)
    post(transfer(customer.account_id, bank.account_id, 30))
    at = NOW + timedelta(hours=1)
    for floor, ceiling in ((200, None), (-500, 20)):
        ledger.set_bounds(
            actor=ACTOR, now=at, account_id=customer.account_id,
            bounds=ledger.Bounds(floor_minor=floor, ceiling_minor=ceiling, effective_at=at),
        )  # fmt: skip
        assert _broken() == set()
        at += timedelta(hours=1)
