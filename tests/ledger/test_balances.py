"""What was held and available in the past, and the balance of an account that many write to."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.ledger import public as ledger
from apps.ledger.models import Account
from apps.platform.ids import new_id

from .books import ACTOR, NOW, capture, extend, hold, open_account, post, transfer, void

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def held(
    account_id: ledger.AccountId,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
) -> int:
    """Return what was held then."""
    return ledger.balance_at(account_id=account_id, as_of=as_of, known_at=known_at).held_minor


@pytest.fixture
def pair() -> tuple[ledger.AccountId, ledger.AccountId]:
    """A bank's account, and a customer's with 1,000 on it."""
    bank, customer = open_account(kind="asset"), open_account(floor=-100)
    post(transfer(bank, customer, 1000))
    return bank, customer


Pair = tuple[ledger.AccountId, ledger.AccountId]


def test_the_past_says_what_was_held_pending_and_available(pair: Pair) -> None:
    hold(pair[1], 300, now=NOW)
    void(hold(pair[1], 50, now=NOW + DAY), now=NOW + 2 * DAY)
    for moment, kept in ((NOW - DAY, 0), (NOW, 300), (NOW + DAY, 350), (NOW + 2 * DAY, 300)):
        found = ledger.balance_at(account_id=pair[1], known_at=moment)
        posted = 1000 if moment >= NOW else 0
        assert (found.held_minor, found.pending_minor) == (kept, posted - kept)
        assert found.available_minor == posted - kept + 100
        assert held(pair[1], as_of=moment) == kept


def test_a_capture_frees_what_it_took_when_it_was_known_or_when_it_counts(pair: Pair) -> None:
    one = hold(pair[1], 300)
    capture(one, pair[0], 100, now=NOW + 2 * DAY)  # counts from NOW on
    assert held(pair[1], known_at=NOW + DAY) == 300
    assert held(pair[1], known_at=NOW + 2 * DAY) == 200
    assert held(pair[1], as_of=NOW + DAY) == 200
    assert held(pair[1], as_of=NOW + DAY, known_at=NOW + DAY) == 300
    now = ledger.balance_at(account_id=pair[1], as_of=NOW + DAY)
    assert (now.posted_minor, now.pending_minor) == (900, 700)


def test_a_final_capture_frees_the_rest(pair: Pair) -> None:
    capture(hold(pair[1], 300), pair[0], 100, final=True, now=NOW + DAY)
    assert held(pair[1], known_at=NOW) == 300
    assert held(pair[1], known_at=NOW + DAY) == 0
    assert held(pair[1], as_of=NOW) == 200  # what it took counts from NOW on


def test_a_hold_counted_until_its_end_however_late_that_was_written_down(pair: Pair) -> None:
    hold(pair[1], 300, expires_at=NOW + DAY)
    later = NOW + 5 * DAY
    ledger.expire_holds(actor=ACTOR, now=later)
    assert held(pair[1], known_at=NOW + DAY - timedelta(seconds=1)) == 300
    assert held(pair[1], known_at=NOW + DAY) == 0
    assert held(pair[1], as_of=NOW + DAY) == 0


def test_an_extension_counts_from_when_it_was_known(pair: Pair) -> None:
    one = hold(pair[1], 300, expires_at=NOW + 2 * DAY)
    extend(one, NOW + 9 * DAY, now=NOW + DAY)
    assert held(pair[1], known_at=NOW + 5 * DAY) == 300
    assert held(pair[1], as_of=NOW + 5 * DAY, known_at=NOW) == 0  # believed to have ended by then
    assert held(pair[1], as_of=NOW + 5 * DAY, known_at=NOW + DAY) == 300


acts = st.lists(
    st.tuples(st.sampled_from(["hold", "capture", "void", "extend"]), st.integers(1, 40)),
    max_size=10,
)


@settings(max_examples=15, deadline=None)
@given(acts)
def test_what_is_held_now_is_what_the_past_says_of_now(drawn: list[tuple[str, int]]) -> None:
    bank, customer = open_account(kind="asset"), open_account(floor=0)
    post(transfer(bank, customer, 10_000))
    open_holds: list[ledger.HoldId] = []
    seen: list[tuple[datetime, int]] = []
    for turn, (act, minor) in enumerate(drawn):
        now = NOW + turn * timedelta(hours=1)
        if act == "hold" or not open_holds:
            open_holds.append(hold(customer, minor + 40, now=now))
        elif act == "capture":
            capture(open_holds[0], bank, minor, final=True, now=now)
            open_holds.pop(0)
        elif act == "void":
            void(open_holds.pop(0), reference=str(new_id()), now=now)
        else:
            extend(open_holds[0], NOW + (8 + turn) * DAY, reference=str(new_id()), now=now)
        seen.append((now, ledger.balance(account_id=customer, at=now).held_minor))
    for moment, kept in seen:
        assert held(customer, known_at=moment) == kept


# --- the floor in force


def test_available_counts_the_floor_that_was_in_force() -> None:
    bank, customer = open_account(kind="asset"), open_account(floor=0)
    post(transfer(bank, customer, 1000))
    for floor, effective, recorded in (
        (-100, NOW + DAY, NOW),
        (-300, NOW + 3 * DAY, NOW),
        (-200, NOW + 3 * DAY, NOW + 2 * DAY),  # the later row of a moment counts
    ):
        bounds = ledger.Bounds(floor_minor=floor, ceiling_minor=5000, effective_at=effective)
        ledger.set_bounds(actor=ACTOR, now=recorded, account_id=customer, bounds=bounds)

    def available(as_of: datetime, known_at: datetime | None = None) -> int | None:
        found = ledger.balance_at(account_id=customer, as_of=as_of, known_at=known_at)
        return found.available_minor

    assert available(NOW) == 1000
    assert available(NOW + DAY) == 1100
    assert available(NOW + 4 * DAY) == 1200
    assert available(NOW + 4 * DAY, NOW + DAY) == 1300
    assert ledger.balance(account_id=customer, at=NOW + 2 * DAY).available_minor == 1100
    due = ledger.balance(account_id=customer, at=NOW + 3 * DAY)  # no booking has moved it on
    assert due.available_minor == 1200


# --- an account that many write to


def hot_account(*, mode: ledger.AccountMode = "slots") -> ledger.AccountId:
    """Open an account that many write to."""
    account_id = ledger.AccountId(new_id())
    ledger.open_account(
        actor=ACTOR,
        now=NOW,
        account=ledger.NewAccount(
            account_id=account_id,
            code=str(account_id),
            name="fees",
            kind="income",
            currency="EUR",
            mode=mode,
        ),
    )
    return account_id


@pytest.mark.parametrize("mode", ["slots", "deferred"])
def test_the_balance_of_an_account_is_that_of_its_slots_together(mode: ledger.AccountMode) -> None:
    bank, hot = open_account(kind="asset"), hot_account(mode=mode)
    post(*(transfer(bank, hot, 10 + turn) for turn in range(6)))
    with CaptureQueriesContext(connection) as queries:
        found = ledger.balance(account_id=hot, at=NOW)
        past = ledger.balance_at(account_id=hot, as_of=NOW)
    assert (found.posted_minor, found.version, found.available_minor) == (75, 6, None)
    assert (past.posted_minor, past.version, past.available_minor) == (75, 6, None)
    assert len(queries) == 2
    assert ledger.balance_at(account_id=hot, as_of=NOW - DAY).posted_minor == 0
    used = Account.objects.filter(slot_of__public_id=hot, version__gt=0)
    assert used.count() > 1


def test_folding_moves_no_balance() -> None:
    bank, hot = open_account(kind="asset"), hot_account(mode="deferred")
    post(*(transfer(bank, hot, 10 + turn) for turn in range(6)))
    ledger.fold(actor=ACTOR, now=NOW + DAY)
    for found in (
        ledger.balance(account_id=hot, at=NOW + DAY),
        ledger.balance_at(account_id=hot, as_of=NOW + DAY),
        ledger.balance_at(account_id=hot, known_at=NOW),
    ):
        assert found.posted_minor == 75
