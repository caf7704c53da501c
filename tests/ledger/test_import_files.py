"""What people and programs put into files: each flaw is found, with its line and a code."""

import struct
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.ledger.models import Transaction
from apps.platform.money import MINOR_MAX

from .loads import AT, HEADER, Loader, booked, open_coded, pair

pytestmark = pytest.mark.django_db
BALANCES: Final = "account,currency,balance_minor,as_of,counter_account"
SOUND: Final = "\n".join([HEADER, *pair("r", "bank", "customer"), ""])


@pytest.fixture(autouse=True)
def chart() -> None:
    """A bank, a customer, and an account in yen."""
    open_coded("bank", kind="asset")
    open_coded("customer")
    open_coded("yen", kind="asset", currency="JPY")


# --- the file as a whole


@pytest.mark.parametrize(
    "content",
    [
        SOUND,
        "\ufeff" + SOUND,
        SOUND.replace("\n", "\r\n"),
        "\ufeff" + SOUND.replace("\n", "\r\n"),
        SOUND.replace("\n", "\r"),
        SOUND.rstrip("\n"),
        SOUND + "\n\n",
        SOUND.replace("bank", '"bank"'),
        SOUND.replace(HEADER, ",".join(f'"{name}"' for name in HEADER.split(","))),
    ],
    ids=["plain", "mark", "crlf", "mark-crlf", "cr", "no-end", "blank-lines", "quoted", "names"],
)
def test_what_spreadsheets_do_to_a_file_changes_nothing(loader: Loader, content: str) -> None:
    assert loader.flaws(loader.file(content)) == []


def test_columns_may_stand_in_any_order(loader: Loader) -> None:
    path = loader.lines(
        f"EUR,,5,bank,r,{AT}", f"EUR,5,,customer,r,{AT}",
        header="currency,credit_minor,debit_minor,account,reference,effective_at",
    )  # fmt: skip
    assert loader.flaws(path) == []


