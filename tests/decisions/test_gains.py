from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given

import cvjkit as cvj
from cvjkit.decisions.gains import Ways, gains
from cvjkit.decisions.steps import steps_of
from tests.strategies import journeys

SMALL = 1e-7


@given(journeys(ways=True, referral=True))
def test_a_small_change_is_worth_visits_times_what_a_person_is_worth(journey: cvj.Journey) -> None:
    """P10: the gradient is v_i u_j."""
    flow = journey.flow()
    assume(not {flag.id for flag in flow.flags} & {"A47", "A48"})
    steps = steps_of(flow)
    gain = np.cos(np.arange(flow.visits.size)).reshape(flow.visits.shape)
    more = np.full((1, 1, *steps.rates.shape), SMALL)
    ways = Ways(flow.shares[None], flow.births, flow.entered)
    money = gains(ways, steps, more, gain, None).money[0, 0] / SMALL
    size = flow.visits.size
    moves = np.zeros((len(flow.segments), len(flow.framework)) * 2)
    for segment, shares in enumerate(flow.shares):
        moves[segment, :, segment, :] = shares
    moves += flow.births
    worth = np.linalg.solve(np.eye(size) - moves.reshape(size, size), gain.ravel())
    worth = worth.reshape(gain.shape)
    for step, target in enumerate(steps.targets):
        parts = [
            flow.visits[segment, steps.sources[segment, step]] * worth[segment, target]
            for segment in range(len(flow.segments))
        ]
        scale = 1 + np.abs(parts).sum() + np.abs(worth).max() * flow.visits.sum()
        assert money[step] == pytest.approx(sum(parts), rel=1e-4, abs=1e-5 * scale)


def test_segments_that_refer_to_one_another_are_solved_together() -> None:
    counts = {"Ads": [1000, 200, 40, 20, 10], "Blog": [500, 200, 90, 40, 20]}
    journey = cvj.Journey.from_counts("five", counts).planned()
    journey = journey.with_referral("conversion", to="acquisition", per_person=0.4, segment="Blog")
    row = journey.fix_first().loc["conversion"]
    better = journey
    for name in counts:
        rate = journey.get(f"segments[{name}].rates.conversion")
        better = better.put(f"segments[{name}].rates.conversion", rate + 0.01)
    gained = better.economics().customers - journey.economics().customers
    assert row["customers_per_point"] == pytest.approx(gained, rel=1e-9)


def test_repeats_of_one_segment_only_are_worth_what_they_bring_there() -> None:
    counts = {"Ads": [1000, 200, 40, 20, 10], "Blog": [500, 200, 90, 40, 20]}
    journey = cvj.Journey.from_counts("five", counts).planned().with_terms(discount_rate=0.5)
    journey = journey.with_offer("conversion", name="Box", margin=5, cycle_days=90)
    journey = journey.with_offer("retention", name="Bag", margin=20, cycle_days=90)
    journey = journey.with_transition("retention", "retention", 0.3, segment="Ads")
    journey = journey.with_transition("retention", "retention", 0.45, segment="Blog")
    first = journey.fix_first()
    for stage in ("acquisition", "conversion", "retention"):
        better = journey
        for name in counts:
            rate = journey.get(f"segments[{name}].rates.{stage}")
            better = better.put(f"segments[{name}].rates.{stage}", rate + 0.01)
        gained = better.economics().profit - journey.economics().profit
        assert first.profit_per_point[stage] == pytest.approx(gained, rel=1e-9)
