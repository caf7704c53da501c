"""How figures are shown."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.backoffice.web.views.figures import BarChart, amount, plural, span
from apps.platform.money import parse


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (0, "EUR", "0.00"),
        (5, "EUR", "0.05"),
        (123_456_789, "EUR", "1,234,567.89"),
        (-123_456, "USD", "-1,234.56"),
        (-7, "USD", "-0.07"),
        (1_234_567, "JPY", "1,234,567"),
        (1_234_567, "KWD", "1,234.567"),
    ],
)
def test_an_amount_has_its_currencys_decimals(minor: int, currency: str, text: str) -> None:
    assert amount(minor, currency=currency) == text


@given(st.integers(-(10**17), 10**17), st.sampled_from(["EUR", "JPY", "KWD", "CLF"]))
def test_an_amount_read_back_is_the_amount(minor: int, currency: str) -> None:
    assert parse(amount(minor, currency=currency).replace(",", ""), currency).minor == minor


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (timedelta(seconds=-3), "0 seconds"),
        (timedelta(seconds=1.9), "1 second"),
        (timedelta(seconds=119), "1 minute"),
        (timedelta(hours=5, minutes=59), "5 hours"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_a_span_is_told_in_its_largest_unit(time: timedelta, text: str) -> None:
    assert span(time) == text


def test_one_is_not_a_plural() -> None:
    assert [plural(count, "day") for count in (0, 1, 1_000)] == ["0 days", "1 day", "1,000 days"]


@given(st.lists(st.integers(0, 10**9), max_size=60))
def test_bars_stay_within_the_chart_and_every_count_shows(counts: list[int]) -> None:
    chart = BarChart.of([(str(count), count) for count in counts], width=720, height=120)
    for bar, count in zip(chart.bars, counts, strict=True):
        assert 0 <= bar.left <= bar.x
        assert bar.x + bar.width <= chart.width + 0.1
        assert bar.y + bar.height == pytest.approx(chart.height, abs=0.02)
        assert (bar.height > 0) == (count > 0)
    if any(counts):
        assert max(bar.height for bar in chart.bars) == chart.height
