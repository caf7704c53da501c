"""Exchanges: exact rates, no money made, and a rate that cannot lie."""

from dataclasses import replace
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.ledger import public as ledger
from apps.ledger import rules
from apps.platform.ids import new_id
from apps.platform.money import Money

from .books import ACTOR, NOW, balance, open_account, post, refused, refused_raw, transfer
from .test_reversals import reversal, reverse

pytestmark = pytest.mark.django_db
RATE = "1.0842"
Books = dict[str, ledger.AccountId]


@pytest.fixture
def books() -> Books:
    """Trading accounts of four currencies; a customer with 1,000.00 EUR and a dollar account."""
    for currency in ("EUR", "USD", "JPY", "KWD"):
        open_account(kind="equity", currency=currency, code=f"fx.{currency}")
    found = {
        "bank": open_account(kind="asset"),
        "eur": open_account(floor=0),
        "usd": open_account(floor=0, currency="USD"),
        "jpy": open_account(floor=0, currency="JPY"),
        "kwd": open_account(floor=0, currency="KWD"),
        "fees": open_account(kind="income"),
        "usd fees": open_account(kind="income", currency="USD"),
    }
    post(transfer(found["bank"], found["eur"], 100_000))
    return found


def wish(
    payer: ledger.AccountId,
    receiver: ledger.AccountId,
    fixed: Money,
    rate: str | Fraction = RATE,
    **other: Any,
) -> ledger.NewExchange:
    """Return the wish to sell `fixed` at a rate; `fixes="buy"`: to buy it."""
    number = ledger.TransactionId(new_id())
    usual: dict[str, Any] = {"fixes": "sell", "reference": str(number), "rounding": "half_even"}
    usual |= other
    quote = ledger.Quote(
        rate=ledger.parse_rate(rate) if isinstance(rate, str) else rate,
        source=usual.pop("rate_source", "desk"),
        quoted_at=NOW,
        rounding=usual.pop("rounding"),
    )
    return ledger.NewExchange(
        transaction_id=number,
        from_account_id=payer,
        to_account_id=receiver,
        fixed=fixed,
        quote=quote,
        effective_at=NOW,
        source="test",
        **usual,
    )


def exchange(wanted: ledger.NewExchange) -> ledger.TransactionView:
    """Exchange, and return what was booked."""
    posted = ledger.exchange(actor=ACTOR, now=NOW, exchange=wanted)
    return ledger.transaction(transaction_id=posted.transaction_id)


def house(currency: str) -> int:
    """Return what the trading account of a currency stands at."""
    return ledger.account_by_code(code=f"fx.{currency}").posted_minor


def test_both_sides_move_and_the_rate_is_kept(books: Books) -> None:
    booked = exchange(wish(books["eur"], books["usd"], Money(10_000, "EUR")))
    assert (balance(books["eur"]), balance(books["usd"])) == (90_000, 10_842)
    assert (house("EUR"), house("USD")) == (10_000, -10_842)
    assert (booked.kind, len(booked.legs)) == ("exchange", 4)
    assert booked.conversion == ledger.ConversionView(
        sold=Money(10_000, "EUR"),
        bought=Money(10_842, "USD"),
        rate=Fraction(5421, 5000),
        fixes="sell",
        rounding="half_even",
        source="desk",
        quoted_at=NOW,
    )
    assert ledger.rate_text(booked.conversion.rate) == RATE


def test_the_other_side_may_be_the_one_that_is_known(books: Books) -> None:
    booked = exchange(wish(books["eur"], books["usd"], Money(10_842, "USD"), fixes="buy"))
    assert (balance(books["eur"]), balance(books["usd"])) == (90_000, 10_842)
    assert booked.conversion is not None
    assert booked.conversion.fixes == "buy"


@pytest.mark.parametrize(
    ("receiver", "rate", "bought"),
    [
        ("jpy", "163.27", Money(16_327, "JPY")),  # 100.00 EUR
        ("jpy", "163.275", Money(16_328, "JPY")),  # 16,327.5: to the even one
        ("kwd", "0.3321", Money(33_210, "KWD")),  # three decimals
        ("usd", "0.00005", Money(1, "USD")),  # half a cent and more: 0.5 to the even one is 0
    ],
)
def test_each_currency_has_its_own_smallest_coin(
    books: Books, receiver: str, rate: str, bought: Money
) -> None:
    if rate == "0.00005":
        with refused(ledger.MalformedExchange):
            exchange(wish(books["eur"], books[receiver], Money(10_000, "EUR"), rate))
        rate = "0.000051"
    booked = exchange(wish(books["eur"], books[receiver], Money(10_000, "EUR"), rate))
    assert booked.conversion is not None
    assert booked.conversion.bought == bought
    assert balance(books[receiver]) == bought.minor


