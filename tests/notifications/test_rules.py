"""How a message is called and worded."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.notifications import rules
from apps.platform.money import Money

ONE, OTHER, HOLDER, SECOND = (UUID(int=number) for number in range(1, 5))


def leg(account_id: UUID, minor: int, *, holder_id: UUID | None = HOLDER) -> rules.Leg:
    return rules.Leg(account_id=account_id, holder_id=holder_id, credited=Money(minor, "EUR"))


def notice(account_id: UUID, minor: int, *, customer_id: UUID = HOLDER) -> rules.Notice:
    return rules.Notice(account_id=account_id, customer_id=customer_id, change=Money(minor, "EUR"))


def test_each_holder_is_told_of_their_own_account() -> None:
    legs = [leg(ONE, -100), leg(OTHER, 100, holder_id=SECOND)]
    assert rules.notices(legs) == [notice(ONE, -100), notice(OTHER, 100, customer_id=SECOND)]


def test_an_account_of_the_house_is_told_nothing() -> None:
    assert rules.notices([leg(ONE, -100, holder_id=None), leg(OTHER, 100)]) == [notice(OTHER, 100)]


def test_two_legs_of_one_account_are_one_notice() -> None:
    assert rules.notices([leg(ONE, 100), leg(ONE, -30)]) == [notice(ONE, 70)]


def test_legs_that_cancel_out_are_nothing_to_tell() -> None:
    assert rules.notices([leg(ONE, 100), leg(ONE, -100)]) == []


def key(**changed: object) -> str:
    cause = {
        "template": "transfer-posted",
        "transaction_id": ONE,
        "account_id": OTHER,
        "host": "bank.example",
    }
    return rules.message_key(**(cause | changed))  # type: ignore[arg-type]


def test_a_message_id_is_the_same_for_ever_for_the_same_cause() -> None:
    assert key() == "<b40f17f6d4455364882e1b1eaa71f105@bank.example>"


@pytest.mark.parametrize(
    "changed",
    [{"template": "other"}, {"transaction_id": HOLDER}, {"account_id": ONE}, {"host": "other"}],
)
def test_another_cause_has_another_message_id(changed: dict[str, object]) -> None:
    assert key(**changed) != key()


@pytest.mark.parametrize(
    ("money", "language", "text"),
    [
        (Money(1050, "EUR"), "en", "10.50 EUR"),
        (Money(1050, "EUR"), "de", "10,50 EUR"),
        (Money(123456789, "EUR"), "en", "1,234,567.89 EUR"),
        (Money(123456789, "EUR"), "de", "1.234.567,89 EUR"),
        (Money(123456789, "EUR"), "fr", "1\u202f234\u202f567,89 EUR"),
        (Money(5, "EUR"), "en", "0.05 EUR"),
        (Money(1500000, "JPY"), "de", "1.500.000 JPY"),
        (Money(1234567, "KWD"), "en", "1,234.567 KWD"),
        (Money(-1050, "EUR"), "en", "10.50 EUR"),
    ],
)
def test_an_amount_is_written_as_the_language_writes_it(
    money: Money, language: str, text: str
) -> None:
    assert rules.amount_text(money, language=language) == text


@given(st.integers(0, 2**63 - 1), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_separators_never_change_the_digits(minor: int, currency: str) -> None:
    for language in ("en", "de", "fr"):
        text = rules.amount_text(Money(minor, currency), language=language)
        assert int("".join(filter(str.isdigit, text))) == minor


def test_an_account_shows_its_last_four_characters() -> None:
    assert rules.masked_account("acct_eu_01jgfjjz00fx386mw0zxpp9dz1") == "•••• 9dz1"
