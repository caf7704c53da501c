"""Journals of many legs and currencies, and batches whose postings stand each on its own."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from apps.ledger import public as ledger
from apps.ledger import rules
from apps.platform.audit.models import Event as AuditEvent
from apps.platform.ids import new_id

from .books import ACTOR, NOW, balance, hold, open_account, post, refused, transfer

pytestmark = pytest.mark.django_db


def _journal(*legs: ledger.Leg, reference: str | None = None) -> ledger.Posting:
    return ledger.Posting(
        transaction_id=ledger.TransactionId(new_id()),
        legs=legs,
        effective_at=NOW,
        source="test",
        reference=reference or str(new_id()),
        kind="journal",
    )


def _exchange(minor: int = 100, yen: int = 16_000) -> ledger.Posting:
    """A customer's euros for yen, through a trading account in each currency."""
    euros, euro_trading = open_account(), open_account(kind="equity")
    yens, yen_trading = (
        open_account(currency="JPY"),
        open_account(kind="equity", currency="JPY"),
    )
    return _journal(
        ledger.Leg(euros, debit=minor, currency="EUR"),
        ledger.Leg(euro_trading, credit=minor, currency="EUR"),
        ledger.Leg(yen_trading, debit=yen, currency="JPY"),
        ledger.Leg(yens, credit=yen, currency="JPY"),
    )


def test_a_journal_of_two_currencies_balances_in_each() -> None:
    posting = _exchange()
    post(posting)
    assert [balance(leg.account_id) for leg in posting.legs] == [-100, 100, -16_000, 16_000]
    assert [finding for finding in ledger.verify() if finding.offenders] == []


def test_a_journal_that_balances_only_over_both_currencies_is_refused() -> None:
    good = _exchange(minor=100, yen=100)
    first, *rest = good.legs
    for legs in ((replace(first, debit=99), *rest), good.legs[:3], (good.legs[0], good.legs[3])):
        with refused(ledger.Unbalanced):
            post(replace(good, legs=legs))


def test_a_leg_says_the_currency_of_its_account_or_is_refused() -> None:
    posting = _exchange()
    as_dollars = tuple(replace(leg, currency="USD") for leg in posting.legs[:2])
    with refused(ledger.CurrencyMismatch):
        post(replace(posting, legs=as_dollars))
    with refused(ledger.CurrencyMismatch):
        post(replace(posting, legs=tuple(replace(leg, currency="") for leg in posting.legs[:2])))


def test_a_leg_without_a_currency_has_its_postings() -> None:
    posting = _exchange()
    silent = tuple(replace(leg, currency="") for leg in posting.legs[:2])
    post(replace(posting, legs=(*silent, *posting.legs[2:]), currency="EUR"))
    assert balance(posting.legs[0].account_id) == -100


def test_a_journal_of_hundreds_of_legs_is_one_round_trip() -> None:
    pool, accounts = open_account(kind="asset"), [open_account() for _ in range(20)]
    parts = [ledger.Leg(accounts[n % 20], credit=n + 1, currency="EUR") for n in range(300)]
    total = sum(leg.credit for leg in parts)
    posting = _journal(ledger.Leg(pool, debit=total, currency="EUR"), *parts)
    with CaptureQueriesContext(connection) as queries:
        post(posting)
    assert len(queries) == 1
    assert balance(pool) == total
    assert ledger.account(account_id=accounts[0]).version == 15


def test_a_repeat_of_a_journal_books_nothing_and_another_currency_is_another_journal() -> None:
    posting = replace(_exchange(), reference="r")
    post(posting)
    shuffled = replace(
        posting, transaction_id=ledger.TransactionId(new_id()), legs=posting.legs[::-1]
    )
    assert post(shuffled) == [ledger.Posted(posting.transaction_id, replayed=True)]
    other = tuple(replace(leg, currency="EUR") for leg in posting.legs)
    assert rules.fingerprint(replace(posting, legs=other)) != rules.fingerprint(posting)


ACCOUNTS = [ledger.AccountId(new_id()) for _ in range(4)]
legs = st.lists(
    st.tuples(
        st.sampled_from(ACCOUNTS), st.integers(1, 9), st.booleans(), st.sampled_from(["EUR", "JPY"])
    ),
    min_size=2,
    max_size=6,
)


