from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given

import cvjkit as cvj
from cvjkit.decisions.evidence import Way, referrals_of, ways_of
from cvjkit.decisions.sampling import drawn_referrals
from cvjkit.model.intervals import rate_posterior
from tests.strategies import journeys

COUNTS = [10000, 2000, 100, 40, 10]


def betas(journey: cvj.Journey, **options: float) -> list[tuple[float, float]]:
    return [(way.alpha, way.beta) for way in ways_of(journey, **options)]


def test_a_counted_step_has_the_posterior_of_its_counts() -> None:
    shop = cvj.Journey.from_counts("five", COUNTS)
    steps = list(zip(COUNTS[1:], COUNTS, strict=False))
    expected = [rate_posterior(gone_on, seen) for gone_on, seen in steps]
    assert betas(shop) == [(one.alpha, one.beta) for one in expected]
    assert [way.cases for way in ways_of(shop)] == COUNTS[:-1]


def test_a_step_that_nobody_took_may_still_be_taken() -> None:
    shop = cvj.Journey.from_counts("five", [100, 50, 0, 0, 0])
    assert betas(shop) == [(50.5, 50.5), (0.5, 50.5), (0.5, 0.5), (0.5, 0.5)]


def test_a_step_leads_over_stages_whose_people_are_not_known() -> None:
    shop = cvj.Journey.from_counts("five", [100, None, 20, None, None])
    assert ways_of(shop) == (Way(0, 0, 2, 20.5, 80.5, 100, counted=True),)


def test_ways_out_of_one_stage_share_its_people() -> None:
    shop = cvj.Journey.from_counts("five", [1000, 400, 190, 20, 10])
    shop = shop.with_transition("reach", "conversion", 0.1)
    first, second = ways_of(shop)[:2]
    assert (first.source, first.target, second.source, second.target) == (0, 1, 0, 2)
    assert (first.alpha, first.beta) == pytest.approx((400.5, 601))
    assert (second.alpha, second.beta) == pytest.approx((100.5, 500.5))


def test_a_typed_rate_keeps_its_mean_and_is_as_sure_as_twenty_cases() -> None:
    plan = cvj.Journey.from_rates("five", 1000, [0.5, 0.2, 0.1, 0.25])
    assert betas(plan) == [pytest.approx(pair) for pair in [(10, 10), (4, 16), (2, 18), (5, 15)]]
    assert not any(way.counted for way in ways_of(plan))


def test_a_what_if_rests_on_the_people_counted() -> None:
    shop = cvj.Journey.from_counts("five", {"Ads": COUNTS, "Blog": [900, 90, 9, 5, 1]})
    same, better = shop.scenario("Same", {}), shop.scenario("Better", {"stages.conversion.rate": 1})
    assert [way.cases for way in ways_of(same)] == [way.cases for way in ways_of(shop)]
    assert np.array(betas(same)) == pytest.approx(np.array(betas(shop)))
    assert [way.cases for way in ways_of(better)] == [way.cases for way in ways_of(shop)]
    assert all(way.counted for way in ways_of(better))
    on_it = better.scenario("On it", {"stages.retention.rate": 0.5})
    assert [way.cases for way in ways_of(on_it)] == [way.cases for way in ways_of(shop)]
    new = better.with_segment("New", entrants=[100, 0, 0, 0, 0], rates=[None, 0.5, 0.5, 0.5, 0.5])
    assert [way.counted for way in ways_of(new)] == [True] * 8 + [False] * 4


def test_what_a_what_if_changes_is_all_that_differs_from_its_base() -> None:
    shop = cvj.Journey.from_counts("five", COUNTS)
    base, better = (
        one.simulate(500) for one in (shop, shop.scenario("x", {"stages.conversion.rate": 0.0625}))
    )
    assert better.interval("stages.acquisition.rate") == pytest.approx(
        base.interval("stages.acquisition.rate")
    )
    assert better.probability("customers >= 0") == 1
    assert better.beats(base, "customers") == 1


def test_a_rare_rate_is_as_sure_as_one_case_seen() -> None:
    plan = cvj.Journey.from_rates("five", 1000, [0.001, 0.99, 0, 1])
    assert betas(plan) == [pytest.approx((1, 999)), pytest.approx((99, 1)), (20, 0)]


def test_a_design_effect_makes_fewer_people_of_those_counted() -> None:
    shop = cvj.Journey.from_counts("five", COUNTS)
    assert betas(shop, design_effect=2)[0] == (1000.5, 4000.5)


@given(journeys(ways=True))
def test_the_mean_of_each_way_is_near_its_share_and_together_they_leave_nobody_out(
    journey: cvj.Journey,
) -> None:
    flow = journey.flow()
    assume(not flow.undefined.any())
    left: dict[tuple[int, int], float] = {}
    for way in ways_of(journey):
        stage = (way.segment, way.source)
        share = left.get(stage, 1.0) * way.alpha / (way.alpha + way.beta)
        left[stage] = left.get(stage, 1.0) - share
        solved = flow.shares[way.segment, way.source, way.target]
        prior = (len(journey.framework) + 1) / 2 / (way.cases + 0.5) if way.counted else 1e-9
        assert share == pytest.approx(solved, abs=prior)
    listed = {(way.segment, way.source, way.target) for way in ways_of(journey)}
    assert {*zip(*map(list, flow.shares.nonzero()), strict=True)} <= listed


def test_a_referral_is_as_sure_as_the_people_counted_where_it_starts() -> None:
    shop = cvj.Journey.from_counts("five", COUNTS).with_referral("loyalty", "reach", 2)
    (brings,) = referrals_of(shop)
    assert (brings.source, brings.target, brings.number, brings.cases) == (4, 0, 2, 10)
    assert referrals_of(shop, design_effect=2)[0].cases == 5
    drawn = drawn_referrals(shop, [brings], 20_000, seed=1)[0, 4, 0, 0]
    assert drawn.mean() == pytest.approx(2, rel=0.01)
    assert drawn.std() == pytest.approx(math.sqrt(2 / 10), rel=0.02)
    plan = cvj.Journey.from_rates("five", 1000, [0.5, 0.2, 0.1, 0.25])
    assert referrals_of(plan.with_referral("loyalty", "reach", 2))[0].cases == 20
