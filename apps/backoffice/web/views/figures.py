"""How figures are shown: amounts, ages, counts and a chart of bars. Values in, text out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from apps.platform.money import Money, grouped

_STEPS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def amount(minor: int, *, currency: str) -> str:
    """Return the amount with the currency's decimals and grouped thousands: `-1,234.50`."""
    return grouped(Money(minor, currency))


def span(time: timedelta) -> str:
    """Return a length of time in its largest unit: `3 minutes`."""
    seconds = max(0, int(time.total_seconds()))
    for size, name in _STEPS:
        if seconds >= size:
            return plural(seconds // size, name)
    return plural(seconds, "second")


def plural(count: int, noun: str) -> str:
    """Return `1 day`, `2 days`, `1,000 days`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar of a chart, in the chart's own units: its slot, itself, and what it says."""

    left: float
    step: float
    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BarChart:
    """Bars on a common ground line, ready for an SVG of `width` by `height`."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    peak: int

    @classmethod
    def of(cls, counts: Sequence[tuple[str, int]], *, width: int, height: int) -> "BarChart":
        """Draw one bar a (label, count); the largest fills the height, a count above 0 shows."""
        peak = max((count for _, count in counts), default=0)
        step = width / max(1, len(counts))
        bars = []
        for place, (label, count) in enumerate(counts):
            tall = max(2.0, height * count / peak) if count else 0.0
            bars.append(
                Bar(
                    left=round(place * step, 2),
                    step=round(step, 2),
                    x=round(place * step + step * 0.14, 2),
                    y=round(height - tall, 2),
                    width=round(step * 0.72, 2),
                    height=round(tall, 2),
                    label=label,
                )
            )
        return cls(width=width, height=height, bars=tuple(bars), peak=peak)