@pytest.mark.parametrize(
    ("rounding", "bought"),
    [("half_even", 16_326), ("half_up", 16_327), ("down", 16_326), ("up", 16_327)],
)
def test_the_rounding_is_what_was_asked_for(books: Books, rounding: str, bought: int) -> None:
    wanted = wish(books["eur"], books["jpy"], Money(10_000, "EUR"), "163.265", rounding=rounding)
    exchange(wanted)
    assert balance(books["jpy"]) == bought


def test_fees_are_paid_by_the_side_that_keeps_their_currency(books: Books) -> None:
    fees = (
        ledger.Fee(books["fees"], Money(150, "EUR")),
        ledger.Fee(books["usd fees"], Money(42, "USD")),
    )
    booked = exchange(wish(books["eur"], books["usd"], Money(10_000, "EUR"), fees=fees))
    assert (balance(books["eur"]), balance(books["usd"])) == (89_850, 10_800)
    assert (balance(books["fees"]), balance(books["usd fees"])) == (150, 42)
    assert len(booked.legs) == 8
    assert booked.conversion is not None
    assert booked.conversion.sold == Money(10_000, "EUR")


def test_the_house_exchanges_its_own_money_with_the_sides_swapped(books: Books) -> None:
    usd_bank = open_account(kind="asset", currency="USD")
    exchange(wish(books["bank"], usd_bank, Money(10_000, "EUR")))
    assert (balance(books["bank"]), balance(usd_bank)) == (90_000, 10_842)
    assert (house("EUR"), house("USD")) == (-10_000, 10_842)


def test_it_is_booked_once_however_often_it_is_sent(books: Books) -> None:
    wanted = wish(books["eur"], books["usd"], Money(10_000, "EUR"), reference="r")
    first = ledger.exchange(actor=ACTOR, now=NOW, exchange=wanted)
    later = replace(wanted, transaction_id=ledger.TransactionId(new_id()))
    again = ledger.exchange(actor=ACTOR, now=NOW, exchange=later)
    assert again == ledger.Posted(first.transaction_id, replayed=True)
    assert balance(books["usd"]) == 10_842
    quotes: list[dict[str, Any]] = [
        {"rate": Fraction(10_842_000_001, 10_000_000_000)},  # comes to the same
        {"source": "another"},
        {"rounding": "up"},
    ]
    for other in quotes:
        with refused(ledger.ReferenceReused):
            changed = replace(later, quote=replace(later.quote, **other))
            ledger.exchange(actor=ACTOR, now=NOW, exchange=changed)


def test_it_writes_in_one_round_trip(books: Books) -> None:
    wanted = wish(books["eur"], books["usd"], Money(10_000, "EUR"))
    with CaptureQueriesContext(connection) as queries:
        ledger.exchange(actor=ACTOR, now=NOW, exchange=wanted)
    assert len(queries) == 3  # two to read the accounts
    with CaptureQueriesContext(connection) as queries:
        ledger.transaction(transaction_id=wanted.transaction_id)
    assert len(queries) == 2


def test_money_that_is_not_there_is_not_sold(books: Books) -> None:
    with refused(ledger.InsufficientFunds):
        exchange(wish(books["eur"], books["usd"], Money(100_001, "EUR")))
    fee = ledger.Fee(books["fees"], Money(1, "EUR"))
    with refused(ledger.InsufficientFunds):
        exchange(wish(books["eur"], books["usd"], Money(100_000, "EUR"), fees=(fee,)))
    assert (house("EUR"), house("USD")) == (0, 0)


