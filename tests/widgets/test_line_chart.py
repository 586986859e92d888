from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvjkit.number_text import people_text
from cvjkit.widgets.line_chart import line_chart, ticks_between

AMOUNTS = st.floats(-1e12, 1e12, allow_nan=False)


@given(AMOUNTS, AMOUNTS)
def test_the_marks_of_an_axis_are_few_evenly_apart_and_reach_both_ends(
    one: float, two: float
) -> None:
    low, high = sorted((one, two))
    ticks = ticks_between(low, high)
    assert 2 <= len(ticks) <= 7
    room = 1e-6 * max(1.0, abs(low), abs(high))
    assert ticks[0] <= low + room
    assert ticks[-1] >= high - room
    assert np.ptp(np.diff(ticks)) <= room


def test_areas_lie_on_one_another() -> None:
    values = {"a": ("A", np.array([1.0, 2, 3])), "b": ("B", np.array([10.0, 10, 0]))}
    chart = line_chart("x", "X", "", values, people_text, stacked=True)
    assert [line.values for line in chart.lines] == [(1, 2, 3), (11, 12, 3)]
    assert (chart.low, chart.high) == (0, 15)


@pytest.mark.parametrize("days", [1, 90, 365, 730, 3650])
def test_long_times_have_few_points_and_the_first_and_last_day(days: int) -> None:
    values = {"a": ("A", np.arange(days + 1.0))}
    chart = line_chart("x", "X", "", values, people_text)
    assert chart.days[0] == 0
    assert chart.days[-1] == days
    assert len(chart.days) <= 93
    assert len({*chart.days}) == len(chart.days)
