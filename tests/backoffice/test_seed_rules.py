"""The made-up company: the same every time, never below zero, and a bank that mostly agrees."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from apps.backoffice.rules import company, formats, statements, traffic
from apps.backoffice.rules.company import FULL, SMALL
from apps.backoffice.rules.dice import SEED, Dice, made_up_id

START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 90


def movements_of(size: company.Size, *, start: datetime = START) -> list[traffic.Movement]:
    dice = Dice(SEED)
    held = company.holdings(size=size, dice=dice)
    return traffic.traffic(holdings=held, start=start, days=DAYS, dice=dice)


@pytest.fixture(scope="module")
def movements() -> list[traffic.Movement]:
    return movements_of(FULL)


@pytest.fixture(scope="module")
def told(
    movements: list[traffic.Movement],
) -> tuple[list[statements.Statement], list[statements.Difference]]:
    return statements.statements(movements=movements, start=START, days=DAYS)


def test_the_dice_are_splitmix64() -> None:
    dice = Dice(0)
    assert [dice.below(1 << 64) for _ in range(2)] == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4]


def test_made_up_ids_are_uuids_of_version_7_that_sort_by_number() -> None:
    ids = [made_up_id(region="eu", kind="account", number=number) for number in range(100)]
    assert {found.version for found in ids} == {7}
    assert sorted(set(ids)) == ids


def test_two_regions_never_make_up_the_same_id() -> None:
    assert made_up_id(region="eu", kind="account", number=1) != made_up_id(
        region="us", kind="account", number=1
    )


@pytest.mark.parametrize("size", [FULL, SMALL])
def test_a_company_has_the_customers_and_accounts_asked_for(size: company.Size) -> None:
    held = company.holdings(size=size, dice=Dice(SEED))
    assert len(held) == size.accounts
    assert {holding.customer for holding in held} == set(range(size.customers))
    assert {holding.number for holding in held} == set(range(size.accounts))


def test_the_full_company_uses_all_four_currencies() -> None:
    held = company.holdings(size=FULL, dice=Dice(SEED))
    assert {holding.currency for holding in held} == set(company.CURRENCIES)


def test_ninety_days_are_more_than_twenty_thousand_movements(
    movements: list[traffic.Movement],
) -> None:
    assert len(movements) >= 20_000
    assert {movement.what for movement in movements} >= {"card", "salary", "fee", "transfer"}


def test_another_start_changes_the_dates_alone(movements: list[traffic.Movement]) -> None:
    later = movements_of(FULL, start=START + timedelta(days=5))
    assert [(m.at - timedelta(days=5), m.debit, m.credit, m.minor) for m in later] == [
        (m.at, m.debit, m.credit, m.minor) for m in movements
    ]


def test_movements_are_numbered_in_order_of_time_and_end_with_the_last_day(
    movements: list[traffic.Movement],
) -> None:
    assert [movement.number for movement in movements] == list(range(1, len(movements) + 1))
    assert all(one.at <= other.at for one, other in pairwise(movements))
    assert movements[0].at >= START
    assert movements[-1].at < START + timedelta(days=DAYS)


def test_no_customer_is_ever_below_zero(movements: list[traffic.Movement]) -> None:
    balances: Counter[str] = Counter()
    for movement in movements:
        balances[movement.debit] -= movement.minor
        balances[movement.credit] += movement.minor
        assert not movement.debit.isdigit() or balances[movement.debit] >= 0


def test_nobody_pays_in_another_currency_than_they_hold(
    movements: list[traffic.Movement],
) -> None:
    held = company.holdings(size=FULL, dice=Dice(SEED))
    currency = {str(holding.number): holding.currency for holding in held}
    for movement in movements:
        for key in (movement.debit, movement.credit):
            assert currency.get(key, key[-3:]) == movement.currency


def test_the_card_scheme_is_paid_each_morning_what_was_bought_the_day_before(
    movements: list[traffic.Movement],
) -> None:
    bought: Counter[tuple[str, date]] = Counter()
    paid: Counter[tuple[str, date]] = Counter()
    for movement in movements:
        day = movement.at.date()
        if movement.what == "card":
            bought[movement.currency, day] += movement.minor
        elif movement.what == "settlement":
            paid[movement.currency, day - timedelta(days=1)] += movement.minor
    last_day = (START + timedelta(days=DAYS - 1)).date()
    assert paid == Counter({key: sum_ for key, sum_ in bought.items() if key[1] != last_day})


def test_every_statement_continues_the_one_before(
    told: tuple[list[statements.Statement], list[statements.Difference]],
) -> None:
    for currency in company.CURRENCIES:
        mine = [statement for statement in told[0] if statement.currency == currency]
        assert [statement.number for statement in mine] == [1, 2, 3]
        for earlier, later in pairwise(mine):
            assert later.opening_minor == earlier.closing_minor
            assert later.first_day == earlier.last_day + timedelta(days=1)


def test_the_planted_differences_explain_bank_against_ledger_to_the_unit(
    movements: list[traffic.Movement],
    told: tuple[list[statements.Statement], list[statements.Difference]],
) -> None:
    found, differences = told
    closing = {statement.currency: statement.closing_minor for statement in found}
    ledger: Counter[str] = Counter()
    for movement in movements:
        ledger[movement.debit] += movement.minor
        ledger[movement.credit] -= movement.minor
    effects: Counter[str] = Counter()
    for difference in differences:
        effects[difference.currency] += difference.effect_minor
    assert closing == {
        currency: ledger[f"1010.{currency}"] + effects[currency] for currency in company.CURRENCIES
    }
    assert effects["JPY"] == 0
    assert all(effects[currency] for currency in ("EUR", "USD", "GBP"))


def test_references_fit_the_sixteen_characters_of_mt940(
    told: tuple[list[statements.Statement], list[statements.Difference]],
) -> None:
    references = [entry.reference for statement in told[0] for entry in statement.entries]
    assert max(map(len, references)) <= 16


@pytest.mark.parametrize("currency", company.CURRENCIES)
def test_the_made_up_iban_has_right_check_digits(currency: str) -> None:
    iban = statements.iban(currency=currency)
    moved = iban[4:] + iban[:4]
    assert int("".join(str(int(character, 36)) for character in moved)) % 97 == 1


def test_files_are_well_formed_text_of_their_format(
    told: tuple[list[statements.Statement], list[statements.Difference]],
) -> None:
    for statement in told[0]:
        text = formats.text_of(statement)
        if formats.file_name(statement).endswith(".xml"):
            ET.fromstring(text)  # noqa: S314 - our own text
        else:
            lines = text.split("\r\n")
            assert (lines[0][:3], lines[-2:]) == ("{1:", ["-}", ""])
            assert all("\n" not in line for line in lines)
            assert max(map(len, lines)) <= 72
