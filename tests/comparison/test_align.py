"""A milestone stands at the same position in every row, and people are conserved in each."""

from __future__ import annotations

import json
import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.catalog.spine import spine
from cvjkit.comparison.compare import compare
from cvjkit.errors import InputError
from tests.comparison.coffee import coffee
from tests.lens.given import starter
from tests.strategies import frameworks, journeys

SEVERAL = st.lists(frameworks(), min_size=1, max_size=3, unique_by=lambda framework: framework.key)


@given(
    journeys(unknown=True),
    SEVERAL,
    st.sampled_from([None, *spine()]),
)
def test_a_milestone_stands_at_the_same_position_in_every_row(
    journey: cvj.Journey, chosen: list[cvj.Framework], start: str | None
) -> None:
    try:
        picture = compare(journey, chosen).picture(start)
    except InputError:
        assert start == "early_win"
        return
    json.dumps(picture.document(), allow_nan=False)
    positions = {mark.key: mark.start for mark in picture.marks}
    assert [mark.start for mark in picture.marks] == sorted(positions.values())
    for framework, row in zip(chosen, picture.rows, strict=True):
        for bar in row.bars:
            assert bar.start == positions[framework[bar.stage].milestone or f"own:{bar.stage}"]
            assert bar.start < bar.end < 1
            assert 0 <= bar.size <= 1 + 1e-9
        main = sorted((bar.start, bar.end) for bar in row.bars if bar.top == 0)
        assert all(end <= start + 1e-9 for (_, end), (start, _) in pairwise(main))


@given(journeys(unknown=True), frameworks())
def test_ribbons_add_up_at_both_ends(journey: cvj.Journey, framework: cvj.Framework) -> None:
    """P19: who goes on and who does not are all of a stage; with who comes in, all of the next."""
    row = compare(journey, framework).picture().rows[0]
    bars = {bar.stage: bar for bar in row.bars}
    parents = dict(zip(framework.keys, framework.parents, strict=True))
    for key, bar in bars.items():
        into = [ribbon for ribbon in row.ribbons if ribbon.target == key]
        if bar.people is None or parents[key] is None or any(r.kind == "unknown" for r in into):
            continue
        assert math.fsum(r.people or 0 for r in into) == pytest.approx(bar.people)
        assert max([r.end.top + r.end.size for r in into], default=0) <= bar.top + bar.size + 1e-9
        if not into:
            assert bar.people == 0
        source = framework.keys[parents[key]]
        out = [ribbon for ribbon in row.ribbons if ribbon.source == source]
        if len([parent for parent in framework.parents if parent == parents[key]]) == 1:
            assert math.fsum(r.people or 0 for r in out) == pytest.approx(bars[source].people)
        for ribbon in out:
            edges = bars[source].top, bars[source].top + bars[source].size
            assert edges[0] - 1e-9 <= ribbon.start.top
            assert ribbon.start.top + ribbon.start.size <= edges[1] + 1e-9


def test_a_stage_is_as_long_as_the_milestones_it_covers() -> None:
    five, _, _, nine = compare(starter("coffee")).picture().rows
    room, gap = 1 / 13, 0.35 / 13
    lengths = [bar.end - bar.start for bar in five.bars]
    assert lengths == pytest.approx([n * room - gap for n in (3, 4, 2, 2, 2)])
    more = next(bar for bar in nine.bars if bar.stage == "offer_more")
    assert more.end - more.start == pytest.approx(3 * room - gap)


def test_a_stage_ends_where_another_one_begins() -> None:
    ours = cvj.framework("full").drop("bought_again", "advocate")
    picture = compare(coffee(), ours).picture()
    habit = next(mark for mark in picture.marks if mark.key == "habitual")
    wowed = next(bar for bar in picture.rows[0].bars if bar.stage == "wowed")
    assert ours.keys[-3:] == ("wowed", "habitual", "promoter")
    assert wowed.end < habit.start


def test_who_comes_in_otherwise_does_not_come_from_the_stage_before() -> None:
    plan = cvj.Journey.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1])
    plan = plan.with_referral("loyalty", "acquisition", 25)
    row = compare(plan, "five").picture().rows[0]
    people = {(ribbon.kind, ribbon.source, ribbon.target): ribbon.people for ribbon in row.ribbons}
    assert people["forward", "reach", "acquisition"] == pytest.approx(500)
    assert people["drop", "reach", ""] == pytest.approx(500)
    assert people["entry", "", "acquisition"] == pytest.approx(125)


def test_estimated_and_unknown_parts_are_marked() -> None:
    _, seven, eight, _ = compare(starter("coffee")).picture().rows
    lead = next(bar for bar in eight.bars if bar.stage == "subscription")
    assert (lead.status, lead.value, lead.note) == ("estimated", "≈ 1,908", "605 to 4,797")
    assert lead.low_size < lead.size < lead.high_size  # type: ignore[operator]  # it has all
    beside = [
        ribbon for ribbon in eight.ribbons if "subscription" in (ribbon.source, ribbon.target)
    ]
    assert {ribbon.status for ribbon in beside} == {"estimated"}
    life = seven.bars[-1]
    assert (life.status, life.value, life.note) == ("unknown", "not known", "0 to 161")
    assert seven.ribbons[-1].kind == "unknown"
    assert dict(compare(starter("coffee")).picture().legend).keys() == {
        *("exact", "estimated", "unknown", "forward", "drop", "break")
    }


def test_a_picture_may_begin_later_so_that_later_stages_become_thick() -> None:
    picture = compare(starter("coffee")).picture("first_payment")
    assert picture.marks[0].key == "first_payment"
    assert picture.most == 302
    assert [row.bars[0].size for row in picture.rows] == [1, 1, 1, 1]
    with pytest.raises(InputError, match="did you mean 'lead'"):
        compare(starter("coffee")).picture("leads")


@pytest.mark.parametrize("times", [1, 5, 100, 10_000])
def test_a_journey_far_smaller_than_another_is_drawn_thicker_as_marked(times: int) -> None:
    counts = [900, 300, 90, 40, 20]
    small = cvj.Journey.from_counts("five", counts, name="Small")
    large = cvj.Journey.from_counts("five", [times * count for count in counts], name="Large")
    first, second = compare([large, small], "five").picture().rows
    for one, other in zip(first.bars, second.bars, strict=True):
        assert other.size >= 0.07
        ratio = other.size / one.size
        assert ratio == pytest.approx(1 if times > 12.5 else 1 / times)
    assert (first.scale, bool(second.scale)) == ("", times > 12.5)
    if times > 12.5:
        assert second.scale == f"drawn × {times:,} thicker"
    true = compare([large, small], "five").picture(scale="true").rows
    assert [row.scale for row in true] == ["", ""]


def test_habit_runs_beside_word_of_mouth() -> None:
    row = compare(coffee(), "full").picture().rows[0]
    tops = {bar.stage: bar.top for bar in row.bars}
    assert tops["habitual"] > 0
    assert [tops[key] for key in ("bought_again", "advocate", "promoter")] == [0, 0, 0]
    assert not [r for r in row.ribbons if r.kind == "drop" and r.source == "bought_again"]


def test_a_stage_of_ones_own_gets_a_position_before_what_follows_it() -> None:
    ours = cvj.framework("five").insert({"key": "quiz", "name": "Quiz"}, after="acquisition")
    keys = [mark.key for mark in compare(starter("coffee"), [ours, "five"]).picture().marks]
    assert keys.index("own:quiz") == keys.index("first_payment") - 1
