"""What the three formats say, and the ways in which banks say it."""

from datetime import date

import pytest

from apps.payments import rules
from apps.platform.money import Money

from .factories import DAY, WRITERS, Line, Spec, bai2, camt, mt940, reason

VERSIONS = [f"001.{number:02}" for number in range(1, 15)]


def only(content: bytes) -> rules.Statement:
    (statement,) = rules.examine(content).statements()
    return statement


def euros(statement: rules.Statement) -> list[int]:
    return [entry.amount.minor for entry in statement.entries]


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_says_the_same(name: str) -> None:
    statement = only(WRITERS[name](Spec()))
    assert statement.account == "DE02120300000000202051"
    assert statement.opening.amount == Money(10_000, "EUR")
    assert statement.closing.amount == Money(11_550, "EUR")
    assert euros(statement) == [2_550, -1_000]
    assert {entry.booking_day for entry in statement.entries} == {DAY}
    assert {entry.reference for entry in statement.entries} == {"REF1"}


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("currency", ["JPY", "KWD", "EUR"])
def test_amounts_have_the_decimals_of_their_currency(name: str, currency: str) -> None:
    statement = only(WRITERS[name](Spec(currency=currency)))
    assert statement.closing.amount == Money(11_550, currency)


@pytest.mark.parametrize("name", WRITERS)
def test_an_overdrawn_account_is_negative(name: str) -> None:
    spec = Spec(opening=-500, lines=[Line(minor=-250)])
    assert only(WRITERS[name](spec)).closing.amount == Money(-750, "EUR")


@pytest.mark.parametrize("name", WRITERS)
def test_several_statements_of_a_file_follow_each_other(name: str) -> None:
    first = Spec()
    found = rules.examine(WRITERS[name](first, first.next()))
    assert [statement.position for statement in found.statements()] == [1, 2]


@pytest.mark.parametrize("name", WRITERS)
def test_a_jump_between_the_statements_of_a_file_is_refused(name: str) -> None:
    first = Spec()
    jumped = Spec(number=2, identification="STMT-2", opening=first.end + 1)
    assert "is not the closing 115.50 of the account's statement before" in reason(
        WRITERS[name](first, jumped)
    )


@pytest.mark.parametrize("name", ["camt.053", "MT940"])
def test_a_missing_number_between_statements_is_refused(name: str) -> None:
    first = Spec()
    third = first.next().next()
    later = Spec(number=third.number, identification="STMT-3", opening=first.end, day=third.day)
    assert "statement number 3" in reason(WRITERS[name](first, later))


@pytest.mark.parametrize("name", WRITERS)
def test_a_wrong_sum_is_refused_with_its_difference(name: str) -> None:
    told = reason(WRITERS[name](Spec(closing=11_551)))
    assert "opening 100.00 + entries 15.50 = 115.50, but closing is 115.51" in told
    assert "difference 0.01 EUR" in told


@pytest.mark.parametrize("version", [*VERSIONS, None])
def test_camt_is_read_in_every_version_and_without_namespace(version: str | None) -> None:
    found = rules.examine(camt(Spec(), version=version))
    assert found.accepted
    assert found.format == ("camt.053" if version is None else f"camt.053.{version}")


def test_camt_entries_that_are_not_booked_never_count() -> None:
    lines = [Line(minor=100), Line(minor=7, status="PDNG"), Line(minor=9, status="INFO")]
    statement = only(camt(Spec(lines=lines)))
    assert euros(statement) == [100]
    assert statement.pending == 2


def test_camt_status_may_be_a_code_of_its_own() -> None:
    content = camt(Spec()).replace(b"<Sts>BOOK</Sts>", b"<Sts><Cd>BOOK</Cd></Sts>")
    assert rules.examine(content).accepted


def test_camt_previous_closing_stands_for_the_opening() -> None:
    assert rules.examine(camt(Spec()).replace(b"OPBD", b"PRCD")).accepted


def test_camt_pages_are_bounded_by_interim_balances() -> None:
    page = b"<StmtPgntn><PgNb>2</PgNb><LastPgInd>false</LastPgInd></StmtPgntn><Acct>"
    content = camt(Spec()).replace(b"OPBD", b"ITBD").replace(b"CLBD", b"ITBD")
    assert not rules.examine(content).accepted
    assert rules.examine(content.replace(b"<Acct>", page)).accepted


def test_camt_moments_count_on_their_day() -> None:
    content = camt(Spec()).replace(
        b"<BookgDt><Dt>2026-03-16</Dt>", b"<BookgDt><DtTm>2026-03-16T23:59:59+01:00</DtTm>"
    )
    assert only(content).entries[0].booking_day == DAY


