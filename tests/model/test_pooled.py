"""People and rates typed for all segments of a plan, or for one: what follows, what cannot be."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import cvjkit as cvj
from tests.strategies import journeys

PLAN = cvj.Journey.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1], name="Plan")
TWO = PLAN.with_segment("Everyone", rename="Ads").with_segment(
    "Blog", entrants=500, rates=[0.2, 0.5, 0.3, 0.3]
)
PLANS = journeys(counted=False)


def rates(journey: cvj.Journey, stage: str) -> list[float]:
    at = journey.framework.index(stage)
    return [(segment.rates or ())[at] or 0.0 for segment in journey.segments]


def rooms(journey: cvj.Journey, stage: str) -> list[float]:
    """What the ways beside the step leave of 1, segment by segment."""
    framework = journey.framework
    at = framework.index(stage)
    before = framework.parents[at]
    assert before is not None
    found = []
    for segment in journey.segments:
        beside = [
            rate or 0.0
            for other, (rate, parent) in enumerate(
                zip(segment.rates or (), framework.parents, strict=True)
            )
            if parent == before and other != at
        ]
        beside += [
            way.rate
            for way in journey.transitions
            if way.source == framework.keys[before] and way.segment in {None, segment.name}
        ]
        found.append(1 - sum(beside))
    return found


def people(journey: cvj.Journey) -> np.ndarray:
    return journey.flow().stages["people"].to_numpy(float)


def refusal(journey: cvj.Journey, path: str, value: object) -> str:
    with pytest.raises(cvj.InputError) as refused:
        journey.put(path, value)
    (fault,) = refused.value.faults
    return str(fault)


def later_stages(journey: cvj.Journey) -> list[str]:
    keys, parents = journey.framework.keys, journey.framework.parents
    return [key for key, parent in zip(keys, parents, strict=True) if parent is not None]


# --- worked by hand ---------------------------------------------------------------------------


def test_a_rate_of_all_segments_multiplies_each_by_the_same_factor() -> None:
    # 500 of the ads and 100 of the blog consider; 100 and 50 buy: 25% of 600. At 50% all double.
    assert TWO.get("stages.conversion.rate") == 0.25
    assert rates(TWO.put("stages.conversion.rate", 0.5), "conversion") == pytest.approx([0.4, 1.0])


def test_what_is_cut_at_1_goes_to_the_other_segments() -> None:
    # At 60% there are 360 of 600: all 100 of the blog, so 260 of the 500 of the ads.
    changed = TWO.put("stages.conversion.rate", 0.6)
    assert rates(changed, "conversion") == pytest.approx([0.52, 1.0])
    assert changed.flow().numbers("people")[2] == pytest.approx(360)


def test_people_of_all_segments_set_the_rates_and_at_the_start_the_entrants() -> None:
    changed = TWO.put("stages.conversion.people", 300)
    assert rates(changed, "conversion") == pytest.approx([0.4, 1.0])
    halved = TWO.put("stages.reach.people", 750)
    assert [(segment.entrants or ())[0] for segment in halved.segments] == [500, 250]
    assert people(halved) == pytest.approx(people(TWO) / 2)


def test_people_of_one_segment_of_a_plan_set_its_rate_only() -> None:
    changed = TWO.put("segments[Blog].people.conversion", 80)
    assert rates(changed, "conversion") == pytest.approx([0.2, 0.8])
    assert changed.get("segments[Blog].people.conversion") == pytest.approx(80)
    assert TWO.with_stage("conversion", people=80, segment="Blog") == changed
    assert TWO.with_stage("conversion", rate=0.5) == TWO.put("stages.conversion.rate", 0.5)


def test_nobody_brings_nobody() -> None:
    empty = TWO.put("stages.reach.people", 0)
    assert refusal(empty, "stages.conversion.people", 5) == (
        "stages.conversion.people: 5 cannot come from nobody; raise Acquisition first"
    )


def test_where_nobody_takes_the_step_all_segments_get_the_same_rate() -> None:
    nobody = TWO.put("stages.conversion.rate", 0)
    assert rates(nobody, "conversion") == [0, 0]
    assert rates(nobody.put("stages.conversion.rate", 0.3), "conversion") == pytest.approx(
        [0.3] * 2
    )
    assert rates(nobody.put("stages.conversion.people", 60), "conversion") == pytest.approx(
        [0.1] * 2
    )
    empty = TWO.put("stages.reach.people", 0)
    assert people(empty).tolist() == [0] * 5
    entrants = [segment.entrants for segment in empty.put("stages.reach.people", 10).segments]
    assert [numbers and numbers[0] for numbers in entrants] == pytest.approx([5, 5])


def test_not_known_is_typed_for_all_segments_too() -> None:
    unknown = TWO.put("stages.conversion.rate", None)
    assert unknown.get("stages.conversion.rate") is None
    assert unknown.get("stages.conversion.people") is None
    assert rates(unknown.put("stages.conversion.people", 60), "conversion") == pytest.approx(
        [0.1] * 2
    )


def test_ways_back_leave_the_people_as_they_were_typed() -> None:
    # Of the 1000, 500 consider; of 100 buyers 40 stay, half of whom come back to consider.
    winding = PLAN.with_transition("retention", "acquisition", 0.5)
    for number in (10, 123.4, 499):
        changed = winding.put("stages.conversion.people", number)
        assert changed.flow().numbers("people")[2] == pytest.approx(number, rel=1e-12)


def test_growth_without_end_is_no_bound() -> None:
    # From a rate of 1/2 on, each of 1000 brings 0.2 x 0.4 x 0.1 ... more than one new person.
    viral = PLAN.with_referral("loyalty", to="reach", per_person=200)
    assert (viral.put("stages.conversion.rate", 0.9).flow().k or 0) > 1
    changed = viral.put("stages.conversion.people", 1e6)
    assert changed.flow().numbers("people")[2] == pytest.approx(1e6, rel=1e-9)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (
            "stages.conversion.people",
            601,
            "stages.conversion.people: 601 is more than the 600 who can reach Conversion; write",
        ),
        (
            "stages.conversion.rate",
            25,
            "stages.conversion.rate: 25 must be between 0 and 1; write ",
        ),
        (
            "stages.conversion.people",
            -1,
            "stages.conversion.people: -1 must not be negative; write",
        ),
        ("stages.conversion.people", "x", "stages.conversion.people: 'x' must be a number; write"),
        (
            "stages.conversion.people",
            math.nan,
            "stages.conversion.people: nan must be a finite num",
        ),
        ("stages.reach.rate", 0.5, "stages.reach.rate: 0.5 has no stage before it; leave it out"),
        ("stages.conversion.people.x", 1, "stages.conversion.people: 'people' is not known; "),
        (
            "segments[Blog].people.x",
            1,
            "segments[Blog].people.x: 'x' is not known; choose from reach",
        ),
        ("segments[Blig].people.reach", 1, "segments[Blig]: 'Blig' is not known; did you mean"),
    ],
)
def test_what_cannot_be_says_how_far_it_can_go(path: str, value: object, said: str) -> None:
    assert refusal(TWO, path, value).startswith(said)


def test_a_skip_bounds_the_rate_and_the_people_from_both_sides() -> None:
    skipping = TWO.with_transition("reach", "conversion", 0.1).with_transition(
        "acquisition", "retention", 0.3
    )
    # 150 of 1500 skip to Conversion; of 500 + 100 who consider, 30% go elsewhere.
    assert refusal(skipping, "stages.conversion.people", 149) == (
        "stages.conversion.people: 149 is fewer than the 150 who reach Conversion by other ways; "
        "write 150 or more, or change those ways first"
    )
    assert refusal(skipping, "stages.conversion.people", 571).startswith(
        "stages.conversion.people: 571 is more than the 570 who can reach Conversion; "
    )
    assert refusal(skipping, "stages.conversion.rate", 0.75) == (
        "stages.conversion.rate: 0.75 is more than the 70% that other ways leave; "
        "write 70% or less, or lower one of them first"
    )
    full = skipping.put("stages.conversion.people", 570)
    assert rates(full, "conversion") == pytest.approx([0.7, 0.7])


def test_counted_people_belong_to_one_segment() -> None:
    counted = cvj.Journey.from_counts("five", {"Ads": [9, 8, 7, 6, 5], "Blog": [5, 4, 3, 2, 1]})
    assert counted.get("stages.conversion.people") == 10
    assert refusal(counted, "stages.conversion.people", 11) == (
        "stages.conversion.people: 11 cannot be set for all segments, because the people of "
        "Ads, Blog are counted; type the people of one segment, or make it a what-if"
    )
    assert counted.put("segments[Ads].people.conversion", 5).segments[0].counts == (9, 8, 5, 6, 5)


def test_what_comes_before_must_be_known() -> None:
    gap = TWO.put("segments[Blog].rates.acquisition", None)
    assert refusal(gap, "stages.conversion.people", 5) == (
        "stages.conversion.people: 5 needs the people at Acquisition, and they are not known; "
        "type how many reach Acquisition first"
    )
    gap = TWO.put("segments[Blog].rates.conversion", None)
    assert refusal(gap, "stages.conversion.rate", 0.5) == (
        "stages.conversion.rate: 0.5 needs a number that some segments lack; type it for Blog first"
    )


# --- laws -------------------------------------------------------------------------------------


def with_rates(plan: cvj.Journey, stage: str, numbers: list[float]) -> cvj.Journey:
    at = plan.framework.index(stage)
    segments = [
        segment.model_copy(
            update={"rates": (*(segment.rates or ())[:at], rate, *(segment.rates or ())[at + 1 :])}
        )
        for segment, rate in zip(plan.segments, numbers, strict=True)
    ]
    return plan.with_terms(segments=segments)


@given(PLANS, st.data())
def test_as_many_reach_a_stage_as_were_typed_or_it_says_how_many_can(
    plan: cvj.Journey, data: st.DataObject
) -> None:
    stage = data.draw(st.sampled_from(plan.framework.keys))
    path = f"stages.{stage}.people"
    present = plan.get(path)
    assert plan.put(path, present) == plan
    number = data.draw(st.floats(0, 3)) * (present or 10)
    said = ""
    try:
        changed = plan.put(path, number)
    except cvj.InputError as refused:
        said = str(refused)
    if said and plan.framework.index(stage) == 0:
        # Only those who come back are there without anybody entering.
        empty = plan
        for segment in plan.segments:
            empty = empty.put(f"segments[{segment.name}].entrants.{stage}", 0)
        bound = empty.get(path)
        assert number < bound
        assert plan.put(path, bound).get(path) == pytest.approx(bound, rel=1e-9)
        return
    if said:
        before = rates(plan, stage)
        room = [
            most if was or not any(before) else 0.0
            for most, was in zip(rooms(plan, stage), before, strict=True)
        ]
        if number > present:
            greatest = with_rates(plan, stage, room).get(path)
            assert "from nobody" in said if greatest == 0 else number > greatest
            bound = greatest
        else:
            bound = with_rates(plan, stage, [0.0] * len(room)).get(path)
            assert number < bound
        if bound:
            (written,) = re.findall(r"the (\S+) who", said)
            told = float(written.replace(",", ""))
            assert told == pytest.approx(bound, rel=1e-5, abs=1 if bound >= 1 else 1e-6)
            assert told.is_integer() or told < 1
            assert (
                (told <= bound * (1 + 1e-9)) if number > present else (told >= bound * (1 - 1e-9))
            )
            assert plan.put(path, bound).get(path) == pytest.approx(bound, rel=1e-9)
        return
    assert changed.get(path) == pytest.approx(number, rel=1e-9, abs=1e-9)


@given(PLANS, st.data())
def test_a_rate_of_all_segments_is_one_factor_cut_where_there_is_no_more_room(
    plan: cvj.Journey, data: st.DataObject
) -> None:
    assume(later_stages(plan))
    stage = data.draw(st.sampled_from(later_stages(plan)))
    path, wanted = f"stages.{stage}.rate", data.draw(st.floats(0.001, 1))
    before, room = rates(plan, stage), rooms(plan, stage)
    try:
        changed = plan.put(path, wanted)
    except cvj.InputError:
        assert min(room) < 1 or not all(before)
        return
    # At the new rate a referral may bring one more for each: then nothing has a total.
    assume(not changed.flow().undefined.any())
    assert changed.get(path) == pytest.approx(wanted, rel=1e-9)
    after = rates(changed, stage)
    if not any(before):
        factors = after
    else:
        assert all(now == 0 for now, was in zip(after, before, strict=True) if was == 0)
        factors = [now / was for now, was in zip(after, before, strict=True) if was > 0]
    full = [now >= most - 1e-9 for now, most in zip(after, room, strict=True)]
    free = [
        now / (was if any(before) else 1)
        for now, was, cut in zip(after, before, full, strict=True)
        if not cut and (was > 0 or not any(before))
    ]
    if free:
        assert free == pytest.approx([max(free)] * len(free), rel=1e-9)
        # What is cut would have gone further.
        assert max(factors) <= max(free) * (1 + 1e-9)


@given(PLANS, st.data())
def test_more_at_one_place_is_never_fewer_anywhere(plan: cvj.Journey, data: st.DataObject) -> None:
    stage = data.draw(st.sampled_from(plan.framework.keys))
    kind = (
        data.draw(st.sampled_from(["rate", "people"])) if stage in later_stages(plan) else "people"
    )
    path = f"stages.{stage}.{kind}"
    now = plan.get(path) or 0.0
    try:
        raised = plan.put(path, now * data.draw(st.floats(1, 3)) + data.draw(st.floats(0, 0.2)))
    except cvj.InputError:
        return
    before, after = people(plan), people(raised)
    known = ~np.isnan(after)
    assert (after[known] >= before[known] * (1 - 1e-9) - 1e-9).all()


@given(journeys(counted=False, referral=True))
def test_half_the_entrants_are_half_of_everything(plan: cvj.Journey) -> None:
    halves = [
        segment.model_copy(
            update={"entrants": tuple((number or 0) / 2 for number in segment.entrants or ())}
        )
        for segment in plan.segments
    ]
    assert people(plan.with_terms(segments=halves)) == pytest.approx(people(plan) / 2, rel=1e-9)


@given(journeys(counted=True, places=2), st.floats(0.1, 0.9))
def test_half_the_people_at_the_start_are_half_of_everything_that_comes_from_there(
    counted: cvj.Journey, factor: float
) -> None:
    plan = counted.planned()
    later = any(any((segment.entrants or ())[1:]) for segment in plan.segments)
    assume(not later and (plan.get(f"stages.{plan.framework.keys[0]}.people") or 0) > 0)
    path = f"stages.{plan.framework.keys[0]}.people"
    fewer = plan.put(path, factor * plan.get(path))
    assert people(fewer) == pytest.approx(people(plan) * factor, rel=1e-7, abs=1e-9)
