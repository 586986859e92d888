"""The intervals of the lens: nominal 90%, held against simulated truths."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest

import cvjkit as cvj
from cvjkit.lens.interval import interval, product_interval
from cvjkit.lens.number import Number

DRAWS = 800  # of truths: the share covered is then within 0.035 of 0.9 in 999 of 1,000 runs
TOLERANCE = 0.035
CUSTOMERS, ADVOCATES = 4000.0, 40.0


def covered(number: Number, truths: np.ndarray) -> float:
    assert number.low is not None
    assert number.high is not None
    return float(((number.low <= truths) & (truths <= number.high)).mean())


def a_leak(random: np.random.Generator, part: float) -> np.ndarray:
    """Draw the share of a leak that lies before a milestone, as sure as four cases make it."""
    return random.beta(4 * part, 4 * (1 - part), DRAWS)


def repeats(random: np.random.Generator, rate: float) -> np.ndarray:
    """Draw what a typed repeat rate may truly be, as sure as twenty cases make it."""
    return random.beta(20 * rate, 20 * (1 - rate), DRAWS)


@pytest.mark.parametrize(("milestone", "part"), [("lead", 3 / 8), ("educated", 4 / 8)])
def test_an_interval_covers_nine_truths_in_ten(milestone: str, part: float) -> None:
    number = cvj.Journey.from_counts("five", [90000, 5766, 302, 161, 41]).known().number(milestone)
    truths = 5766 * (302 / 5766) ** a_leak(np.random.default_rng(1), part)
    assert covered(number, truths) == pytest.approx(0.9, abs=TOLERANCE)


@pytest.mark.parametrize("rate", [0.3, 0.6, 0.88])
def test_the_interval_of_the_habit_covers_nine_truths_in_ten(rate: float) -> None:
    shop = cvj.Journey.from_counts("five", [90000, 5766, 302, 161, 41])
    number = shop.with_offer("retention", name="Bag", repeat_rate=rate).known().number("habitual")
    truths = 161 * repeats(np.random.default_rng(2), rate) ** 2
    assert covered(number, truths) == pytest.approx(0.9, abs=TOLERANCE)


@pytest.mark.parametrize(("rate", "orders"), [*product([0.3, 0.6, 0.88], [3, 4, 6])])
def test_two_uncertainties_together_still_cover_nine_truths_in_ten(
    rate: float, orders: int
) -> None:
    """Neither who bought again is counted nor the rate at which they go on."""
    stages = cvj.framework("full").drop("bought_again", "habitual", "promoter", key="ours")
    counts = [90000, 40000, 20000, 15000, 9000, 8000, 7000, CUSTOMERS, CUSTOMERS, ADVOCATES]
    shop = cvj.Journey.from_counts(stages, counts)
    shop = shop.with_offer("bought_again", name="Bag", repeat_rate=rate)
    random = np.random.default_rng(3)
    again = CUSTOMERS * (ADVOCATES / CUSTOMERS) ** a_leak(random, 1 / 2)
    truths = again * repeats(random, rate) ** (orders - 2)
    number = shop.known(habit_orders=orders).number("habitual")
    assert covered(number, truths) == pytest.approx(0.9, abs=TOLERANCE)


@pytest.mark.parametrize(
    ("ratio", "share", "rate", "power"),
    [
        *product([0.9, 0.1, 1e-6], [0.1, 0.5, 0.9], [0.02, 0.5, 0.99], [1, 4]),
        (1e-300, 0.5, 0.5, 2),
        (0.5, 0.5, 1e-9, 3),
    ],
)
def test_the_product_of_two_shares_has_the_quantiles_of_a_simulation(
    ratio: float, share: float, rate: float, power: int
) -> None:
    low, high = product_interval(ratio, (share, 4), (rate, 20), power)
    random, draws = np.random.default_rng(4), 100_000
    factors = ratio ** random.beta(4 * share, 4 * (1 - share), draws)
    factors *= random.beta(20 * rate, 20 * (1 - rate), draws) ** power
    assert 0 <= low <= high <= 1
    assert (factors <= low).mean() == pytest.approx(0.05, abs=0.005) or low < math.ulp(1) ** 9
    assert (factors <= high).mean() == pytest.approx(0.95, abs=0.005) or high < math.ulp(1) ** 9


@pytest.mark.parametrize("rate", [0.0, 0.4, 1.0])
def test_with_one_of_the_two_certain_the_other_alone_is_left(rate: float) -> None:
    kept = [end**2 for end in interval(rate, 20)]
    assert product_interval(1, (0.5, 4), (rate, 20), 2) == pytest.approx(kept)
    most_lost, least_lost = (0.1**end for end in reversed(interval(0.5, 4)))
    assert product_interval(0.1, (0.5, 4), (1, 20), 2) == pytest.approx((most_lost, least_lost))
    assert product_interval(0.1, (0.5, 4), (0, 20), 2) == (0, 0)