def test_camt_in_utf_16_is_read() -> None:
    text = camt(Spec()).decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
    assert rules.examine(text.encode("utf-16")).accepted


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (camt(Spec()).replace(b"BkToCstmrStmt", b"BkToCstmrAcctRpt"), "camt.052"),
        (camt(Spec()).replace(b"BkToCstmrStmt", b"BkToCstmrDbtCdtNtfctn"), "camt.054"),
        (camt(Spec()).replace(b"<Cd>OPBD</Cd>", b"<Cd>OPAV</Cd>"), "no opening booked balance"),
        (camt(Spec()).replace(b"<IBAN>DE02120300000000202051</IBAN>", b""), "no account"),
        (camt(Spec()).replace(b"DBIT", b"SIDEWAYS"), "not CRDT or DBIT"),
        (camt(Spec()).replace(b"2026-03-16", b"2026-02-30"), "is no date"),
        (camt(Spec()).replace(b"10.00<", b"10.005<"), "entry 2, line 9: 10.005 has 3 decimals"),
        (camt(Spec()).replace(b"10.00<", b"1e3<"), "'1e3' is not a decimal number"),
        (camt(Spec()).replace(b'"EUR"', b'"EUX"'), "'EUX' is not an ISO 4217 currency"),
        (camt(Spec()).replace(b'<Amt Ccy="EUR">', b"<Amt>"), "the amount has no currency"),
        (camt(Spec()).replace(b"CLBD", b"OPBD"), "balance OPBD stands with two amounts"),
        (
            camt(Spec())
            .replace(b"CLBD", b"CLAV")
            .replace(b"BookgDt", b"A")
            .replace(b"ValDt", b"B"),
            "the entry has neither a booking nor a value day",
        ),
        (camt(Spec()).replace(b'<Amt Ccy="EUR">10.00', b'<Amt Ccy="USD">10.00'), "10.00 USD"),
    ],
)
def test_camt_that_proves_nothing_is_refused(content: bytes, told: str) -> None:
    assert told in reason(content)


def test_trailing_zeros_are_not_decimals() -> None:
    assert rules.examine(camt(Spec()).replace(b"10.00<", b"10.0000<")).accepted


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("blocks", [True, False])
def test_mt940_is_read_with_any_line_end_and_frame(newline: str, *, blocks: bool) -> None:
    found = rules.examine(mt940(Spec(), Spec().next(), newline=newline, blocks=blocks))
    assert len(found.statements()) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-1", "cp1252"])
def test_mt940_is_read_in_any_encoding_of_its_texts(encoding: str) -> None:
    text = mt940(Spec()).decode().replace("Jane", "Jürgen Müßig")
    assert rules.examine(text.encode(encoding)).accepted


@pytest.mark.parametrize(
    ("mark", "minor"), [("C", 5), ("D", -5), ("RC", -5), ("RD", 5), ("CR", 5), ("RDR", 5)]
)
def test_mt940_marks_and_reversals(mark: str, minor: int) -> None:
    content = mt940(Spec(lines=[Line(minor=5)], closing=10_000 + minor))
    assert only(content.replace(b"C0,05NTRF", f"{mark}0,05NTRF".encode())).booked_minor == minor


def test_mt940_expected_entries_never_count() -> None:
    content = mt940(Spec(lines=[Line(minor=5)], closing=10_000))
    statement = only(content.replace(b"C0,05NTRF", b"EC0,05NTRF"))
    assert (statement.entries, statement.pending) == ((), 1)


def test_mt940_closing_without_currency_is_in_that_of_the_opening() -> None:
    content = mt940(Spec()).replace(b":62F:C260316EUR", b":62F:C260316")
    assert only(content).closing.amount == Money(11_550, "EUR")


def test_mt940_intermediate_balances_bound_a_page() -> None:
    first = mt940(Spec()).replace(b":62F:", b":62M:")
    second = mt940(Spec(opening=11_550)).replace(b":60F:", b":60M:").replace(b"1/1", b"1/2")
    assert len(rules.examine(first + second).statements()) == 2


def test_mt940_thirtieth_of_february_is_the_last_of_the_month() -> None:
    content = mt940(Spec(day=date(2026, 2, 28), lines=[Line(minor=5)], closing=10_005))
    (entry,) = only(content.replace(b":61:2603160316", b":61:2602300228")).entries
    assert (entry.value_day, entry.booking_day) == (date(2026, 2, 28), date(2026, 2, 28))


