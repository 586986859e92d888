"""What was measured beside its plan: each stage answers for what happens there."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.comparison.gap import Gap, gap
from cvjkit.decisions.gains import gain_per_visit

PLAN = (
    cvj.Journey.from_rates("five", 10_000, [0.2, 0.05, 0.4, 0.1], name="Plan", currency="EUR")
    .with_stage("reach", unit_cost=0.1)
    .with_offer("conversion", name="Box", price=40, margin=15)
)
ACTUAL = cvj.Journey.from_counts("five", [10_040, 2000, 60, 25, 2], name="Actual")


def row(found: Gap, key: str, segment: str = "") -> dict[str, Any]:
    table = found.table
    (one,) = table[(table.key == key) & (table.segment == segment)].to_dict("records")
    return dict(one)  # type: ignore[arg-type]  # keys are names of columns


def test_each_stage_has_what_the_plan_does_not_make_of_the_people_before() -> None:
    found = gap(PLAN, ACTUAL)
    conversion = row(found, "conversion")
    numbers = [conversion[name] for name in ("planned", "actual", "gap")]
    assert numbers == pytest.approx([100, 60, -40])
    assert conversion["planned_rate"] == pytest.approx(0.05)
    assert conversion["actual_rate"] == pytest.approx(0.03)
    # 2,000 x 5% would have been 100; each brings 15.
    assert conversion["gap_here"] == pytest.approx(-40)
    assert conversion["money_here"] == pytest.approx(-600)
    assert conversion["could_be_chance"] is False
    assert conversion["words"] == "-40 (-40%)"
    # 10,040 x 20% would have been 2,008; each costs nothing more and brings 5% of 15.
    acquisition = row(found, "acquisition")
    assert acquisition["gap_here"] == pytest.approx(-8)
    assert acquisition["money_here"] == pytest.approx(-6)
    assert acquisition["could_be_chance"] is True
    # 40 more come in, who cost 0.10 each and bring 20% x 5% x 15.
    assert row(found, "reach")["money_here"] == pytest.approx(40 * (0.15 - 0.1))


def test_the_sentence_names_the_stage_where_most_is_lost_and_what_could_be_chance() -> None:
    assert gap(PLAN, ACTUAL).summary == (
        "Actual beside Plan: 60 at Conversion, where 100 were planned. It falls short most at "
        "Conversion: 3%, not 5%, go on, 40 people fewer, worth EUR 600.00. "
        "Could be chance: Reach, Acquisition, Retention and Loyalty."
    )
    as_planned = cvj.Journey.from_counts("five", [10_000, 2000, 100, 40, 4], name="Actual")
    assert gap(PLAN, as_planned).summary.endswith("All of it could be chance.")


def test_a_segment_that_falls_short_is_named_where_all_together_could_be_chance() -> None:
    counts = {"Ads": [100, 50, 25, 12, 6], "Blog": [9_900, 4_950, 2_475, 1_237, 618]}
    plan = cvj.Journey.from_counts("five", counts, name="Plan").planned()
    counts = {"Ads": [100, 10, 5, 2, 1], "Blog": [9_900, 4_990, 2_495, 1_249, 624]}
    actual = cvj.Journey.from_counts("five", counts, name="Actual")
    assert gap(plan, actual).summary == (
        "Actual beside Plan: 2,500 at Conversion, where 2,500 were planned. It falls short most at "
        "Acquisition in Ads: 10%, not 50%, go on, 40 people fewer. All of the rest could be chance."
    )


def test_who_came_too_late_for_all_stages_is_said() -> None:
    plan = PLAN.with_stage("conversion", delay_days=20).with_stage("loyalty", delay_days=20)
    young, old = ACTUAL.with_terms(cohort_age_days=30), ACTUAL.with_terms(cohort_age_days=40)
    assert gap(plan, young).summary.endswith(
        "The last people came 30 days before the end; by the plan the whole way takes 40 days, so "
        "later stages are still filling."
    )
    assert "still filling" not in gap(plan, old).summary
    assert "still filling" not in gap(plan, ACTUAL).summary


def test_a_plan_is_shown_in_the_framework_of_what_was_measured() -> None:
    found = gap(cvj.Journey.from_rates("eight", 10_000, [0.5] * 7, name="Plan"), ACTUAL)
    assert found.plan.framework.key == "five"
    assert row(found, "conversion")["planned"] == pytest.approx(1250)


def test_what_was_measured_is_shown_in_the_framework_of_the_plan_where_more_is_known_there() -> (
    None
):
    counts = [10_000, 2000, 1000, 60, 50, 25, 5, 2]
    actual = cvj.Journey.from_counts("eight", counts, name="Actual")
    found = gap(PLAN, actual)
    assert found.actual.framework.key == "five"
    assert found.table["actual"].tolist() == [10_000, 2000, 60, 25, 5]
    assert found.summary.startswith("Actual beside Plan: 60 at Conversion, where 100 were planned")
    short = cvj.framework("eight").drop("excitement", "promotion")
    plan = cvj.Journey.from_rates(short, 10_000, [0.2, 0.5, 0.1, 0.5, 0.5], name="Plan")
    assert gap(plan, actual).table["gap_here"].notna().all()


def test_it_is_judged_by_the_last_stage_that_is_planned_and_measured_where_no_sale_is() -> None:
    few = cvj.Journey.from_counts("five", [10_000, 1000, None, None, 3], name="Actual")
    assert gap(PLAN, few).summary.startswith("Actual beside Plan: 3 at Loyalty, where 4 were plan")
    none = cvj.Journey.from_counts("five", [None] * 5, name="Actual")
    assert gap(PLAN, none).summary == "Actual beside Plan: no stage is planned and measured."


def test_segments_that_are_others_than_planned_are_compared_all_together_and_it_says_so() -> None:
    counts = {"Ads": [100, 50, 25, 12, 6], "Blog": [900, 450, 225, 112, 56]}
    plan = cvj.Journey.from_counts("five", counts, name="Plan").planned()
    counts = {"Ads": [100, 50, 25, 12, 6], "Mail": [900, 450, 225, 112, 56]}
    found = gap(plan, cvj.Journey.from_counts("five", counts, name="Actual"))
    assert {*found.table["segment"]} == {""}
    assert found.summary.endswith(
        "The segments are not those of the plan, so they are compared all together."
    )
    assert "segments" not in gap(PLAN, ACTUAL).summary


def test_what_was_not_measured_is_not_known_and_neither_is_what_follows_from_it() -> None:
    found = gap(PLAN, cvj.Journey.from_counts("five", [10_040, None, 60, 25, 2], name="Actual"))
    acquisition, conversion = row(found, "acquisition"), row(found, "conversion")
    assert math.isnan(acquisition["gap"])
    assert math.isnan(conversion["gap_here"])
    assert acquisition["could_be_chance"] is not True
    assert conversion["gap"] == pytest.approx(-40)
    assert row(found, "retention")["gap_here"] == pytest.approx(1)


def test_where_nothing_is_planned_there_is_no_gap() -> None:
    plan = cvj.Journey.from_rates("five", 10_000, [0.2, 0.05, None, None], name="Plan")
    retention = row(gap(plan, ACTUAL), "retention")
    assert math.isnan(retention["gap"])
    assert math.isnan(retention["gap_here"])
    assert retention["actual"] == 25


RATES = st.lists(st.floats(0, 0.5), min_size=4, max_size=4)
COUNTS = st.lists(st.integers(0, 10_000), min_size=5, max_size=5)


@st.composite
def plans(draw: st.DrawFn, *, several: bool) -> cvj.Journey:
    plan = cvj.Journey.from_rates("five", draw(st.integers(1, 10_000)), draw(RATES), name="Plan")
    if several:
        plan = plan.put("segments[0].name", "Ads")
        entrants = [draw(st.integers(1, 10_000)), 0, 0, 0, 0]
        plan = plan.with_segment("Blog", entrants=entrants, rates=[None, *draw(RATES)])
    plan = plan.with_stage("reach", unit_cost=draw(st.floats(0, 5)))
    plan = plan.with_offer("conversion", name="Box", price=40, margin=draw(st.floats(0, 30)))
    if draw(st.booleans()):
        plan = plan.with_transition("retention", "retention", rate=draw(st.floats(0.01, 0.4)))
    if draw(st.booleans()):
        plan = plan.with_referral("conversion", "reach", draw(st.floats(0.01, 0.2)))
    return plan


@st.composite
def coming_back(draw: st.DrawFn, actual: cvj.Journey) -> cvj.Journey:
    """Let people come to stages again and again, as in a log in which they look at many pages."""
    for stage in draw(st.sets(st.sampled_from(["reach", "acquisition", "loyalty"]))):
        actual = actual.with_transition(stage, stage, rate=draw(st.floats(0.01, 0.9)))
    return actual


@given(st.data())
def test_who_comes_to_a_stage_again_is_neither_more_nor_fewer_people(data: st.DataObject) -> None:
    plan = cvj.Journey.from_rates("five", data.draw(st.integers(1, 10_000)), data.draw(RATES))
    plan = plan.with_offer("conversion", name="Box", price=40, margin=20)
    actual = cvj.Journey.from_counts("five", data.draw(COUNTS))
    before, after = (gap(plan, one).table for one in (actual, data.draw(coming_back(actual))))
    for column in ("gap", "gap_here", "money_here", "actual_rate"):
        assert after[column].tolist() == pytest.approx(before[column], nan_ok=True, abs=1e-6)
    assert after["could_be_chance"].equals(before["could_be_chance"])
    assert (after["repeats_money"] == 0).all()


def test_what_repeats_cost_that_nobody_planned_is_put_down_to_their_stage() -> None:
    actual = cvj.Journey.from_counts("five", [10_000, 2000, 100, 40, 4], name="Actual")
    found = gap(PLAN, actual.with_transition("reach", "reach", rate=0.5))
    reach = row(found, "reach")
    # 10,000 people see it twice, for 0.10 each time.
    assert (reach["gap_here"], reach["repeats_here"]) == pytest.approx((0, 10_000))
    assert (reach["money_here"], reach["repeats_money"]) == pytest.approx((-1000, -1000))
    assert reach["could_be_chance"] is False
    assert found.summary == (
        "Actual beside Plan: 100 at Conversion, where 100 were planned. It falls short most at "
        "Reach: people come there again 10,000 times more, worth EUR 1,000.00. "
        "Could be chance: Acquisition, Conversion, Retention and Loyalty."
    )


def test_where_people_come_by_other_ways_the_sentence_does_not_contradict_the_rates() -> None:
    plan = PLAN.with_transition("reach", "conversion", rate=0.02)
    actual = cvj.Journey.from_counts("five", [10_000, 500, 100, 40, 4], name="Actual")
    # 200 should skip to it and 25 of the 500 go on; yet 20% of these are more than 15%, as planned.
    assert gap(plan, actual).summary == (
        "Actual beside Plan: 100 at Conversion, where 300 were planned. It falls short most at "
        "Conversion: 125 people fewer than planned for those who came so far, worth EUR 1,875.00. "
        "Could be chance: Reach, Retention and Loyalty."
    )


@given(st.data(), st.booleans(), st.booleans())
def test_money_at_the_stages_adds_up_to_the_whole_difference(
    data: st.DataObject, several: bool, matched: bool
) -> None:
    plan = data.draw(plans(several=several))
    names = ["Ads", "Blog"] if several and matched else ["Someone"]
    counts = {name: data.draw(COUNTS) for name in names}
    actual = data.draw(coming_back(cvj.Journey.from_counts("five", counts, name="Actual")))
    found = gap(plan, actual)
    table = found.table[found.table.segment == ""]
    gain, visits = gain_per_visit(plan), plan.flow().visits
    measured = actual.flow().visits
    if names == ["Ads", "Blog"]:
        expected = (measured * gain).sum() - (visits * gain).sum()
    elif not several:
        expected = (measured[0] * gain[0]).sum() - (visits * gain).sum()
    else:
        mix = np.where(visits.any(axis=0), visits, 1)
        mean = (mix * gain).sum(axis=0) / mix.sum(axis=0)
        expected = (measured[0] * mean).sum() - (visits * gain).sum()
    assert table.money_here.sum() == pytest.approx(expected, rel=1e-6, abs=1e-3)


def test_chance_is_said_of_all_stages_in_19_of_20_measurements_of_the_plan_itself() -> None:
    chance = np.random.default_rng(1)
    alike = 0
    for _ in range(200):
        counts = [int(chance.poisson(10_000))]
        for rate in (0.2, 0.05, 0.4, 0.1):
            counts.append(int(chance.binomial(counts[-1], rate)))
        actual = cvj.Journey.from_counts("five", counts, name="Actual")
        alike += bool(gap(PLAN, actual).table.could_be_chance.all())
    # 190 expected, standard deviation 3.1.
    assert alike >= 175


def test_the_figure_has_a_bar_for_each_stage_pale_where_it_could_be_chance() -> None:
    found = gap(PLAN, ACTUAL)
    figure = found.figure()
    bars = {trace.meta["key"]: trace for trace in figure.data if trace.meta["mark"] == "bar"}
    expected = found.table.set_index("key").money_here
    for key, bar in bars.items():
        assert bar.meta["value"] == pytest.approx(expected[key])
    assert bars["conversion"].fillpattern.shape is None
    assert bars["acquisition"].fillpattern.shape == "/"
    lengths = {key: max(bar.x) - min(bar.x) for key, bar in bars.items()}
    assert lengths["conversion"] / lengths["acquisition"] == pytest.approx(100, rel=1e-6)
    assert figure.layout.meta["summary"] == found.summary


def test_without_money_the_bars_are_people() -> None:
    plan = cvj.Journey.from_rates("five", 10_000, [0.2, 0.05, 0.4, 0.1], name="Plan")
    found = gap(plan, ACTUAL)
    assert found.table.money_here.isna().all()
    units = {trace.meta["unit"] for trace in found.figure().data if trace.meta["mark"] == "bar"}
    assert units == {"gap"}
    assert "40 people fewer." in found.summary
