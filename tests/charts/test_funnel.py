"""The funnel: all bars seen at any spread of people, as wide as the mark of their section says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import plotly.graph_objects as go
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.charts.funnel import funnel

FIVE = [10000, 2000, 100, 40, 10]
PAGE = {"h": 900.0, "v": 390.0}
THINNEST = 6.0  # [px]


def five(counts=FIVE):
    return cvj.Journey.from_counts("five", counts, name="Shop")


def bars(figure: go.Figure, page: float) -> Iterator[list[tuple[float, float]]]:
    """Give people and width [px] of the bars, section by section."""
    margin = figure.layout.margin
    for trace in figure.data:
        if trace.type == "funnel":
            axis = figure.layout[f"xaxis{trace.xaxis[1:]}"]
            (start, end), (left, right) = axis.domain, axis.range
            pixels = ((figure.layout.width or page) - margin.l - margin.r) * (end - start)
            person = pixels / (right - left)
            yield [(number, number * person) for number in trace.x if number]


def factors(figure: go.Figure) -> list[float]:
    """Read the marks: how much more a section is magnified than the one before."""
    said = [re.search("([×÷]) ([0-9.,]+)</b>$", note.text) for note in figure.layout.annotations]
    numbers = [(found[1], float(found[2].replace(",", ""))) for found in said if found]
    return [number if sign == "×" else 1 / number for sign, number in numbers]


spread = st.lists(st.floats(0, 5), min_size=5, max_size=5).map(
    lambda powers: [round(10**power) for power in powers]
)


@given(spread, st.sampled_from(["h", "v"]))
@example([100_000, 9_999, 1_000, 100, 1], "v")
@example([10, 100_000, 1, 0, 5_000], "h")
def test_no_bar_is_thinner_than_6_px_and_widths_are_true_within_a_section(counts, orientation):
    figure = funnel(five(counts), orientation=orientation)
    sections = list(bars(figure, PAGE[orientation]))
    scales = []
    for section in sections:
        assert all(width >= THINNEST for _, width in section)
        scales.append({round(width / people, 9) for people, width in section})
        assert len({round(width / people, 9) for people, width in section}) <= 1
    assert sum(len(section) for section in sections) == sum(count > 0 for count in counts)
    told = factors(figure)
    assert len(told) == len(sections) - 1
    for (one, other), factor in zip(pairwise(map(max, scales)), told, strict=True):
        assert other / one == pytest.approx(factor, rel=0.06)  # it is rounded


def test_at_one_scale_there_is_one_section_and_at_full_width_each_step_is_marked():
    (true,) = bars(funnel(five(), scale="true"), 900)
    assert [people for people, _ in true] == FIVE
    assert factors(funnel(five(), scale="true")) == []
    steps = funnel(five(), scale="steps")
    assert len({round(width) for ((_, width),) in bars(steps, 900)}) == 1
    assert factors(steps) == [5, 20, 2.5, 4]
    with pytest.raises(cvj.InputError, match="hoose from magnified, true, steps"):
        funnel(five(), scale="log")


def test_it_shows_unique_people_and_both_shares():
    busy = cvj.Journey.from_rates("five", 1000, [0.5] * 4).with_transition(
        "conversion", "acquisition", 0.5
    )
    (trace,) = (trace for trace in funnel(busy).data if trace.type == "funnel")
    assert list(trace.x) == pytest.approx(busy.flow().stages.people.to_list())
    assert "of previous" in trace.text[1]
    assert "of all" in trace.text[1]


def test_stages_of_the_same_name_stay_apart():
    own = cvj.framework("five").rename({"reach": "Same", "acquisition": "Same"})
    figure = funnel(cvj.Journey.from_counts(own, FIVE))
    assert len({y for trace in figure.data if trace.type == "funnel" for y in trace.y}) == 5
    assert figure.layout.yaxis.ticktext[:2] == ("Same", "Same")


def test_what_was_not_counted_is_left_out_and_said():
    figure = funnel(five([1000, None, 100, 40, None]))
    assert figure.data[0].x[1] is None
    assert sum("not known" in note.text for note in figure.layout.annotations) == 2
