"""What was measured: rows, as a table to read and as JSON to keep."""

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_HEAD = ("measure", "clients", "value", "", "against", "", "ratio", "spread", "target", "")
_LEFT = (0, 3, 5, 9)  # columns of words


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure. `ok` is None where nothing is promised, or where there was nothing to measure.

    `target` is a floor of `ratio`, or with `most` a ceiling of `value`. `spread` is the least and
    the greatest of what the target is about, over the rounds.
    """

    name: str
    clients: int
    value: float | None
    unit: str
    yardstick: float | None = None
    ratio: float | None = None
    target: float | None = None
    ok: bool | None = None
    most: bool = False
    spread: tuple[float, float] | None = None
    against: str = ""  # what the yard-stick is
    note: str = ""


def faster(
    name: str,
    rates: Sequence[float],
    *,
    yard: Sequence[float],
    against: str,
    clients: int = 1,
    unit: str = "/s",
    target: float | None = None,
) -> Row:
    """Return the row of a rate: medians, and its ratio to the yard-stick's of the same round."""
    ratios = [rate / base for rate, base in zip(rates, yard, strict=True)]
    ratio = statistics.median(ratios)
    return Row(
        name=name,
        clients=clients,
        value=statistics.median(rates),
        unit=unit,
        yardstick=statistics.median(yard),
        ratio=ratio,
        target=target,
        ok=None if target is None else ratio >= target,
        spread=(min(ratios), max(ratios)),
        against=against,
    )


def at_most(
    name: str,
    values: Sequence[float],
    *,
    unit: str,
    target: float,
    yard: Sequence[float] = (),
    against: str = "",
) -> Row:
    """Return the row of a figure that shall not be above its target."""
    value = statistics.median(values)
    base = statistics.median(yard) if yard else None
    return Row(
        name=name,
        clients=1,
        value=value,
        unit=unit,
        yardstick=base,
        ratio=None if base is None else value / base,
        target=target,
        ok=value <= target,
        most=True,
        spread=(min(values), max(values)),
        against=against,
    )


def not_there(name: str, *, unit: str, target: float) -> Row:
    """Return the row of a figure that cannot be measured yet."""
    note = "not there yet"
    return Row(name=name, clients=1, value=None, unit=unit, target=target, most=True, note=note)


def render(rows: Sequence[Row]) -> str:
    """Return the table."""
    lines = [_HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(_HEAD))]
    return "\n".join(_line(line, widths) for line in lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    parts = [
        cell.ljust(width) if place in _LEFT else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(parts).rstrip()


def _cells(row: Row) -> tuple[str, ...]:
    sign = "<= " if row.most else ">= "
    verdict = {True: "ok", False: "BELOW" if not row.most else "ABOVE", None: row.note}[row.ok]
    return (
        row.name,
        str(row.clients),
        _number(row.value),
        row.unit,
        _number(row.yardstick),
        row.against,
        _number(row.ratio),
        "" if row.spread is None else f"{_number(row.spread[0])} to {_number(row.spread[1])}",
        "" if row.target is None else sign + _number(row.target),
        verdict,
    )


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}" if value < 1 else f"{value:.2f}"


def write(
    path: Path, rows: Sequence[Row], *, settings: Mapping[str, Any], parts: Mapping[str, Any]
) -> None:
    """Write rows, machine and server settings, and further tables, as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {"settings": dict(settings), "rows": [asdict(row) for row in rows], **parts}
    path.write_text(json.dumps(told, indent=2) + "\n")
