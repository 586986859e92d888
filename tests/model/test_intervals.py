from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvjkit.errors import InputError
from cvjkit.model.intervals import rate_interval, rate_posterior


def test_the_conversion_of_the_worked_example() -> None:
    assert rate_posterior(100, 2000).mean == pytest.approx(100.5 / 2001)
    low, high = rate_interval(100, 2000)
    assert (low, high) == (pytest.approx(0.041091, abs=5e-7), pytest.approx(0.060210, abs=5e-7))


def test_after_nobody_of_fifty_the_rate_may_still_be_above_zero() -> None:
    low, high = rate_interval(0, 50)
    assert rate_posterior(0, 50).mean == pytest.approx(0.5 / 51)
    assert low == 0
    assert high == pytest.approx(0.0375, abs=5e-5)


def test_after_all_of_fifty_the_rate_may_still_be_below_one() -> None:
    low, high = rate_interval(50, 50)
    assert high == 1
    assert low == pytest.approx(1 - rate_interval(0, 50)[1])


def test_without_trials_every_rate_is_possible() -> None:
    assert rate_interval(0, 0) == (0, 1)
    assert rate_posterior(0, 0).mean == 0.5


def test_the_chain_of_two_rates_is_the_mean_worked_by_hand() -> None:
    product = rate_posterior(20, 100).mean * rate_posterior(5, 20).mean
    assert product == pytest.approx(0.053159, abs=5e-7)
    assert rate_posterior(5, 100).mean == pytest.approx(5.5 / 101)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.sampled_from([0.5, 0.8, 0.95, 0.99]))
def test_an_interval_lies_within_zero_and_one_and_holds_the_share_counted(
    successes: int, failures: int, level: float
) -> None:
    trials = successes + failures
    low, high = rate_interval(successes, trials, level)
    assert 0 <= low < high <= 1
    assert trials == 0 or low <= successes / trials <= high


@given(st.integers(1, 1000), st.integers(1, 1000), st.integers(2, 50))
def test_an_interval_narrows_as_counts_grow_at_the_same_rate(
    successes: int, failures: int, times: int
) -> None:
    trials = successes + failures
    low, high = rate_interval(successes, trials)
    near, far = rate_interval(successes * times, trials * times)
    assert far - near < high - low


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_a_higher_level_gives_a_wider_interval(successes: int, failures: int) -> None:
    trials = max(1, successes + failures)
    successes = min(successes, trials)
    inner, outer = rate_interval(successes, trials, 0.8), rate_interval(successes, trials, 0.95)
    assert outer[0] <= inner[0] < inner[1] <= outer[1]


@pytest.mark.parametrize(("successes", "trials"), [(3, 10), (40, 50), (0, 20), (20, 20)])
def test_the_interval_holds_as_much_as_it_says(successes: int, trials: int) -> None:
    posterior = rate_posterior(successes, trials)
    drawn = np.random.default_rng(5).beta(posterior.alpha, posterior.beta, 200_000)
    low, high = rate_interval(successes, trials, 0.9)
    assert ((drawn >= low) & (drawn <= high)).mean() == pytest.approx(0.9, abs=0.005)
    assert drawn.mean() == pytest.approx(posterior.mean, abs=0.001)
    assert drawn.var() == pytest.approx(posterior.variance, rel=0.02)


@pytest.mark.parametrize(
    ("successes", "trials", "fields"),
    [
        (-1, 10, ["successes"]),
        (1, math.nan, ["trials"]),
        (math.inf, -2, ["successes", "trials"]),
        ("3", 10, ["successes"]),
        (True, 10, ["successes"]),
        (None, None, ["successes", "trials"]),
        (11, 10, ["successes"]),
        (5, 10**400, ["trials"]),
    ],
)
def test_impossible_counts_are_refused_all_at_once(
    successes: object, trials: object, fields: list[str]
) -> None:
    with pytest.raises(InputError) as refused:
        rate_interval(successes, trials)  # type: ignore[arg-type]
    assert [fault.field for fault in refused.value.faults] == fields


@pytest.mark.parametrize("level", [0, 1, 95, -0.1, math.nan, "high"])
def test_a_level_is_a_share(level: object) -> None:
    with pytest.raises(InputError, match=r"write 0\.95 for 95%"):
        rate_interval(1, 2, level)  # type: ignore[arg-type]


def test_scipy_loads_only_when_an_interval_is_asked_for() -> None:
    code = "import sys, cvjkit.model.intervals; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
