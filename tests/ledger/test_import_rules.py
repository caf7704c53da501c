"""How a file reads: whatever can be written comes back as it was, and bad lines stay alone."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.ledger import rules
from apps.ledger.errors import Flawed
from apps.ledger.events import Draft, DraftLeg, Flaw
from apps.platform.ids import new_id
from apps.platform.money import MINOR_MAX, Money, decimal

MINOR = ["reference", "effective_at", "account", "currency", "debit_minor", "credit_minor"]
EXACT = [*MINOR[:4], "debit", "credit"]
names = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1, max_size=20
)
legs = st.tuples(
    names, st.sampled_from(["EUR", "JPY", "BHD"]), st.integers(1, MINOR_MAX), st.booleans()
)
postings = st.lists(
    st.tuples(
        st.datetimes(timezones=st.just(UTC), min_value=datetime(1900, 1, 1)),  # noqa: DTZ001
        st.lists(legs, min_size=1, max_size=4),
    ),
    max_size=5,
)


def _read(text: str) -> tuple[list[Draft], list[Flaw]]:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    layout = rules.layout_of(next(rows))
    flaws: list[Flaw] = []
    numbered = ((rows.line_num, cells) for cells in rows)
    return list(rules.drafts(numbered, layout=layout, note=flaws.append)), flaws


def _written(header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(lines)
    return text.getvalue()


@settings(max_examples=60)
@given(wanted=postings, exact=st.booleans())
def test_what_was_written_comes_back_to_the_minor_unit(
    wanted: list[tuple[datetime, list[tuple[str, str, int, bool]]]], exact: bool
) -> None:
    lines = []
    for number, (moment, posting) in enumerate(wanted):
        for account, currency, minor, on_debit in posting:
            said = decimal(Money(minor, currency)) if exact else str(minor)
            sides = [said, ""] if on_debit else ["", said]
            lines.append([f"r{number}", moment.isoformat(), account, currency, *sides])
    found, flaws = _read(_written(EXACT if exact else MINOR, lines))
    assert flaws == []
    assert [draft.effective_at for draft in found] == [moment for moment, _ in wanted]
    assert [
        [(leg.account, leg.currency, leg.debit, leg.credit) for leg in draft.legs]
        for draft in found
    ] == [
        [
            (account, currency, minor * on_debit, minor * (not on_debit))
            for account, currency, minor, on_debit in posting
        ]
        for _, posting in wanted
    ]


def test_a_bad_line_makes_its_own_posting_bad_and_no_other() -> None:
    at = "2026-03-31T10:00:00Z"
    lines = [
        ["a", at, "x", "EUR", "1", ""], ["a", at, "y", "EUR", "", "1"],
        ["b", at, "x", "EUR", "1.5", ""], ["b", at, "y", "EUR", "", "1"],
        ["c", at, "x", "EUR", "1", ""], ["c", at, "y", "EUR", "", "1"],
    ]  # fmt: skip
    found, flaws = _read(_written(MINOR, lines))
    assert [(draft.reference, draft.whole) for draft in found] == [
        ("a", True), ("b", False), ("c", True),
    ]  # fmt: skip
    assert [(flaw.line, flaw.code) for flaw in flaws] == [(4, "not-an-integer")]


def test_an_opening_balance_names_both_accounts_and_no_side_yet() -> None:
    header = ["account", "currency", "balance", "as_of", "counter_account"]
    ((found,), flaws) = _read(_written(header, [["x", "JPY", "-12", "2026-03-30", "y"]]))
    assert flaws == []
    assert found.legs == (
        DraftLeg(2, "x", "JPY", 0, 0, raises=-12), DraftLeg(2, "y", "JPY", 0, 0),
    )  # fmt: skip
    assert found.effective_at == datetime(2026, 3, 30, 23, 59, 59, 999999, tzinfo=UTC)


@pytest.mark.parametrize("header", [MINOR, EXACT])
def test_a_header_says_how_amounts_are_written(header: list[str]) -> None:
    assert rules.layout_of(header).exact is (header is EXACT)


def test_a_header_of_both_is_refused() -> None:
    with pytest.raises(Flawed):
        rules.layout_of([*MINOR, "debit", "credit"])


@given(
    changes=st.lists(st.integers(-50, 50).filter(bool), max_size=12),
    floor=st.none() | st.integers(-20, 0),
    ceiling=st.none() | st.integers(0, 60),
    held=st.integers(0, 10),
)
def test_an_account_refuses_what_would_leave_its_bounds_and_never_what_brings_it_back(
    changes: list[int], floor: int | None, ceiling: int | None, held: int
) -> None:
    account = rules.Standing(
        account_id=new_id(), kind="liability", currency="EUR", status="open", floor_minor=floor,
        ceiling_minor=ceiling, held_minor=held, posted_minor=0,
    )  # fmt: skip
    balance = 0
    for change in changes:
        balance += change
        too_low = change < 0 and floor is not None and balance - held < floor
        too_high = change > 0 and ceiling is not None and balance > ceiling
        expected = "insufficient-funds" if too_low else "above-ceiling" if too_high else ""
        assert account.move(change) == expected
