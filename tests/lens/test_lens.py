"""What holds of a journey seen through any framework."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.catalog.spine import spine
from cvjkit.errors import InputError
from tests.lens.given import DOCUMENTED, path_to, starter, steps
from tests.strategies import frameworks, journeys


def test_contestable_milestones_are_listed_and_can_be_switched() -> None:
    cleaning, nine = starter("cleaning"), cvj.framework("nine")
    argued = cleaning.through(nine).contestable
    assert argued.loc["target", "alternative_milestone"] == "aware"
    assert argued.loc["target", "sources"] == ("001:12", "001:18")
    assert "deliver_and_wow" in argued.index
    assert "close" not in argued.index
    assert cleaning.through(nine)["target"].status == "estimated"
    switched = cleaning.through(nine.change({"target": {"milestone": "aware"}}))["target"]
    assert (switched.people, switched.status) == (163200, "exact")


def test_a_stage_says_where_the_documents_differ() -> None:
    why = starter("coffee").through("eight")["subscription"].why
    assert "Webinar (Sugerman, line 16; the Customer Value Journey, line 78)" in why
    assert "Names that mislead" in why


def test_estimates_of_segments_are_made_from_their_own_people() -> None:
    shop = cvj.Journey.from_counts("five", {"Ads": [900, 90, 9, 5, 1], "Blog": [99, 80, 60, 9, 9]})
    ads, blog, both = (
        shop.through("nine", name)["collect_leads"] for name in ("Ads", "Blog", None)
    )
    assert ads.people == pytest.approx(90 * (9 / 90) ** (3 / 8))
    assert both.people == pytest.approx(170 * (69 / 170) ** (3 / 8))
    assert ads.people + blog.people != pytest.approx(both.people)  # type: ignore[operator]  # all are estimated


def test_an_unknown_framework_is_refused_with_its_choices() -> None:
    with pytest.raises(InputError, match="did you mean 'eight'"):
        starter("coffee").through("eigth")


@given(st.lists(st.lists(st.integers(0, 10**6), min_size=8, max_size=8), min_size=1, max_size=3))
def test_eight_seen_through_five_is_exact(counts: list[list[int]]) -> None:
    """P12: every stage of five is a stage of eight."""
    journey = cvj.Journey.from_counts("eight", {f"S{at}": row for at, row in enumerate(counts)})
    table, stages = journey.through("five").table, journey.flow().stages
    own = ["awareness", "engagement", "conversion", "ascension", "advocation"]
    assert (table.status == "exact").all()
    assert table.people.to_list() == stages.people[own].to_list()
    expected = stages.overall_rate[own].astype(float).to_list()
    assert table.overall_rate.to_list() == pytest.approx(expected, nan_ok=True)


@given(journeys(money=True, unknown=True))
def test_through_its_own_framework_a_journey_is_itself(journey: cvj.Journey) -> None:
    """P12: F seen through F."""
    flow, lens = journey.flow(), journey.through(journey.framework)
    economics = journey.economics().stages
    delays = {numbers.stage: numbers.delay_days for numbers in journey.stages}
    assert [stage.delay_days for stage in lens.stages] == [
        pytest.approx(delays.get(key)) for key in lens.framework.keys
    ]
    for key in flow.stages.index[flow.stages.people.notna()]:
        stage = lens[key]
        assert stage.people == flow.stages.people[key]
        contradicted = flow.contradicted[:, flow.framework.index(key)].any()
        assert stage.status == ("estimated" if contradicted else "exact")
        assert contradicted or stage.low == stage.high == stage.people
        for rate in ("step_rate", "overall_rate"):
            expected = flow.stages[rate][key]
            if expected is not None and not math.isnan(expected):
                assert getattr(stage, rate) == pytest.approx(expected)
        if key != lens.framework.keys[0] and stage.cost is not None:
            assert stage.cost == pytest.approx(economics.cost[key])
        assert stage.cost_status != "estimated"
        assert stage.delay_status != "estimated"


def test_who_comes_back_to_the_first_stage_does_not_start_there() -> None:
    plan = cvj.Journey.from_rates("five", 100, [0.5, 0.2, 0.4, 0.1])
    late = {"reach": 1, "conversion": 900}
    plan = plan.with_segment("Late", entrants=late, rates=[0.1, 0.1, 0.1, 0.1])
    plan = plan.with_transition("conversion", "reach", 0.5)
    overall, stages = plan.through("five").table.overall_rate, plan.flow().stages
    assert overall.to_list() == pytest.approx(stages.overall_rate.to_list())
    assert overall["acquisition"] > 0.49
    assert stages.people["reach"] > 500


@given(journeys(unknown=True), frameworks())
def test_projected_numbers_lie_within_their_bounds(
    journey: cvj.Journey, framework: cvj.Framework
) -> None:
    """P12, and what goes for every number of a lens."""
    for stage in journey.through(framework).stages:
        numbers = (stage.bound_low, stage.low, stage.people, stage.high, stage.bound_high)
        known = [number for number in numbers if number is not None]
        slack = 1e-9 * max(1.0, *known, 0.0)
        assert all(a <= b + slack for a, b in pairwise(known)), stage
        assert (stage.people is None) == (stage.status == "unknown")
        assert stage.status != "estimated" or None not in numbers[1:4]
        assert stage.why
        for rate in (stage.step_rate, stage.overall_rate):
            assert rate is None or 0 <= rate <= 1


@given(journeys(money=True), frameworks())
def test_money_is_the_same_through_every_lens(
    journey: cvj.Journey, framework: cvj.Framework
) -> None:
    """P12: nothing is lost between stages, the remainder included."""
    economics, lens = journey.economics(), journey.through(framework)
    if economics.total_cost is not None:
        parts = [lens.remainder.cost, *(stage.cost for stage in lens.stages)]
        total = math.fsum(part for part in parts if part is not None)
        assert total == pytest.approx(economics.total_cost, rel=1e-9, abs=1e-9)
        assert lens.cost == pytest.approx(economics.total_cost, rel=1e-9, abs=1e-9)
    if economics.profit is not None:
        size = 1e-9 * max(abs(economics.profit), economics.total_cost or 0, 1)
        earned = economics.profit + (economics.total_cost or 0)
        assert lens.contribution == pytest.approx(earned, rel=1e-7, abs=100 * size)


@given(journeys(money=True, unknown=True), frameworks(), frameworks())
def test_what_two_lenses_share_they_show_alike(
    journey: cvj.Journey, one: cvj.Framework, other: cvj.Framework
) -> None:
    """P13: same milestone, same number; and same rate, cost and time between two of them."""
    lenses = journey.through(one), journey.through(other)
    shared = [
        m for m in spine() if all(m in {s.milestone for s in lens.framework} for lens in lenses)
    ]
    assume(shared)
    seen = []
    for lens in lenses:
        at = {stage.milestone: stage for stage in lens.stages if stage.milestone}
        seen.append(
            [
                (n.people, n.low, n.high, n.bound_low, n.bound_high, n.status)
                for n in (at[milestone] for milestone in shared)
            ]
        )
    assert seen[0] == seen[1]
    # Between two milestones that follow each other in both, as many come on.
    rates = [dict(steps(lens)) for lens in lenses]
    for step in rates[0].keys() & rates[1].keys():
        assert rates[0][step] == rates[1][step]


@given(journeys(money=True), st.sampled_from(DOCUMENTED), st.sampled_from(DOCUMENTED))
def test_up_to_a_shared_milestone_cost_and_time_are_the_same(
    journey: cvj.Journey, one: str, other: str
) -> None:
    """P13, for what adds up along the way."""
    assume(all(stage.milestone for stage in journey.framework))
    lenses = journey.through(one), journey.through(other)
    for milestone in ("engaged", "lead", "first_payment", "wowed", "bought_again"):
        paths = [path_to(lens, milestone) for lens in lenses]
        if not all(paths):
            continue
        sums = []
        for lens, path in zip(lenses, paths, strict=True):
            sums.append(
                [
                    math.fsum(getattr(lens[key], column) or 0.0 for key in path)
                    for column in ("cost", "delay_days")
                ]
            )
        assert sums[0] == pytest.approx(sums[1], rel=1e-9, abs=1e-9)
