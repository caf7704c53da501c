"""What `make bench` says: a table to read, and JSON that keeps every figure with its settings."""

import json
from pathlib import Path

import pytest

from bench.footprint import render as render_bytes
from bench.sizes import SIZES
from bench.table import Row, at_most, faster, not_there, render, write

KEYS = {"name", "clients", "value", "unit", "yardstick", "ratio", "target", "ok"}


def rows() -> list[Row]:
    return [
        faster("post", [90, 110, 100], yard=[100, 100, 50], against="TPC-B", clients=16, target=1),
        faster("extra", [50.0], yard=[100.0], against="TPC-B"),
        at_most("balance", [1.5, 2.5, 9], unit="ms", target=2, yard=[0.5, 0.5, 1], against="key"),
        not_there("statement", unit="ms", target=300),
    ]


def test_a_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    post, *_ = rows()
    assert (post.value, post.yardstick, post.ratio) == (100, 100, 1.1)
    assert post.spread == (0.9, 2.0)
    assert post.ok is True


def test_a_figure_above_its_ceiling_is_not_ok() -> None:
    _, _, balance, _ = rows()
    assert (balance.value, balance.ratio, balance.ok) == (2.5, 5.0, False)


def test_nothing_promised_and_nothing_measured_are_neither_ok_nor_not() -> None:
    _, extra, _, statement = rows()
    assert extra.ok is None
    assert (statement.ok, statement.value) == (None, None)


def test_the_table_has_a_line_a_row_and_says_what_is_missed() -> None:
    lines = render(rows()).splitlines()
    assert len(lines) == 5
    assert lines[1].endswith(">= 1.00  ok")
    assert lines[3].endswith("<= 2.00  ABOVE")
    assert lines[4].endswith("<= 300  not there yet")


def test_the_json_is_a_list_of_rows_beside_the_settings(tmp_path: Path) -> None:
    path = tmp_path / "bench" / "latest.json"
    write(path, rows(), settings={"cpus": 2}, parts={"bytes": []})
    told = json.loads(path.read_text())
    assert told["settings"] == {"cpus": 2}
    assert all(row.keys() >= KEYS for row in told["rows"])
    assert [row["name"] for row in told["rows"]] == ["post", "extra", "balance", "statement"]


def test_the_bytes_are_summed_without_what_is_not_counted() -> None:
    table = [
        {"relation": "ledger_entry", "counted": True, "bytes": 100.0, "bytes_of_all": 90.0},
        {"relation": "ledger_entry_pkey", "counted": True, "bytes": 40.0, "bytes_of_all": 45.0},
        {"relation": "audit_event", "counted": False, "bytes": 200.0, "bytes_of_all": None},
    ]
    total = next(line for line in render_bytes(table).splitlines() if line.startswith("sum"))
    assert total.split() == ["sum", "140.0", "135.0"]


@pytest.mark.parametrize(("name", "told"), [("small", "500 k"), ("full", "10 M")])
def test_a_size_says_how_large_its_books_are(name: str, told: str) -> None:
    assert SIZES[name].told == told
