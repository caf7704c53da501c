"""The pure rules of the ledger."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.ledger import public as ledger
from apps.ledger import rules
from apps.platform.ids import new_id

from .books import NOW, transfer

ONE, OTHER, THIRD = (ledger.AccountId(new_id()) for _ in range(3))
GOOD = transfer(ONE, OTHER, 1050)


def test_a_good_posting_passes() -> None:
    rules.check_posting(GOOD, now=NOW)


@pytest.mark.parametrize(
    ("posting", "problem"),
    [
        (replace(GOOD, effective_at=NOW + timedelta(seconds=1)), ledger.EffectiveInFuture),
        (replace(GOOD, currency="XXX"), ledger.CurrencyMismatch),
        (replace(GOOD, source=""), ledger.MalformedPosting),
        (replace(GOOD, reference=""), ledger.MalformedPosting),
        (replace(GOOD, legs=()), ledger.MalformedPosting),
        (replace(GOOD, legs=(ledger.Leg(ONE, debit=5),)), ledger.MalformedPosting),
        (replace(GOOD, legs=(ledger.Leg(ONE), ledger.Leg(OTHER))), ledger.MalformedPosting),
        (transfer(ONE, OTHER, -5), ledger.MalformedPosting),
        (transfer(ONE, OTHER, 2**63), ledger.MalformedPosting),
        (transfer(ONE, ONE, 5), ledger.SameAccount),
        (
            replace(GOOD, legs=(ledger.Leg(ONE, debit=5, credit=5), ledger.Leg(OTHER, debit=5))),
            ledger.MalformedPosting,
        ),
        (
            replace(GOOD, legs=(ledger.Leg(ONE, debit=5), ledger.Leg(OTHER, credit=4))),
            ledger.Unbalanced,
        ),
    ],
)
def test_a_bad_posting_is_refused(posting: ledger.Posting, problem: type[Exception]) -> None:
    with pytest.raises(problem):
        rules.check_posting(posting, now=NOW)


@pytest.mark.parametrize("size", [0, 1001])
def test_a_batch_is_bounded(size: int) -> None:
    with pytest.raises(ledger.MalformedPosting):
        rules.check_batch(size)


@given(st.permutations(range(3)))
def test_the_order_of_the_legs_does_not_change_what_is_said(order: list[int]) -> None:
    legs = (ledger.Leg(ONE, debit=3), ledger.Leg(OTHER, credit=2), ledger.Leg(THIRD, credit=1))
    straight = replace(GOOD, legs=legs)
    shuffled = replace(GOOD, legs=tuple(legs[place] for place in order))
    assert rules.fingerprint(straight) == rules.fingerprint(shuffled)


@pytest.mark.parametrize(
    "other",
    [
        transfer(ONE, OTHER, 1051),
        transfer(OTHER, ONE, 1050),
        transfer(ONE, THIRD, 1050),
        replace(GOOD, currency="USD"),
        replace(GOOD, kind="statement"),
    ],
)
def test_another_posting_says_something_else(other: ledger.Posting) -> None:
    assert rules.fingerprint(other) != rules.fingerprint(GOOD)


kinds = st.sampled_from(["asset", "liability", "equity", "income", "expense"])


@given(kinds, st.integers(-(10**12), 10**12))
def test_a_balance_stands_in_one_column(kind: ledger.AccountKind, posted: int) -> None:
    debit, credit = rules.in_columns(kind=kind, posted_minor=posted)
    assert min(debit, credit) == 0
    assert rules.on_normal_side(kind=kind, debit=debit, credit=credit) == posted
