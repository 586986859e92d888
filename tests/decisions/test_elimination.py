from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvjkit.decisions.elimination import first_arrivals, fundamental, ratio, reachable, visits


@st.composite
def chains(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Entrants and shares of a chain that everybody leaves at last."""
    size = draw(st.integers(1, 6))
    cell = st.one_of(st.just(0.0), st.floats(0.01, 1))
    shares = np.array(draw(st.lists(cell, min_size=size**2, max_size=size**2)))
    shares = shares.reshape(size, size)
    shares /= np.maximum(1, 1.1 * shares.sum(axis=1, keepdims=True))
    entered = np.array(draw(st.lists(cell, min_size=size, max_size=size)))
    return entered, shares


def as_ways(*matrices: np.ndarray) -> dict[tuple[int, int], np.ndarray]:
    draws = np.array(matrices)
    return {(i, j): draws[:, i, j] for i, j in np.argwhere(draws.any(axis=0)).tolist()}


@given(chains())
def test_visits_and_first_arrivals_are_those_of_the_fundamental_matrix(
    chain: tuple[np.ndarray, np.ndarray],
) -> None:
    entered, shares = chain
    size = len(shares)
    solved = fundamental(np.stack([shares, shares / 2], axis=-1))
    ways = as_ways(shares, shares / 2)
    came = visits({state: people for state, people in enumerate(entered) if people}, ways)
    for draw, matrix in enumerate((shares, shares / 2)):
        inverse = np.linalg.inv(np.eye(size) - matrix)
        assert solved[..., draw] == pytest.approx(inverse, rel=1e-9, abs=1e-12)
        expected = entered @ inverse
        for state in range(size):
            number = np.broadcast_to(came.get(state, 0.0), 2)[draw]
            assert number == pytest.approx(expected[state], rel=1e-9, abs=1e-12)
            first = np.broadcast_to(first_arrivals(state, ways), 2)[draw]
            assert first == pytest.approx(1 / inverse[state, state], rel=1e-9)


def test_a_draw_without_an_end_has_no_number_and_spoils_no_other() -> None:
    ways = {(0, 1): np.array([0.5, 0.5]), (1, 1): np.array([0.5, 1.0]), (1, 2): np.array([0.1, 0])}
    came = visits({0: 8.0}, ways)
    assert came[1].tolist() == [8.0, pytest.approx(math.nan, nan_ok=True)]
    assert came[0] == 8.0
    matrix = np.zeros((3, 3, 2))
    for ends, share in ways.items():
        matrix[ends] = share
    solved = fundamental(matrix)
    assert solved[..., 0].tolist() == [[1, 1, 0.1], [0, 2, 0.2], [0, 0, 1]]
    assert np.isnan(solved[1, 1, 1])
    # Growth: 2 of 3 who come back bring another 2.
    assert np.isnan(fundamental(np.array([[0, 2.0], [2 / 3, 0]]))).all()


def test_a_loop_that_nobody_can_reach_does_not_matter() -> None:
    came = visits({1: 5.0}, {(0, 0): 1.0, (0, 1): 0.5, (1, 2): 0.2})
    assert came == {1: 5.0, 2: 1.0}
    assert reachable([1], [(0, 0), (0, 1), (1, 2)]) == {1, 2}


def test_a_share_of_nobody_is_what_is_asked_for() -> None:
    assert ratio(1.0, np.array([2.0, 0.0]), otherwise=7.0).tolist() == [0.5, 7.0]
    assert ratio(1.0, 0.0, otherwise=0.0) == 0.0