@pytest.mark.parametrize(
    ("content", "flaws"),
    [
        ("", [(1, "empty-file")]),
        ("\n\n", [(1, "empty-file")]),
        (HEADER + "\n", [(1, "empty-file")]),
        (SOUND.replace("debit_minor,", ""), [(1, "amount-columns")]),
        (SOUND.replace("debit_minor", "debit"), [(1, "amount-columns")]),
        (SOUND.replace("currency", "ccy"), [(1, "column-missing")]),
        (SOUND.replace("currency", "account"), [(1, "column-twice")]),
        (SOUND.replace(HEADER, HEADER + ",note"), [(1, "column-unknown")]),
        (SOUND.replace(",", ";"), [(1, "column-missing")]),
        (SOUND.replace(",", "\t"), [(1, "column-missing")]),
        ("\n".join(pair("r", "bank", "customer")), [(1, "column-missing")]),
        (SOUND.encode("utf-16"), [(1, "not-utf-8")]),
        (SOUND.replace("bank", "bänk").encode("latin-1"), [(1, "not-utf-8")]),
        (SOUND + 'r2,"unfinished', [(4, "malformed-csv")]),
        (SOUND + 'r2,"a"b,bank,EUR,1,\n', [(4, "malformed-csv")]),
        (SOUND + "x" * 140_000, [(4, "malformed-csv")]),
        (b"PAR1" + b"\0" * 60, [(1, "not-parquet")]),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    loader: Loader, content: str | bytes, flaws: list[tuple[int, str]]
) -> None:
    assert loader.flaws(loader.file(content)) == flaws


def test_a_file_that_is_not_there_is_refused(loader: Loader) -> None:
    said = loader.run(loader.folder / "nothing.csv")
    assert (said.code, said.out) == (
        2,
        "ledger/import-refused: cannot be read: No such file or directory",
    )


def test_a_folder_is_refused(loader: Loader) -> None:
    assert loader.run(loader.folder).code == 2


def test_flaws_are_listed_up_to_a_limit_and_counted_beyond_it(loader: Loader) -> None:
    path = loader.lines(*(f"r{number},x,bank,EUR,1," for number in range(200)))
    said = loader.run(path, "--check", "--limit", "3").out.splitlines()
    assert said[3] == "… and 197 more"
    assert said[4].endswith("200 flaws: nothing is booked")


# --- one line


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (f"r,{AT},bank,EUR,100", "wrong-columns"),
        (f"r,{AT},bank,EUR,100,,", "wrong-columns"),
        (f",{AT},bank,EUR,100,", "empty"),
        (f"r,{AT},,EUR,100,", "empty"),
        (f"{'r' * 256},{AT},bank,EUR,100,", "too-long"),
        (f"r,{AT},{'b' * 65},EUR,100,", "too-long"),
        (f'"r\ns",{AT},bank,EUR,100,', "control-character"),
        (f"r\0,{AT},bank,EUR,100,", "control-character"),
        (f"r\x1b[2J,{AT},bank,EUR,100,", "control-character"),
        (f" r,{AT},bank,EUR,100,", "space-around"),
        (f"r\u00a0,{AT},bank,EUR,100,", "space-around"),
        (f"r,{AT},bank,EUR,0,", "one-side"),
        (f"r,{AT},bank,EUR,,", "one-side"),
        (f"r,{AT},bank,EUR,1,1", "one-side"),
        (f"r,{AT},bank,EUR,-1,", "one-side"),
        (f"r,{AT},bank,EUR,-1,1", "one-side"),
        (f"r,{AT},bank,EUR,1.00,", "not-an-integer"),
        (f"r,{AT},bank,EUR,1e3,", "not-an-integer"),
        (f"r,{AT},bank,EUR,+1,", "not-an-integer"),
        (f"r,{AT},bank,EUR,0x10,", "not-an-integer"),
        (f"r,{AT},bank,EUR,1_000,", "not-an-integer"),
        (f'r,{AT},bank,EUR,"1,000",', "not-an-integer"),
        (f"r,{AT},bank,EUR, 1,", "not-an-integer"),
        (f"r,{AT},bank,EUR,nan,", "not-an-integer"),
        (f"r,{AT},bank,EUR,\u0661\u0662,", "not-an-integer"),
        (f"r,{AT},bank,EUR,\uff11,", "not-an-integer"),
        (f"r,{AT},bank,EUR,\u00b2,", "not-an-integer"),
        (f"r,{AT},bank,EUR,=1+1,", "not-an-integer"),
        (f"r,{AT},bank,EUR,{MINOR_MAX + 1},", "out-of-range"),
        (f"r,{AT},bank,EUR,{'9' * 5000},", "out-of-range"),
        (f"r,{AT},bank,eur,100,", "unknown-currency"),
        (f"r,{AT},bank,XXX,100,", "unknown-currency"),
        (f"r,{AT},bank,,100,", "unknown-currency"),
        ("r,2026-03-31T10:00:00,bank,EUR,100,", "time-without-zone"),
        ("r,2026-03-31 10:00,bank,EUR,100,", "time-without-zone"),
        ("r,2026-03-31,bank,EUR,100,", "malformed-time"),
        ("r,31.03.2026,bank,EUR,100,", "malformed-time"),
        ("r,2026-02-30T10:00:00Z,bank,EUR,100,", "malformed-time"),
        ("r,2026-03-31T10:00:00+99:00,bank,EUR,100,", "malformed-time"),
        ("r,0001-01-01T00:00:00+14:00,bank,EUR,100,", "malformed-time"),
        ("r,2026-03-31T10:00:00.1234567Z,bank,EUR,100,", "malformed-time"),
        ("r,1774951200,bank,EUR,100,", "malformed-time"),
        ("r,\u0662026-03-31T10:00:00Z,bank,EUR,100,", "malformed-time"),
        ("r,,bank,EUR,100,", "malformed-time"),
    ],
)
def test_a_line_that_cannot_be_meant_is_found(loader: Loader, line: str, code: str) -> None:
    path = loader.lines(*pair("before", "bank", "customer"), line)
    assert loader.flaws(path) == [(4, code)]