def test_what_is_no_exchange_is_refused(books: Books) -> None:
    eur, usd, euros = books["eur"], books["usd"], Money(100, "EUR")
    other = open_account()
    trading = ledger.account_by_code(code="fx.EUR").account_id
    fee = ledger.Fee(books["fees"], Money(0, "EUR"))
    cases: list[tuple[type[Exception], ledger.NewExchange]] = [
        (ledger.MalformedExchange, wish(eur, other, euros)),
        (ledger.MalformedExchange, wish(books["bank"], usd, euros)),
        (ledger.MalformedExchange, wish(trading, usd, euros)),
        (ledger.MalformedExchange, wish(eur, usd, Money(0, "EUR"))),
        (ledger.MalformedExchange, wish(eur, usd, Money(-5, "EUR"))),
        (ledger.MalformedExchange, wish(eur, usd, Money(1, "EUR"), "0.004")),
        (ledger.MalformedExchange, wish(eur, usd, Money(10**18, "EUR"), "1000")),
        (ledger.MalformedExchange, wish(eur, usd, euros, fees=(fee,))),
        (ledger.MalformedExchange, wish(eur, usd, euros, fees=(ledger.Fee(usd, euros),))),
        (
            ledger.CurrencyMismatch,
            wish(eur, usd, euros, fees=(ledger.Fee(usd, Money(1, "JPY")),)),
        ),
        (ledger.CurrencyMismatch, wish(eur, usd, Money(100, "USD"))),
        (ledger.CurrencyMismatch, wish(eur, usd, euros, fixes="buy")),
        (ledger.MalformedRate, wish(eur, usd, euros, rate_source=" ")),
        (ledger.MalformedRate, wish(eur, usd, euros, rate_source="x" * 101)),
        (ledger.MalformedRate, wish(eur, usd, euros, Fraction(2**64 + 1, 2**64))),
        (ledger.AccountNotFound, wish(eur, ledger.AccountId(new_id()), euros)),
        (ledger.TradingAccountMissing, wish(eur, open_account(currency="CHF"), euros)),
    ]
    for problem, wanted in cases:
        with refused(problem):
            exchange(wanted)


@pytest.mark.parametrize("text", ["", "1,5", "-1", "1e3", "1.", ".5", "0", "0.000", "NaN", " 1"])
def test_a_rate_is_a_plain_number_above_zero(text: str) -> None:
    with pytest.raises(ledger.MalformedRate):
        ledger.parse_rate(text)


def test_an_exchange_is_not_posted_as_a_journal_of_that_name(books: Books) -> None:
    plain = replace(transfer(books["bank"], books["eur"], 1), kind="exchange")
    with refused(ledger.MalformedPosting):
        post(plain)
    found = ledger.post_each(actor=ACTOR, now=NOW, postings=[plain])
    assert isinstance(found[0], ledger.Refused)


def test_a_reversal_undoes_both_sides_and_the_rate_stands(books: Books) -> None:
    booked = exchange(wish(books["eur"], books["usd"], Money(10_000, "EUR")))
    done = reverse(reversal(booked.transaction_id))
    assert (balance(books["eur"]), balance(books["usd"])) == (100_000, 0)
    assert (house("EUR"), house("USD")) == (0, 0)
    undone = ledger.transaction(transaction_id=booked.transaction_id)
    assert undone.conversion == booked.conversion
    assert ledger.transaction(transaction_id=done.transaction_id).conversion is None


def test_trading_accounts_of_the_callers_own_choice(books: Books) -> None:
    desk = (open_account(kind="equity"), open_account(kind="equity", currency="USD"))
    wanted = wish(books["eur"], books["usd"], Money(10_000, "EUR"))
    ledger.exchange(actor=ACTOR, now=NOW, exchange=wanted, trading=desk)
    assert [balance(account) for account in desk] == [10_000, -10_842]
    assert house("EUR") == 0


def test_positions_are_worth_what_the_day_says(books: Books) -> None:
    exchange(wish(books["eur"], books["usd"], Money(10_000, "EUR")))
    found = ledger.fx_positions(base="EUR", rates={"USD": 1 / Fraction("1.10")})
    lines = {line.currency: (line.open_minor, line.worth_minor) for line in found.lines}
    assert lines["EUR"] == (10_000, 10_000)
    assert lines["USD"] == (-10_842, -9_856)
    assert found.gain_minor is None  # nobody said what yens and dinars are worth
    rates = {"USD": 1 / Fraction("1.10"), "JPY": Fraction(1, 160), "KWD": Fraction(3)}
    assert ledger.fx_positions(base="EUR", rates=rates).gain_minor == 10_000 - 9_856


# --- exactness

