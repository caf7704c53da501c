"""Metadata: what callers keep with a booking."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.ledger import public as ledger
from apps.ledger import rules
from apps.ledger.models import Transaction

from .books import ACTOR, NOW, Pair, acct, balance, open_account, post, refused, transfer
from .conftest import Caller

FULL: rules.Metadata = {
    "order": "A-17",
    "attempt": 2,
    "test": False,
    "note": None,
    "long": "\u00e9" * 500,
}
WRONG: list[Any] = [
    {"": 1},
    {"Order": 1},
    {"a" * 41: 1},
    {"a b": 1},
    {str(number): number for number in range(21)},
    {"a": "x" * 501},
    {"a": 1.5},
    {"a": [1]},
    {"a": {"b": 1}},
    {"a": 2**63},
    {"a": "nul \0"},
    {"a": "half of a pair \ud800"},
    {str(number): "\u20ac" * 500 for number in range(3)},
    ["a"],
    "a",
    7,
]


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_no_small_flat_object_is_refused(wrong: Any) -> None:
    with pytest.raises(ledger.MalformedMetadata):
        rules.check_metadata(wrong)


@pytest.mark.django_db
def test_it_is_kept_as_it_was_given() -> None:
    posting = transfer(open_account(kind="asset"), open_account(), 1)
    post(replace(posting, metadata=FULL))
    assert ledger.transaction(transaction_id=posting.transaction_id).metadata == FULL


@pytest.mark.django_db
def test_a_posting_without_any_keeps_none() -> None:
    plain, empty = (transfer(open_account(kind="asset"), open_account(), 1) for _ in range(2))
    post(plain, replace(empty, metadata={}))
    assert ledger.transaction(transaction_id=plain.transaction_id).metadata == {}
    assert Transaction.objects.filter(metadata__isnull=True).count() == 2


@pytest.mark.django_db
def test_a_repeat_with_other_metadata_is_another_posting() -> None:
    bank, customer = open_account(kind="asset"), open_account()
    one = transfer(bank, customer, 5, reference="r")
    post(replace(one, metadata={"order": 1}))
    assert post(replace(one, metadata={"order": 1}))[0].replayed
    for other in ({"order": 2}, {"order": True}, {"order": "1"}, None):
        with refused(ledger.ReferenceReused):
            post(replace(one, metadata=other))
    assert balance(customer) == 5


@pytest.mark.django_db
def test_one_line_of_a_batch_is_refused_for_its_metadata_alone() -> None:
    bank, customer = open_account(kind="asset"), open_account()
    good, bad = transfer(bank, customer, 5), replace(transfer(bank, customer, 5), metadata=WRONG[0])
    found = ledger.post_each(actor=ACTOR, now=NOW, postings=[good, bad])
    assert isinstance(found[0], ledger.Posted)
    assert found[1] == ledger.Refused(
        "ledger/malformed-metadata", "a key is 1 to 40 of a-z, 0-9, point, dash and underscore"
    )


def test_a_posting_that_says_nothing_new_keeps_the_fingerprint_it_always_had() -> None:
    posting = ledger.Posting(
        transaction_id=ledger.TransactionId(UUID(int=3)),
        legs=(
            ledger.Leg(ledger.AccountId(UUID(int=1)), debit=5),
            ledger.Leg(ledger.AccountId(UUID(int=2)), credit=5),
        ),
        currency="EUR",
        effective_at=NOW,
        source="s",
        reference="r",
    )
    known = "c008f4b69c02cc1959d8161d806d9387fa10351c61f1f49e7e6ee8e46634dd4f"
    assert known.startswith(rules.fingerprint(posting))  # the beginning is what is compared
    assert rules.fingerprint(replace(posting, metadata={})) == rules.fingerprint(posting)


plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63) + 1, 2**63 - 1),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60),
)


@pytest.mark.django_db
@settings(max_examples=15, deadline=None)
@given(st.dictionaries(st.from_regex(r"\A[a-z0-9_.-]{1,40}\Z"), plain, max_size=8))
def test_whatever_the_rule_lets_pass_the_database_keeps(said: dict[str, Any]) -> None:
    posting = replace(transfer(open_account(kind="asset"), open_account(), 1), metadata=said)
    post(posting)
    assert ledger.transaction(transaction_id=posting.transaction_id).metadata == said


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("said", ["[1]", '"x"', '{"a": "' + "x" * 5000 + '"}'])
def test_the_owner_keeps_nothing_else_either(
    owner_connection: psycopg.Connection, said: str
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        owner_connection.execute(
            "INSERT INTO ledger_transaction (public_id, kind, source, reference, fingerprint,"
            " effective_at, recorded_at, metadata)"
            " VALUES (gen_random_uuid(), 'x', 'x', 'x', 'x', now(), now(), %s)",
            [said],
        )


# --- the API


@pytest.mark.django_db(transaction=True)
def test_a_client_finds_again_what_it_kept(caller: Caller, pair: Pair) -> None:
    client, said = caller("ledger:write", "ledger:read"), {"order": "A-17", "attempt": 2}
    body = {
        "debit_account_id": acct(pair[1]),
        "credit_account_id": acct(pair[0]),
        "amount": {"amount": 5, "currency": "EUR"},
        "metadata": said,
    }
    posted = client.post(
        "/v1/ledger/transfers", body, content_type="application/json",
        headers={"Idempotency-Key": "k"},
    )  # fmt: skip
    assert (posted.status_code, posted.json()["metadata"]) == (201, said)
    read = client.get(f"/v1/ledger/transfers/{posted.json()['id']}").json()
    assert (read["metadata"], read["chain_id"], read["conversion"]) == (said, None, None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("wrong", [*WRONG[:10], "\\ud800", None])
def test_what_may_not_be_kept_is_told_where(caller: Caller, pair: Pair, wrong: Any) -> None:
    leg = {"account_id": acct(pair[0]), "amount": {"amount": 5, "currency": "EUR"}}
    body = {"legs": [leg | {"side": "debit"}, leg | {"side": "credit"}], "metadata": wrong}
    answer = caller("ledger:write").post(
        "/v1/ledger/journals", body, content_type="application/json",
        headers={"Idempotency-Key": "k"},
    )  # fmt: skip
    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/metadata"]
