from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings

import cvjkit as cvj
from cvjkit.decisions.evidence import ways_of
from cvjkit.decisions.sampling import dense, drawn_shares
from cvjkit.decisions.simulate import simulate
from cvjkit.decisions.simulation import Simulation
from cvjkit.model.economics import FIGURES, StageColumns, appraise
from cvjkit.model.flow import Flow, stacked
from cvjkit.model.generations import growing, new_people_each
from tests.strategies import journeys

DRAWS = 2


def flows_of(journey: cvj.Journey, simulation: Simulation) -> list[Flow]:
    """Solve each draw by itself, from the matrices of the equations."""
    flow = journey.flow()
    shares = drawn_shares(journey, ways_of(journey), simulation.count, simulation.seed)
    size = flow.visits.size
    solved = []
    for draw, matrix in enumerate(dense(journey, shares, simulation.count)):
        births = np.zeros((size, size))
        for ends, number in simulation.flow.births.items():
            births[ends] = number[draw]
        fundamental = np.linalg.inv(np.eye(flow.visits.shape[1]) - matrix)
        both = np.eye(size) - stacked(matrix) - births
        visits = np.linalg.solve(both.T, flow.entered.ravel())
        referred = (visits @ births).reshape(flow.visits.shape)
        births = births.reshape(flow.births.shape)
        once = np.einsum("sjj->sj", fundamental)
        solved.append(
            replace(
                flow,
                k=new_people_each(fundamental, births, referred, flow.undefined),
                shares=matrix,
                births=births,
                fundamental=fundamental,
                referred=referred,
                visits=visits.reshape(flow.visits.shape),
                people=visits.reshape(flow.visits.shape) / once,
            )
        )
    return solved


def close(value: float, size: float = 1.0) -> object:
    return pytest.approx(value, rel=1e-6, abs=1e-7 * max(1.0, abs(size)), nan_ok=True)


@settings(deadline=None, max_examples=60)
@given(journeys(money=True))
def test_each_draw_has_the_people_rates_and_figures_of_its_own_flow(journey: cvj.Journey) -> None:
    assume(not journey.flow().undefined.any())
    simulation = simulate(journey, DRAWS)
    flows = flows_of(journey, simulation)
    assume(all(flow.k is None or flow.k < 0.95 for flow in flows))
    # k is an average: among some of the people growth may have no end all the same.
    assume(not any(growing(flow.fundamental, flow.births).any() for flow in flows))
    again = simulation.formulas.typed_second_purchase_rate
    for draw, flow in enumerate(flows):
        size = flow.visits.sum()
        for stage, key in enumerate(journey.framework.keys):
            people = simulation.values(f"stages.{key}.people")
            assert people is not None
            assert people[draw] == close(flow.people[:, stage].sum(), size)
            rate = simulation.values(f"stages.{key}.rate")
            parent = journey.framework.parents[stage]
            if parent is not None and flow.people[:, parent].sum() > 1e-9 * size:
                assert rate is not None
                assert rate[draw] == close(flow.stages.step_rate[key])
            overall = np.broadcast_to(simulation._bands.overall(stage), DRAWS)
            assert overall[draw] == close(flow.stages.overall_rate[key])
        offers = {
            anchor: offer
            if offer.repeat_rate is None
            else offer.model_copy(update={"repeat_rate": float(offer.repeat_rate[draw])})  # type: ignore[index]
            for anchor, offer in simulation.formulas.offers.items()
        }
        economics = appraise(
            StageColumns.of(
                journey,
                flow=flow,
                offers=offers,
                typed_second_purchase_rate=None if again is None else float(again[draw]),  # type: ignore[index]
            )
        )
        money = max(abs(number or 0) for number in economics.values.values())
        for figure in FIGURES:
            values = simulation.values(figure)
            if economics[figure] is None or values is None:
                assert values is None or not np.isfinite(values[draw]), figure
            elif not figure.startswith("payback"):
                assert values[draw] == close(economics[figure], money), figure
            else:
                assert values[draw] == close(economics[figure]), figure


def test_k_of_one_or_more_leaves_no_total_and_is_told() -> None:
    plan = cvj.Journey.from_rates("five", 1000, [0.5, 0.5, 0.5, 0.5], name="Rumour")
    plan = plan.with_referral("loyalty", to="acquisition", per_person=8)
    simulation = simulate(plan, 2000)
    k, people = simulation.values("k"), simulation.values("stages.loyalty.people")
    assert k is not None
    assert people is not None
    assert ((k >= 1) == np.isnan(people)).all()
    assert simulation.probability("k < 1") == pytest.approx(np.mean(k < 1))
    assert 0.2 < (k < 1).mean() < 0.8
    assert "less than one new person" in simulation.summary


def test_several_starts_of_referrals_have_the_growth_of_their_generations() -> None:
    plan = cvj.Journey.from_rates("five", {"reach": 10}, [0.5, 0.5, 0.5, 0.5])
    plan = plan.with_referral("loyalty", to="reach", per_person=6)
    plan = plan.with_referral("conversion", to="acquisition", per_person=3)
    simulation = simulate(plan, 500)
    k = simulation.values("k")
    flow = simulation.flow
    grown = np.isnan(flow.visits[0])
    assert k is not None
    assert grown.any()
    for draw in np.flatnonzero(grown)[:20]:
        matrix = np.zeros((5, 5))
        for ends, share in flow.family.items():
            matrix[ends] = share[draw]
        births = np.zeros((5, 5))
        for ends, number in flow.births.items():
            births[ends] = number[draw]
        radius = np.abs(np.linalg.eigvals(np.linalg.inv(np.eye(5) - matrix) @ births)).max()
        assert k[draw] == pytest.approx(radius)
        assert radius >= 1
