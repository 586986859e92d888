"""A histogram of waits has the mean of all of them, and quantiles that are at most 0.4% off."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvjkit.measurement.sums import counted
from cvjkit.measurement.waits import DAY, RELATIVE_ERROR, Waits, buckets_of, rows_of

TIMES = st.integers(0, 2**58) | st.integers(0, 300) | st.integers(0, 40).map(lambda n: 2**n)


@given(st.lists(TIMES, min_size=1, max_size=40), st.floats(0, 1))
@settings(max_examples=200)
def test_a_wait_is_that_of_the_one_in_the_middle_but_for_one_in_256(
    times: list[int], share: float
) -> None:
    buckets, values = rows_of(np.array(times))
    waits = Waits.of(counted([buckets], values))
    rank = max(int(np.ceil(share * len(times))), 1) - 1
    exact = sorted(times)[rank] / DAY
    assert abs(waits.quantile(share) - exact) <= exact * RELATIVE_ERROR * (1 + 1e-9)
    assert waits.count == len(times)
    assert waits.mean == pytest.approx(np.mean(np.array(times) / DAY))
    far = RELATIVE_ERROR * max(times) / DAY
    assert waits.spread == pytest.approx(np.std(np.array(times) / DAY), abs=far)


@given(st.lists(TIMES, max_size=40))
def test_the_longer_the_wait_the_higher_the_bucket(times: list[int]) -> None:
    assert (np.diff(buckets_of(np.array(sorted(times), dtype=np.int64))) >= 0).all()


@given(st.lists(TIMES, min_size=1, max_size=40), st.integers(1, 7))
def test_parts_of_waits_are_as_long_as_the_shortest_the_next_and_so_on(
    times: list[int], number: int
) -> None:
    buckets, values = rows_of(np.array(times))
    found = Waits.of(counted([buckets], values)).parts(number)
    # Each wait divided into as many as there are parts, so that all parts have equally many.
    exact = np.repeat(np.sort(times), number).reshape(number, -1).mean(axis=1) / DAY
    assert found == pytest.approx(exact, rel=RELATIVE_ERROR, abs=1e-12)
    assert found.mean() == pytest.approx(np.mean(np.array(times) / DAY), rel=1e-9, abs=1e-12)


def test_waits_that_are_all_alike_are_shown_as_they_are() -> None:
    buckets, values = rows_of(np.full(3, 9 * DAY))
    assert Waits.of(counted([buckets], values)).quantile(0.5) == 9


def test_of_nothing_there_is_no_mean_and_no_median() -> None:
    nobody = np.zeros(0, dtype=np.int64)
    waits = Waits.of(counted([nobody], [nobody] * 2))
    assert waits.count == 0
    assert np.isnan([waits.mean, waits.spread, waits.quantile(0.5)]).all()
