from __future__ import annotations

import numpy as np
import pytest

import cvjkit as cvj
from cvjkit.decisions.people_needed import _moments, chance_of, entrants_for


def walked(entrants: int, rates: list[float], each: float, runs: int) -> np.ndarray:
    """Count customers who came and brought others, person by person, in many runs."""
    random = np.random.default_rng(5)
    chance = float(np.prod(rates[:2]))
    total, coming = np.zeros(runs), np.full(runs, entrants)
    while coming.any():
        paid = random.binomial(coming, chance)
        total += paid
        coming = random.poisson(each * paid)
    return total


def test_people_who_bring_others_spread_as_when_they_are_followed_one_by_one() -> None:
    plan = cvj.Journey.from_rates("five", 400, [0.5, 0.2, 0.4, 0.1])
    flow = plan.with_referral("conversion", to="reach", per_person=4).flow()
    mean, variance = _moments(flow, 2)
    seen = walked(400, [0.5, 0.2], 4, 20_000)
    assert 400 * mean == pytest.approx(seen.mean(), rel=0.01)
    assert 400 * variance == pytest.approx(seen.var(), rel=0.05)
    enough = entrants_for(chance_of(flow, 2, 60), 0.8, 1)
    assert enough is not None
    assert (walked(enough, [0.5, 0.2], 4, 20_000) >= 60).mean() == pytest.approx(0.8, abs=0.02)


def test_without_referral_the_spread_is_that_of_a_binomial_though_people_return() -> None:
    plan = cvj.Journey.from_rates("five", 400, [0.5, 0.2, 0.4, 0.1])
    flow = plan.with_transition("conversion", "acquisition", 0.5).flow()
    mean, variance = _moments(flow, 2)
    share = flow.people[0, 2] / 400
    assert mean == pytest.approx(share)
    assert variance == pytest.approx(share * (1 - share))
