"""CSV out: text cannot run, numbers stay numbers, what is read back is what was meant."""

import csv
import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.platform.screens import csv_response, safe, xlsx_response

FORMULA_STARTS = "=+-@\uff1d\uff0b\uff0d\uff20"


def exported(rows: list[list[str | int | Decimal]]) -> list[list[str]]:
    response = csv_response(name="x", day=date(2026, 1, 2), header=["a"], rows=rows)
    return list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig"), newline="")))[1:]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\u00a0=1",
        "\0=1",
        "\uff1d1",
        "\uff0b1",
        "\uff0d1",
        "\uff201",
        "\tplain",
    ],
)
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert str(safe(text)).startswith("'")


@pytest.mark.parametrize("text", ["", "House bank", "a=b", "a;=b", 'say "=1"', "2100.7"])
def test_other_text_is_left_alone(text: str) -> None:
    assert safe(text) == text


def test_a_negative_amount_stays_a_number() -> None:
    raw = csv_response(
        name="x", day=date(2026, 1, 2), header=["a"], rows=[[Decimal("-1234.50"), 3]]
    )
    assert raw.getvalue().decode().splitlines()[1] == "-1234.50,3"


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_every_cell_comes_back_and_none_begins_a_formula(texts: list[str]) -> None:
    (row,) = exported([list(texts)])
    for cell, text in zip(row, texts, strict=True):
        assert cell.removeprefix("'") == text.replace("\0", "").removeprefix("'")
        assert cell.lstrip()[:1] not in set(FORMULA_STARTS)


def test_the_file_says_what_it_is_and_is_not_kept() -> None:
    response = csv_response(name="trial-balance", day=date(2026, 1, 2), header=["a"], rows=[])
    assert response["Content-Disposition"] == 'attachment; filename="trial-balance-2026-01-02.csv"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Cache-Control"] == "no-store"


def workbook(rows: list[list[str | int | Decimal]]) -> list[list[tuple[object, str]]]:
    """Return value and type of each cell of the file, below its header."""
    response = xlsx_response(name="x", day=date(2026, 1, 2), header=["a"], rows=rows)
    assert response["Content-Disposition"] == 'attachment; filename="x-2026-01-02.xlsx"'
    assert response["Cache-Control"] == "no-store"
    sheet = openpyxl.load_workbook(io.BytesIO(response.getvalue())).active
    assert response.file_to_stream is not None
    response.file_to_stream.close()
    assert sheet is not None
    return [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows(min_row=2)]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "{=1}", "http://x.example"]
)
def test_text_of_a_workbook_is_text_whatever_it_begins_with(text: str) -> None:
    assert workbook([[text]]) == [[(text, "s")]]


def test_amounts_of_a_workbook_are_numbers_unless_they_would_lose_a_digit() -> None:
    large = Decimal("12345678901234.56")
    assert workbook([[Decimal("-1234.50"), 3, large]]) == [
        [(-1234.5, "n"), (3, "n"), ("12345678901234.56", "s")]
    ]
