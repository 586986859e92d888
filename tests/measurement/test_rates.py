"""Shares, their intervals, and what of a difference is chance, as statisticians publish them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from cvjkit.measurement.rates import chance_that_equal, corrected, odds_ratio, wilson


@pytest.mark.parametrize(
    ("some", "others", "chance"),
    [
        ((1, 1), (10, 1000), 11 / 1001),  # one person, in a log where 1 in 100 goes on
        ((3, 3), (0, 3), 0.1),
        ((15, 5_000), (1_000, 995_000), 0.00024993),  # five were to be expected
        ((5, 10), (5, 10), 1),
        ((0, 10), (0, 20), 1),
        ((50_500, 10**6), (50_000, 10**6), 0.106278),
        ((900, 1_000), (10**6, 10**8), 0),
    ],
)
def test_the_chance_of_a_difference_is_exact_however_few_people_there_are(
    some: tuple[int, int], others: tuple[int, int], chance: float
) -> None:
    assert chance_that_equal(some, others) == pytest.approx(chance, rel=5e-3, abs=1e-300)


@given(st.tuples(*[st.integers(0, 60)] * 4).filter(lambda cells: cells[0] + cells[1] > 0))
def test_the_chance_of_a_difference_is_that_of_scipy(cells: tuple[int, int, int, int]) -> None:
    s, rest, t, others = cells
    if not t + others:
        assert np.isnan(chance_that_equal((s, s + rest), (t, 0)))
        return
    expected = fisher_exact(np.array([[s, rest], [t, others]])).pvalue
    assert chance_that_equal((s, s + rest), (t, t + others)) == pytest.approx(expected)
    assert chance_that_equal((t, t + others), (s, s + rest)) == pytest.approx(expected)


def test_an_interval_is_the_one_that_wilson_published_and_knows_the_ends() -> None:
    rate, low, high = wilson(np.array([15.0, 0, 20, 3, 2]), np.array([148.0, 20, 20, 0, 1]))
    # Newcombe (1998), Statistics in Medicine 17, table I: 15 of 148, 0 of 20.
    assert low[:2] == pytest.approx([0.0624, 0], abs=5e-5)
    assert high[:2] == pytest.approx([0.1605, 0.1611], abs=5e-5)
    assert (rate[2], low[2], high[2]) == pytest.approx((1, 1 - 0.1611, 1), abs=5e-5)
    assert np.isnan([*rate[3:], *low[3:], *high[3:]]).all()


def test_odds_are_compared_and_looks_corrected_as_published() -> None:
    ratio, low, high = odds_ratio((20, 100), (10, 100))
    assert ratio == pytest.approx(20.5 * 90.5 / (10.5 * 80.5))
    half = 1.959964 * np.sqrt(1 / 20.5 + 1 / 80.5 + 1 / 10.5 + 1 / 90.5)
    assert (low, high) == pytest.approx((ratio / np.exp(half), ratio * np.exp(half)))
    # Holm (1979): the smallest times the number of looks, and none below the one before it.
    assert corrected([0.04, 0.001, float("nan"), 0.03, 0.9]) == pytest.approx(
        [0.09, 0.004, float("nan"), 0.09, 0.9], nan_ok=True
    )
    assert corrected([0.5, 0.6]) == [1, 1]
