"""Outlines close, and keep a ribbon's thickness from edge to edge."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvjkit.charts.polygons import Edge, bent, box, ribbon

NUMBERS = st.floats(0, 1000)
EDGES = st.builds(Edge, NUMBERS, NUMBERS, NUMBERS)


def test_a_box_has_its_four_corners():
    assert box(1, 2, 10, 20) == ([1, 11, 11, 1, 1], [2, 2, 22, 22, 2])


def test_a_straight_ribbon_has_only_its_corners():
    assert ribbon([Edge(0, 5, 2), Edge(9, 5, 2)]) == ([0, 9, 9, 0, 0], [5, 5, 7, 7, 5])
    assert ribbon([Edge(0, 5, 2), Edge(9, 5, 2)], upright=True) == (
        *([5, 5, 7, 7, 5], [0, 9, 9, 0, 0]),
    )


@given(st.lists(EDGES, min_size=2, max_size=4), st.booleans())
def test_an_outline_closes_and_passes_every_edge(edges, upright):
    x, y = ribbon(edges, upright=upright)
    along, across = (y, x) if upright else (x, y)
    corners = list(zip(along, across, strict=True))
    assert corners[0] == corners[-1]
    for edge in edges:
        assert (edge.along, edge.top) in corners
        assert (edge.along, edge.top + edge.size) in corners


@given(EDGES, EDGES)
def test_a_bend_runs_from_edge_to_edge_and_grows_evenly(start, end):
    sections = bent([start, end])
    assert (sections[0], sections[-1]) == (start, end)
    for field in ("along", "top", "size"):
        values = [getattr(section, field) for section in sections]
        assert values == pytest.approx(sorted(values, reverse=values[0] > values[-1]), abs=1e-9)


def test_a_bend_is_the_bezier_curve_with_control_points_half_way():
    middle = bent([Edge(0, 0, 10), Edge(100, 40, 10)])[8]
    assert (middle.along, middle.top, middle.size) == (50, 20, 10)
    quarter = bent([Edge(0, 0, 10), Edge(100, 40, 10)])[4]
    # de Casteljau at 1/4 through 0, 50, 50, 100 and 0, 0, 40, 40.
    assert (quarter.along, quarter.top) == (29.6875, 6.25)