@pytest.mark.parametrize(
    ("lines", "flaws"),
    [
        ([f"r,{AT},bank,EUR,1,"], [(2, "malformed-posting")]),
        ([f"r,{AT},bank,EUR,1,", f"r,{AT},bank,EUR,,1"], [(2, "same-account")]),
        ([f"r,{AT},bank,EUR,2,", f"r,{AT},customer,EUR,,1"], [(2, "unbalanced")]),
        ([f"r,{AT},bank,EUR,1,", f"r,{AT},yen,JPY,,1"], [(2, "unbalanced")]),
        ([f"r,{AT},bank,EUR,1,", f"r,{AT},yen,EUR,,1"], [(2, "currency-mismatch")]),
        ([f"r,{AT},bank,EUR,1,", f"r,{AT},nobody,EUR,,1"], [(2, "account-not-found")]),
        (
            [f"r,{AT},acct_us_{'0' * 26},EUR,1,", f"r,{AT},customer,EUR,,1"],
            [(2, "account-not-found")],
        ),
        (
            [f"r,{AT},bank,EUR,1,", "r,2026-03-31T10:00:01Z,customer,EUR,,1"],
            [(3, "lines-disagree")],
        ),
        (list(pair("r", "bank", "customer", at="2999-01-01T00:00:00Z")),
         [(2, "effective-in-future")]),
        (
            [*pair("r", "bank", "customer"), *pair("s", "bank", "customer"),
             *pair("r", "bank", "customer", 7)],
            [(6, "reference-again")],
        ),
        (
            [*pair("r", "bank", "customer", MINOR_MAX), *pair("s", "bank", "customer", 1)],
            [(4, "balance-overflow")],
        ),
        (
            [line for _ in range(501) for line in pair("r", "bank", "customer")],
            [(2, "too-many-legs")],
        ),
    ],
)  # fmt: skip
def test_a_posting_that_the_ledger_would_refuse_is_found(
    loader: Loader, lines: list[str], flaws: list[tuple[int, str]]
) -> None:
    assert loader.flaws(loader.lines(*lines)) == flaws


def test_a_reference_that_comes_again_a_thousand_postings_later_is_found(loader: Loader) -> None:
    lines = [line for number in range(1500) for line in pair(f"r{number}", "bank", "customer")]
    path = loader.lines(*lines, *pair("r3", "bank", "customer"))
    assert loader.flaws(path) == [(3002, "reference-again")]


def test_a_line_is_counted_where_it_begins(loader: Loader) -> None:
    path = loader.lines(*pair("r", "bank", "customer"), f'"a\nb\nc",{AT},bank,EUR,1,', "x")
    assert loader.flaws(path) == [(4, "control-character"), (7, "wrong-columns")]


def test_times_of_other_zones_are_the_same_moment(loader: Loader) -> None:
    path = loader.lines(
        "r,2026-03-31T12:00:00+02:00,bank,EUR,1,", "r,2026-03-31T12:00:00+02:00,customer,EUR,,1"
    )
    assert loader.flaws(path) == []


def test_text_that_looks_like_a_formula_is_kept_as_it_is(loader: Loader) -> None:
    assert loader.flaws(loader.lines(*pair("=1+1", "bank", "customer"))) == []


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("10.505", "too-many-decimals"),
        ("1e2", "malformed-amount"),
        ("1,5", "malformed-amount"),
        ("NaN", "malformed-amount"),
        ("Infinity", "malformed-amount"),
        ("-1.00", "one-side"),
        (".5", "malformed-amount"),
        ("9" * 31, "malformed-amount"),
        ("92233720368547758.08", "malformed-amount"),
    ],
)
def test_a_decimal_that_is_no_amount_is_found(loader: Loader, amount: str, code: str) -> None:
    header = "reference,effective_at,account,currency,debit,credit"
    assert loader.flaws(loader.lines(f'r,{AT},bank,EUR,"{amount}",', header=header))[0] == (2, code)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("transfer", "kind-reserved"),
        ("reversal", "kind-reserved"),
        ("capture", "kind-reserved"),
        ("Salary", "malformed-kind"),
        ("a" * 21, "malformed-kind"),
    ],
)
def test_a_kind_that_the_ledger_gives_itself_is_found(loader: Loader, kind: str, code: str) -> None:
    path = loader.lines(f"r,{AT},bank,EUR,1,,{kind}", header=HEADER + ",kind")
    assert loader.flaws(path)[0] == (2, code)


