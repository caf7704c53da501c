"""Who can be a customer, and how little of a name is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts import rules
from apps.accounts.errors import InvalidCustomer, UnknownProduct

GOOD = {"name": "Zyxw Vutsrq", "email": "zyxw@example.com", "language": "de"}


def test_an_ordinary_person_can_be_a_customer() -> None:
    rules.check_customer(**GOOD)


@pytest.mark.parametrize(
    "bad",
    [
        {"name": ""},
        {"name": "   "},
        {"name": "x" * 201},
        {"name": "Zyxw\r\nBcc: other@example.com"},
        {"name": "Zyxw\u2028Vutsrq"},
        {"email": ""},
        {"email": "zyxw"},
        {"email": "zyxw@example"},
        {"email": "zyxw@example.com\n"},
        {"email": "zyxw@example.com, other@example.com"},
        {"email": "Zyxw <zyxw@example.com>"},
        {"email": "a" * 250 + "@example.com"},
        {"language": "xx"},
        {"language": ""},
    ],
)
def test_what_would_break_a_mail_or_a_table_is_refused_and_not_repeated(
    bad: dict[str, str],
) -> None:
    with pytest.raises(InvalidCustomer) as caught:
        rules.check_customer(**{**GOOD, **bad})
    [value] = bad.values()
    assert len(value.strip()) < 3 or value not in caught.value.detail


@given(st.text(min_size=1, max_size=60))
def test_a_masked_name_shows_initials_and_no_length(name: str) -> None:
    masked = rules.masked(name)
    words = name.split()
    assert masked == " ".join(f"{word[0]}••••" for word in words)


def test_every_product_has_a_name_and_others_are_refused() -> None:
    assert [rules.product_name(product) for product in rules.PRODUCTS] == [
        "Current account",
        "Savings account",
    ]
    with pytest.raises(UnknownProduct):
        rules.product_name("mortgage")