CODES = st.sampled_from(["EUR", "USD", "JPY", "KWD", "CLF"])
RATES = st.builds(Fraction, st.integers(1, 10**12), st.integers(1, 10**12))
MODES: Any = st.sampled_from(["half_even", "half_up", "down", "up"])


def _at(minor: int, sold: str, bought: str, rate: Fraction, **other: Any) -> ledger.NewExchange:
    nobody = ledger.AccountId(new_id())
    currency = bought if other.get("fixes") == "buy" else sold
    return wish(nobody, nobody, Money(minor, currency), rate, **other)


def _converted(
    wanted: ledger.NewExchange, sold: str, bought: str
) -> tuple[int, int, Fraction] | None:
    try:
        found = rules.convert(wanted, sold=sold, bought=bought)
    except (ledger.MalformedExchange, ledger.MalformedRate):
        return None
    return found.sold.minor, found.bought.minor, found.rate


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 10**12), CODES, CODES, RATES, MODES)
def test_the_side_that_follows_is_within_a_minor_unit_of_the_exact_product(
    minor: int, sold: str, bought: str, rate: Fraction, mode: Any
) -> None:
    for fixes in ("sell", "buy"):
        found = _converted(_at(minor, sold, bought, rate, rounding=mode, fixes=fixes), sold, bought)
        if found is None:
            continue
        sold_minor, bought_minor, exact = found
        off = sold_minor * exact - bought_minor if fixes == "sell" else (
            bought_minor / exact - sold_minor)  # fmt: skip
        bound = {"down": 0 <= off < 1, "up": -1 < off <= 0}
        assert bound.get(mode, abs(off) <= Fraction(1, 2))


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 10**9), CODES, CODES, RATES)
def test_selling_and_selling_back_at_the_same_rate_makes_no_money(
    minor: int, sold: str, bought: str, rate: Fraction
) -> None:
    there = _converted(_at(minor, sold, bought, rate, rounding="down"), sold, bought)
    if there is None:
        return
    back = _converted(_at(there[1], bought, sold, 1 / rate, rounding="down"), bought, sold)
    assert back is None or back[1] <= minor


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 10**9), CODES, CODES, RATES, MODES)
def test_there_and_back_differs_by_the_rounding_alone(
    minor: int, sold: str, bought: str, rate: Fraction, mode: Any
) -> None:
    there = _converted(_at(minor, sold, bought, rate, rounding=mode), sold, bought)
    back = there and _converted(_at(there[1], bought, sold, 1 / rate, rounding=mode), bought, sold)
    if there and back:
        assert abs(back[1] - minor) < 1 / there[2] + 1


@given(st.fractions(min_value=0, max_denominator=10**6), MODES)
def test_rounding_is_the_decimal_modules(value: Fraction, mode: Any) -> None:
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(value.numerator) / Decimal(value.denominator)
    known = {
        "half_even": "ROUND_HALF_EVEN", "half_up": "ROUND_HALF_UP", "down": "ROUND_DOWN",
        "up": "ROUND_UP",
    }  # fmt: skip
    with localcontext() as context:
        context.prec = 60
        assert rules.rounded(value, mode) == int(exact.quantize(Decimal(1), known[mode]))


@pytest.mark.django_db(transaction=True)
@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, 10**30), st.integers(1, 10**18), MODES)
def test_the_database_rounds_as_the_rule_does(
    superuser_connection: psycopg.Connection, value: int, by: int, mode: Any
) -> None:
    found = superuser_connection.execute(
        "SELECT ledger_rounded(%s::numeric, %s::numeric, %s)", [value, by, mode]
    ).fetchone()
    assert found == (rules.rounded(Fraction(value, by), mode),)


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (Fraction(5421, 5000), "1.0842"),
        (Fraction(163), "163"),
        (Fraction(1, 3), "0.333333333333"),
        (Fraction(2, 3), "0.666666666667"),
        (Fraction(1, 300_000), "0.00000333333333333"),
        (Fraction(1, 2**30), "0.000000000931322574615478515625"),
        (Fraction(10**15, 7), "142857142857143"),
    ],
)
def test_a_rate_is_told_as_people_read_it(rate: Fraction, text: str) -> None:
    assert ledger.rate_text(rate) == text


# --- raw SQL