@given(legs)
def test_a_journal_passes_the_rule_exactly_when_each_currency_sums_to_zero(
    drawn: list[tuple[ledger.AccountId, int, bool, str]],
) -> None:
    posting = _journal(
        *(
            ledger.Leg(account, debit=minor, currency=currency)
            if is_debit
            else ledger.Leg(account, credit=minor, currency=currency)
            for account, minor, is_debit, currency in drawn
        )
    )
    sums = [
        sum(minor if is_debit else -minor for _, minor, is_debit, code in drawn if code == currency)
        for currency in ("EUR", "JPY")
    ]
    try:
        rules.check_posting(posting, now=NOW)
    except ledger.Unbalanced:
        assert sums != [0, 0]
    except ledger.SameAccount:
        assert len(drawn) == 2
    else:
        assert sums == [0, 0]


# --- each on its own


def _each(*postings: ledger.Posting) -> list[str]:
    found = ledger.post_each(actor=ACTOR, now=NOW, postings=postings)
    return [
        one.code.removeprefix("ledger/")
        if isinstance(one, ledger.Refused)
        else "replayed"
        if one.replayed
        else "posted"
        for one in found
    ]


def test_each_posting_of_a_batch_has_a_result_and_a_refusal_leaves_the_others() -> None:
    bank, customer, yen = (
        open_account(kind="asset"),
        open_account(floor=0),
        open_account(currency="JPY"),
    )
    frozen = open_account()
    ledger.set_status(actor=ACTOR, now=NOW, account_id=frozen, status="frozen")
    found = _each(
        transfer(bank, customer, 100, reference="first"),
        transfer(customer, bank, 101),
        transfer(bank, ledger.AccountId(new_id()), 1),
        transfer(bank, customer, 0),
        replace(transfer(bank, customer, 1), effective_at=NOW + timedelta(1)),
        transfer(bank, yen, 1),
        transfer(bank, frozen, 1),
        transfer(bank, customer, 100, reference="first"),
        transfer(bank, customer, 99, reference="first"),
        transfer(customer, bank, 100),
        transfer(customer, bank, 1),
    )
    assert found == [
        "posted",
        "insufficient-funds",
        "account-not-found",
        "malformed-posting",
        "effective-in-future",
        "currency-mismatch",
        "account-frozen",
        "replayed",
        "reference-reused",
        "posted",
        "insufficient-funds",
    ]
    assert (balance(bank), balance(customer)) == (0, 0)
    assert AuditEvent.objects.filter(action="ledger.transaction.post").count() == 2


def test_each_counts_what_is_held() -> None:
    bank, customer = open_account(kind="asset"), open_account(floor=0)
    post(transfer(bank, customer, 100))
    hold(customer, 60)
    assert _each(transfer(customer, bank, 41), transfer(customer, bank, 40)) == [
        "insufficient-funds",
        "posted",
    ]


def test_a_batch_of_which_nothing_is_sound_asks_the_database_nothing() -> None:
    bank, customer = open_account(kind="asset"), open_account()
    with CaptureQueriesContext(connection) as queries:
        assert _each(transfer(bank, customer, 0)) == ["malformed-posting"]
    assert len(queries) == 0
    with refused(ledger.MalformedPosting):
        _each()


@given(data=st.data())
def test_each_is_what_one_after_the_other_would_be(data: st.DataObject) -> None:
    bank, customer = open_account(kind="asset"), open_account(floor=0)
    moves = data.draw(st.lists(st.integers(-30, 30).filter(bool), min_size=1, max_size=12))
    left, expected = 0, []
    for minor in moves:
        expected.append("posted" if left + minor >= 0 else "insufficient-funds")
        left += minor if left + minor >= 0 else 0
    postings = [
        transfer(bank, customer, minor) if minor > 0 else transfer(customer, bank, -minor)
        for minor in moves
    ]
    with CaptureQueriesContext(connection) as queries:
        assert _each(*postings) == expected
    assert len(queries) == 1
    assert balance(customer) == left
