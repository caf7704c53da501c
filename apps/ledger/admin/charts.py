"""A chart of steps, ready for an SVG: values in, coordinates and texts out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from ..events import DayBalance

_WIDTH: Final = 720
_HEIGHT: Final = 200
_LINES: Final = 4  # spaces between the lines that values are read at
_DATES: Final = 4  # spaces between the dates below


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """The strip of one day, which says what it is when it is pointed at."""

    x: float
    width: float
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepChart:
    """A balance as a line of steps, one a day; `labels` from the top, `dates` from the left."""

    width: int
    height: int
    line: str
    area: str
    zero: float | None
    rules: tuple[float, ...]
    labels: tuple[str, ...]
    dates: tuple[str, ...]
    slots: tuple[Slot, ...]


def step_chart(days: Sequence[DayBalance], *, shown: Callable[[int], str]) -> StepChart:
    """Draw the balances; `shown` writes an amount of minor units. `days` is not empty."""
    low, step = _scale([day.balance_minor for day in days])
    high = low + step * _LINES
    wide = _WIDTH / len(days)

    def height_of(minor: int) -> float:
        return round(_HEIGHT * (high - minor) / (high - low), 2)

    parts = [f"M0 {height_of(days[0].balance_minor)}"]
    for place, day in enumerate(days):
        parts.append(f"V{height_of(day.balance_minor)}H{round((place + 1) * wide, 2)}")
    line = "".join(parts)
    ground = height_of(min(max(0, low), high))
    last = len(days) - 1
    return StepChart(
        width=_WIDTH,
        height=_HEIGHT,
        line=line,
        area=f"{line}V{ground}H0Z",
        zero=height_of(0) if low < 0 < high else None,
        rules=tuple(round(_HEIGHT * n / _LINES, 2) for n in range(1, _LINES)),
        labels=tuple(shown(high - step * n) for n in range(_LINES + 1)),
        dates=tuple(dict.fromkeys(_date(days[last * n // _DATES].day) for n in range(_DATES + 1))),
        slots=tuple(
            Slot(
                x=round(place * wide, 2),
                width=round(wide, 2),
                says=f"{_date(day.day)}: {shown(day.balance_minor)}",
            )
            for place, day in enumerate(days)
        ),
    )


def _scale(values: Sequence[int]) -> tuple[int, int]:
    """Return where the chart begins and how far its lines are apart: round, and zero among them."""
    low, high = min(0, *values), max(0, *values)
    step = 1
    while True:
        for factor in (1, 2, 5):
            size = step * factor
            start = low // size * size
            if start + size * _LINES >= high:
                return start, size
        step *= 10


def _date(day: date) -> str:
    return f"{day:%-d %b %Y}"
