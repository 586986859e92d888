"""The law of waits is the one they were drawn from; what follows none keeps its shape."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import gammaincinv

from cvjkit.measurement.laws import delay_of
from cvjkit.measurement.sums import counted
from cvjkit.measurement.waits import DAY, Waits, rows_of
from cvjkit.model.delays import Delay
from cvjkit.model.parts import StageNumbers


def waits_of(days: np.ndarray) -> Waits:
    buckets, values = rows_of((days * DAY).astype(np.int64))
    return Waits.of(counted([buckets], values))


@pytest.mark.parametrize("people", [60, 1_000, 30_000])
@pytest.mark.parametrize(
    "delay",
    [
        Delay(2.25),
        Delay(3.0, "exponential"),
        Delay(3.0, "gamma", 1.0),
        Delay(3.0, "gamma", 6.0),
    ],
)
def test_waits_drawn_from_a_law_are_said_to_follow_it(delay: Delay, people: int) -> None:
    drawn = delay.drawn(np.random.default_rng(7), people)
    found = Delay.into(StageNumbers(stage="reach", **delay_of(waits_of(drawn))))
    assert found.law == delay.law
    assert found.mean == pytest.approx(drawn.mean())
    assert np.sqrt(found.variance) == pytest.approx(drawn.std(), rel=0.4 if people < 99 else 0.06)


@pytest.mark.parametrize("people", [100, 1_000])
def test_waits_of_two_kinds_of_people_keep_their_shape(people: int) -> None:
    chance = np.random.default_rng(7)
    fast, slow = 7 * people // 10, 3 * people // 10
    days = np.append(chance.uniform(0.9, 1.1, fast), chance.uniform(29, 31, slow))
    found = Delay.into(StageNumbers(stage="reach", **delay_of(waits_of(days))))
    assert len(found.waits) == 20
    assert found.average == pytest.approx(days.mean())
    assert sum(wait < 2 for wait in found.waits) == 14
    assert np.sqrt(found.variance) == pytest.approx(days.std(), rel=0.01)


def test_a_law_is_missed_by_two_percent_at_most_and_whole_days_may_follow_one() -> None:
    chance = np.random.default_rng(7)
    assert "delay_waits" in delay_of(waits_of(chance.uniform(0, 10, 30_000)))
    days = np.round(chance.exponential(3, 2_000))
    assert delay_of(waits_of(days))["delay_law"] == "exponential"


def test_a_few_waits_that_are_narrow_are_not_taken_for_exponential_ones() -> None:
    shares = (np.arange(50) + 0.5) / 50
    narrow, wide = (gammaincinv(shape, shares) / shape for shape in (3.5, 1))
    assert delay_of(waits_of(narrow))["delay_law"] == "gamma"
    assert delay_of(waits_of(wide))["delay_law"] == "exponential"


def test_no_waits_and_waits_of_no_time_have_no_law() -> None:
    assert delay_of(waits_of(np.zeros(0))) == {}
    for micros in (np.zeros(5), np.array([1, 2, 5])):
        assert delay_of(waits_of(micros / 86_400e6)) == {"delay_days": 0.0}
    assert delay_of(waits_of(np.array([4.0]))) == {"delay_days": 4.0}