@pytest.mark.parametrize(
    ("metadata", "code"),
    [
        ("[1]", "malformed-metadata"),
        ("7", "malformed-metadata"),
        ("{", "malformed-metadata"),
        ('{"a": NaN}', "malformed-metadata"),
        ('{"a": 1e999}', "malformed-metadata"),
        ('{"a":' + "[" * 3000 + "]" * 900 + "}", "malformed-metadata"),
        ('{"a": "' + "x" * 4000 + '"}', "too-long"),
        (r'{"a": "\u0000"}', "control-character"),
        (r'{"a": "\ud800"}', "control-character"),
    ],
)
def test_metadata_that_cannot_be_kept_is_found(loader: Loader, metadata: str, code: str) -> None:
    quoted = '"' + metadata.replace('"', '""') + '"'
    path = loader.lines(f"r,{AT},bank,EUR,1,,{quoted}", header=HEADER + ",metadata")
    assert loader.flaws(path)[0] == (2, code)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("bank,EUR,,2026-03-30,customer", "not-an-integer"),
        ("bank,EUR,1.5,2026-03-30,customer", "not-an-integer"),
        ("bank,EUR,1,2026-02-30,customer", "malformed-time"),
        ("bank,EUR,1,2026-03-30T10:00:00,customer", "time-without-zone"),
        ("bank,EUR,1,2999-01-01,customer", "effective-in-future"),
        ("bank,EUR,1,2026-03-30,", "empty"),
        ("bank,EUR,1,2026-03-30,bank", "same-account"),
        ("bank,EUR,1,2026-03-30,yen", "currency-mismatch"),
        ("nobody,EUR,1,2026-03-30,bank", "account-not-found"),
        ("bank,EUR,1", "wrong-columns"),
    ],
)
def test_an_opening_balance_that_cannot_be_meant_is_found(
    loader: Loader, line: str, code: str
) -> None:
    assert loader.flaws(loader.lines(line, header=BALANCES)) == [(2, code)]


def test_a_balance_given_twice_is_found(loader: Loader) -> None:
    path = loader.lines(*["bank,EUR,1,2026-03-30,customer"] * 2, header=BALANCES)
    assert loader.flaws(path) == [(3, "reference-again")]