def test_mt940_booking_day_is_in_the_year_nearest_the_value_day() -> None:
    content = mt940(Spec(lines=[Line(minor=5)], closing=10_005))
    (entry,) = only(content.replace(b":61:2603160316", b":61:2601021231")).entries
    assert entry.booking_day == date(2025, 12, 31)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (mt940(Spec()).replace(b":62F:", b":64:"), "no closing booked balance"),
        (mt940(Spec()).replace(b":60F:", b":34F:"), "an entry without an opening balance"),
        (mt940(Spec()).replace(b":61:260316", b":61:261316"), "the calendar has no 2026-13-16"),
        (mt940(Spec()).replace(b":61:260316", b":61:sixteenth"), "entry 1, line 5: field :61:"),
        (mt940(Spec()).replace(b"C25,50", b"C25,505"), "25.505 has 3 decimals"),
        (mt940(Spec()).replace(b"C25,50", b"C2.500,50"), "is not an amount with a decimal comma"),
        (mt940(Spec()).replace(b"C25,50", b"C25.505"), "is not an amount with a decimal comma"),
        (mt940(Spec()).replace(b":60F:C260316EUR", b":60F:C260316"), "states no currency"),
        (mt940(Spec()).replace(b":60F:C260316EUR", b":60F:C260316EUX"), "'EUX' is not an ISO"),
        (mt940(Spec()).replace(b":60F:C", b":60F:?"), "is no balance"),
        (mt940(Spec()).replace(b":25:DE02120300000000202051\n", b""), "no account"),
    ],
)
def test_mt940_that_proves_nothing_is_refused(content: bytes, told: str) -> None:
    assert told in reason(content)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (bai2(Spec()).replace(b"49,25100", b"49,25101"), "control total of the account is 25101"),
        (
            bai2(Spec()).replace(b",7/\n98", b",8/\n98"),
            "record count of the account is 8, it has 7",
        ),
        (bai2(Spec()).replace(b",1,9/", b",2,9/"), "counts 2 accounts in the group, there are 1"),
        (bai2(Spec()).replace(b",1,11/", b",3,11/"), "counts 3 groups in the file, there are 1"),
        (bai2(Spec()).replace(b",BANK,1,", b",BANK,2,"), "the group is a deletion"),
        (bai2(Spec()).replace(b"2359,EUR,2", b"2359,EUR,3"), "an interim report"),
        (bai2(Spec()).replace(b"16,195", b"16,720"), "type code '720' is neither"),
        (bai2(Spec()).replace(b"16,195,2550", b"16,195,25.50"), "'25.50' is not a whole number"),
        (bai2(Spec()).replace(b",EUR,010", b",EUX,010"), "'EUX' is not an ISO 4217 currency"),
        (bai2(Spec()).replace(b",260316,2359", b",261316,2359"), "is no day YYMMDD"),
        (bai2(Spec()).replace(b"88,015", b"88,045"), "no closing booked balance"),
        (bai2(Spec()).replace(b"\n98,", b"\n16,"), "record 16 cannot stand here"),
        (bai2(Spec()).partition(b"\n99")[0], "ends before its trailer"),
        (b"88,NOTHING TO CONTINUE/", "ends before its trailer"),
        (bai2(Spec()).replace(b"88,FOR", b"88:FOR"), "line 6: not a BAI2 record"),
    ],
)
def test_bai2_controls(content: bytes, told: str) -> None:
    assert told in reason(content)


@pytest.mark.parametrize(
    "content",
    [
        b"01,A,B,260317,0800,1,,,2/\n01,A,B,260317,0800,1,,,2/",
        b"02,US,BANK,1,260316,2359,EUR,2/",
        b"01,A,B,260317,0800,1,,,2/\n03,1,EUR/",
        b"01,A,B,260317,0800,1,,,2/\n49,0,2/",
        b"01,A,B,260317,0800,1,,,2/\n98,0,0,2/",
        b"99,0,0,2/",
        bai2(Spec()) + bai2(Spec()),
    ],
)
def test_bai2_records_stand_in_their_place(content: bytes) -> None:
    assert "cannot stand here" in reason(content)


def test_bai2_without_an_account_is_no_statement() -> None:
    assert "no account (record 03)" in reason(b"01,A,B,260317,0800,1,,,2/\n99,0,0,2/")


def test_bai2_text_records_carry_no_money() -> None:
    content = bai2(Spec(lines=[Line(minor=5)])).replace(b"16,195,5,", b"16,890,5,")
    assert "entries 0.00" in reason(content)


def test_bai2_funds_types_are_passed_over() -> None:
    plain = b"16,195,2550,V,260316,,REF1"
    for funds in (b"Z", b"", b"S,1,2,3", b"D,2,0,1,1,2", b"0"):
        content = bai2(Spec()).replace(plain, b"16,195,2550," + funds + b",REF1")
        assert only(content).entries[0].reference == "REF1"


def test_numbers_of_the_day_may_skip_a_weekend() -> None:
    friday = Spec(number=26072, day=date(2026, 3, 13), identification="A")
    monday = Spec(number=26075, day=date(2026, 3, 16), identification="B", opening=friday.end)
    assert rules.examine(mt940(friday, monday)).accepted


def test_numbers_begin_anew_with_the_year() -> None:
    old = Spec(number=250, day=date(2025, 12, 31), identification="A")
    new = Spec(number=1, day=date(2026, 1, 2), identification="B", opening=old.end)
    assert rules.examine(mt940(old, new)).accepted