DENIED, REFUSED, CHECK, FOREIGN, TWIN = "42501", "23000", "23514", "23503", "23505"
ROW = """
    INSERT INTO ledger_conversion
        (transaction_id, sold_account_id, sold_currency, sold_minor, bought_account_id,
         bought_currency, bought_minor, rate_numerator, rate_denominator, fixes, rounding,
         rate_source, quoted_at)
    SELECT {transaction}, {sold_account}, {sold_currency}, {sold}, bought_account_id,
           bought_currency, {bought}, {numerator}, {denominator}, '{fixes}', '{rounding}',
           '{source}', now()
    FROM ledger_conversion
"""
POSTED = """
    SELECT * FROM ledger_post(
        jsonb_build_array(jsonb_build_object(
            'id', gen_random_uuid(), 'kind', 'exchange', 'source', 'raw', 'reference', 'raw',
            'fingerprint', 'raw', 'effective_at', now())),
        (SELECT jsonb_agg(jsonb_build_object('n', 1, 'account', a.public_id, 'debit', e.debit,
                                             'credit', e.credit, 'currency', e.currency))
         FROM ledger_entry AS e JOIN ledger_account AS a ON a.id = e.account_id
         JOIN ledger_conversion AS c ON c.transaction_id = e.transaction_id),
        now(), 'system', 'raw', '', '', '{}');
"""
NEW = "(SELECT id FROM ledger_transaction WHERE source = 'raw')"


def _row(**other: object) -> str:
    usual: dict[str, object] = {
        "transaction": NEW, "sold_account": "sold_account_id", "sold_currency": "sold_currency",
        "sold": 10_000, "bought": 10_842, "numerator": 5421, "denominator": 5000,
        "fixes": "sell", "rounding": "half_even", "source": "raw",
    }  # fmt: skip
    return ROW.format(**(usual | other))


@pytest.fixture
def booked(books: Books) -> None:
    """One exchange of 100.00 EUR."""
    exchange(wish(books["eur"], books["usd"], Money(10_000, "EUR")))


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("booked")
@pytest.mark.parametrize(
    "sql",
    [
        _row(),
        "UPDATE ledger_conversion SET rate_numerator = 1",
        "DELETE FROM ledger_conversion",
        "TRUNCATE ledger_conversion",
        "SELECT ledger_rounded(1, 2, 'down')",
    ],
)
def test_the_app_role_is_denied(app_connection: psycopg.Connection, sql: str) -> None:
    assert refused_raw(app_connection, sql) == DENIED


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("booked")
@pytest.mark.parametrize(
    ("sql", "state"),
    [
        ("UPDATE ledger_conversion SET rate_source = rate_source", REFUSED),
        ("DELETE FROM ledger_conversion", REFUSED),
        ("TRUNCATE ledger_conversion", REFUSED),
        (_row(transaction="transaction_id"), TWIN),
        (_row(transaction="(SELECT min(id) FROM ledger_transaction)"), CHECK),  # no exchange
        (POSTED + _row(bought=10_843), CHECK),  # not the product
        (POSTED + _row(sold=20_000, bought=21_684), CHECK),  # not what moved
        (POSTED + _row(sold=5_000, bought=5_421), CHECK),
        (POSTED + _row(numerator=10_842, denominator=10_000), CHECK),  # not in lowest terms
        (POSTED + _row(numerator=0), CHECK),
        (POSTED + _row(denominator=-5000), CHECK),
        (POSTED + _row(fixes="both"), CHECK),
        (POSTED + _row(rounding="random"), CHECK),
        (POSTED + _row(source="  "), CHECK),
        (POSTED + _row(sold_currency="bought_currency"), CHECK),
        (POSTED + _row(sold_currency="'JPY'"), FOREIGN),
        (POSTED + _row(sold_account="(SELECT id FROM ledger_account WHERE code = 'fx.JPY')"),
         FOREIGN),
    ],
)  # fmt: skip
def test_the_owner_is_refused(owner_connection: psycopg.Connection, sql: str, state: str) -> None:
    assert refused_raw(owner_connection, sql) == state


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("booked")
def test_the_owner_may_write_what_is_true(owner_connection: psycopg.Connection) -> None:
    owner_connection.execute((POSTED + _row()).encode())
    owner_connection.commit()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("booked")
def test_a_superuser_in_replica_mode_is_refused_too(
    superuser_connection: psycopg.Connection,
) -> None:
    superuser_connection.execute("SET session_replication_role = replica")
    superuser_connection.commit()
    assert refused_raw(superuser_connection, "DELETE FROM ledger_conversion") == REFUSED
