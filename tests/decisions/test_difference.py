"""The difference between two designs is what makes one of the other."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.decisions.difference import difference
from cvjkit.decisions.putting import with_changes
from tests.designs import sound
from tests.strategies import journeys

PLAN = cvj.Journey.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1], name="Plan")
TWO = PLAN.with_segment("Blog", entrants=500, rates=[0.2, 0.5, 0.3, 0.3])


def alike(one: Any, other: Any) -> bool:
    """Whether two documents are the same but for rounding and the order of rows."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        waiting = list(other)
        for item in one:
            found = next((there for there in waiting if alike(item, there)), None)
            if found is None:
                return False
            waiting.remove(found)
        return not waiting
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-8)
    return bool(one == other)


@st.composite
def edited(draw: st.DrawFn) -> tuple[cvj.Journey, cvj.Journey]:
    """A plan, and what became of it."""
    plan = draw(journeys(counted=False, money=True) | st.just(sound().planned()))
    keys, names = plan.framework.keys, [segment.name for segment in plan.segments]
    stage, other = draw(st.sampled_from(keys)), draw(st.sampled_from(keys))
    share, number = draw(st.floats(0, 1)), draw(st.integers(0, 100))
    segment = draw(st.sampled_from([None, *names]))
    edits: list[Any] = [
        lambda now: now.put(f"stages.{stage}.rate", share),
        lambda now: now.put(f"stages.{stage}.people", number * 10),
        lambda now: now.put(f"segments[{names[0]}].rates.{stage}", share),
        lambda now: now.put(f"segments[{names[-1]}].entrants.{stage}", number),
        lambda now: now.put(f"segments[{names[0]}].spend", draw(st.sampled_from([None, 5]))),
        lambda now: now.with_stage(stage, unit_cost=number, delay_days=None),
        lambda now: now.with_stage(stage, tactics=["Fair", "Stall"]),
        lambda now: now.with_offer("bought_again", name="Bag", price=number + 1),
        lambda now: now.put(f"offers[{draw(st.integers(0, 1))}]", None),
        lambda now: now.with_transition(stage, other, share / 10, segment=segment),
        lambda now: now.with_referral(stage, to=other, per_person=share / 10, segment=segment),
        lambda now: now.put("transitions[0]", None),
        lambda now: now.with_terms(fixed_cost=number, currency="EUR", discount_rate=None),
        lambda now: now.with_terms(also_known={"lead": number}) if "lead" not in keys else now,
        lambda now: now.with_segment("New", entrants=5, rates=[share] * (len(keys) - 1)),
        lambda now: now.put("thresholds.price_jump", number),
    ]
    now = plan
    for edit in draw(st.lists(st.sampled_from(edits), max_size=4)):
        try:
            now = edit(now)
        except (cvj.InputError, TypeError):
            continue
    return plan, now


@given(edited())
def test_put_into_the_one_it_makes_the_other(pair: tuple[cvj.Journey, cvj.Journey]) -> None:
    start, other = pair
    changes = difference(start, other)
    assert alike(with_changes(start, changes).document(), other.document())
    if start == other:
        assert changes == {}


def test_a_factor_of_all_segments_is_one_rate() -> None:
    changed = TWO.put("stages.conversion.rate", 0.3).put("stages.reach.people", 3000)
    assert difference(TWO, changed) == {
        "stages.reach.people": 3000,
        "stages.conversion.rate": 0.3,
    }


def test_what_is_of_one_segment_is_told_of_it() -> None:
    changed = TWO.put("segments[Blog].rates.conversion", 0.6)
    assert difference(TWO, changed) == {"segments[Blog].rates.conversion": 0.6}
    both = changed.put("stages.retention.rate", 0.5)
    assert difference(TWO, both) == {
        "segments[Blog].rates.conversion": 0.6,
        "stages.retention.rate": 0.5,
    }


def test_with_one_segment_a_rate_is_that_of_the_stage() -> None:
    assert difference(PLAN, PLAN.put("stages.conversion.rate", 1 / 3)) == {
        "stages.conversion.rate": 1 / 3
    }


def test_what_is_removed_is_cleared() -> None:
    full = PLAN.with_transition("conversion", "reach", 0.1).with_stage("reach", unit_cost=2)
    assert difference(full, PLAN) == {
        "stages.reach": None,
        "transitions[conversion to reach]": None,
    }


def test_several_values_hold_together_in_whatever_order_they_are_given() -> None:
    wanted = {"stages.conversion.people": 300, "stages.acquisition.rate": 0.6}
    for changes in (wanted, dict(reversed(wanted.items()))):
        made = with_changes(TWO, changes)
        for path, value in changes.items():
            assert made.get(path) == pytest.approx(value)


def test_people_at_two_stages_hold_though_each_brings_people_to_the_other() -> None:
    loop = TWO.with_referral("loyalty", to="acquisition", per_person=3)
    wanted = {"stages.conversion.people": 300, "stages.retention.people": 150}
    made = with_changes(loop, wanted)
    for path, value in wanted.items():
        assert made.get(path) == pytest.approx(value, rel=1e-9)


def test_rates_that_are_only_together_possible_are_put_together() -> None:
    skipping = PLAN.with_transition("acquisition", "retention", 0.7)
    made = with_changes(
        skipping, {"stages.conversion.rate": 0.6, "transitions[acquisition to retention].rate": 0.3}
    )
    assert made.get("stages.conversion.rate") == 0.6


def test_values_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(cvj.InputError, match="contradicts the other changes"):
        with_changes(TWO, {"stages.conversion.rate": 0.5, "stages.conversion.people": 1})


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(cvj.InputError) as refused:
        with_changes(PLAN, {"stages.conversion.rate": 2, "offers.nowhere.price": 1, "nmae": "x"})
    assert len(refused.value.faults) == 3