@settings(
    max_examples=40, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(content=st.one_of(st.binary(max_size=300), st.text(max_size=300).map(
    lambda text: (HEADER + "\n" + text).encode("utf-8", "surrogatepass"))))  # fmt: skip
def test_no_file_whatever_it_holds_breaks_the_check(loader: Loader, content: bytes) -> None:
    assert loader.flaws(loader.file(content)) != []


# --- Parquet

Columns = dict[str, Any]


def _columns(**other: Any) -> Columns:
    moment = datetime(2026, 3, 31, 10, tzinfo=UTC)
    return {
        "reference": pa.array(["r", "r"]),
        "effective_at": pa.array([moment] * 2, pa.timestamp("us", "UTC")),
        "account": pa.array(["bank", "customer"]),
        "currency": pa.array(["EUR", "EUR"]),
        "debit_minor": pa.array([100, None], pa.int64()),
        "credit_minor": pa.array([None, 100], pa.int64()),
    } | other


def _exact(debit: Any, credit: Any) -> Columns:
    columns = _columns(debit=debit, credit=credit)
    return {name: columns[name] for name in columns if not name.endswith("_minor")}


def _parquet(loader: Loader, columns: Columns) -> Any:
    path = loader.folder / "load.bin"
    pq.write_table(pa.table(columns), path)
    return path


@pytest.mark.parametrize(
    "columns",
    [
        _columns(),
        _columns(debit_minor=pa.array([100, 0], pa.int32())),
        _columns(credit_minor=pa.array([0, 100], pa.uint64())),
        _columns(debit_minor=pa.array([Decimal(100), None], pa.decimal128(38, 0))),
        _columns(effective_at=pa.array([1774951200000] * 2, pa.timestamp("ms", "Europe/Berlin"))),
        _columns(effective_at=pa.array([1774951200 * 10**9] * 2, pa.timestamp("ns", "UTC"))),
        _columns(effective_at=pa.array([AT, AT])),
        _columns(account=pa.array(["bank", "customer"]).dictionary_encode()),
        _columns(reference=pa.array(["r", "r"], pa.large_string())),
        _exact(pa.array([Decimal("1.50"), None], pa.decimal128(12, 2)),
               pa.array([None, Decimal("1.5")], pa.decimal256(50, 4))),
        _exact(pa.array(["1.50", None]), pa.array([None, "1.5"])),
    ],
)  # fmt: skip
def test_exact_types_of_parquet_are_taken(loader: Loader, columns: Columns) -> None:
    assert loader.flaws(_parquet(loader, columns)) == []


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        (_columns(debit_minor=pa.array([100.0, None])), "wrong-type"),
        (_columns(debit_minor=pa.array([True, None])), "wrong-type"),
        (_columns(debit_minor=pa.array([Decimal(1), None], pa.decimal128(12, 2))), "wrong-type"),
        (_exact(pa.array([1.5, None]), pa.array([None, 1.5])), "wrong-type"),
        (_exact(pa.array([150, None]), pa.array([None, 150])), "wrong-type"),
        (_columns(reference=pa.array([1, 1])), "wrong-type"),
        (_columns(reference=pa.array([b"r", b"r"])), "wrong-type"),
        (_columns(account=pa.array([["bank"], ["customer"]])), "wrong-type"),
        (_columns(effective_at=pa.array([date(2026, 3, 31)] * 2)), "malformed-time"),
        (_columns(effective_at=pa.array([datetime(2026, 3, 31, 10)] * 2)), "time-without-zone"),  # noqa: DTZ001
        (_columns(effective_at=pa.array([1774951200 * 10**9 + 1] * 2, pa.timestamp("ns", "UTC"))),
         "malformed-time"),
        (_columns(effective_at=pa.array([2**62] * 2, pa.timestamp("us", "UTC"))), "malformed-time"),
        (_columns(reference=pa.array([None, None], pa.string())), "empty"),
        (_columns(debit_minor=pa.array([2**63, None], pa.uint64())), "out-of-range"),
        (_columns(note=pa.array(["x", "y"])), "column-unknown"),
    ],
)  # fmt: skip
def test_inexact_types_of_parquet_are_refused(loader: Loader, columns: Columns, code: str) -> None:
    assert code in {found for _, found in loader.flaws(_parquet(loader, columns))}


def _cut(content: bytes) -> bytes:
    return content[: len(content) // 2] + content[-8:]


def _foot(content: bytes) -> bytes:
    return content[:-8] + struct.pack("<I", 2**31 - 1) + content[-4:]


@pytest.mark.parametrize("broken", [_cut, _foot, lambda content: content[:20]])
def test_a_broken_parquet_file_is_refused(loader: Loader, broken: Callable[[bytes], bytes]) -> None:
    content = broken(_parquet(loader, _columns()).read_bytes())
    assert loader.flaws(loader.file(content)) == [(1, "not-parquet")]


def test_a_csv_file_said_to_be_parquet_is_refused(loader: Loader) -> None:
    assert loader.flaws(loader.file(SOUND), "--format", "parquet") == [(1, "not-parquet")]


@pytest.mark.django_db(transaction=True)
def test_a_parquet_file_of_several_row_groups_is_booked_whole(loader: Loader) -> None:
    table = pa.table(_columns())
    many = pa.concat_tables(
        table.set_column(0, "reference", pa.array([f"r{number}"] * 2)) for number in range(50)
    )
    path = loader.folder / "load.parquet"
    pq.write_table(many, path, row_group_size=7)
    assert loader.run(path, "--batch", "9").code == 0
    assert booked() == [("bank", 5000), ("customer", 5000), ("yen", 0)]
    assert Transaction.objects.count() == 50
