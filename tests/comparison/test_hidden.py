"""What a lens hides is found, and nothing that it shows is called hidden."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.comparison.compare import compare
from tests.comparison.coffee import coffee
from tests.lens.given import starter
from tests.strategies import frameworks


def test_the_worst_leak_inside_a_stage_is_found() -> None:
    hides = compare(coffee(), ["five", "nine"]).hides.set_index(["framework", "stage"])
    acquisition = hides.loc["five", "acquisition"]
    assert acquisition[["kind", "measure", "start", "end"]].to_list() == [
        *("leak", "share and people", "engaged", "lead")
    ]
    assert acquisition.rate == pytest.approx(1346 / 5766)
    assert acquisition.lost == pytest.approx(4420)
    assert acquisition.leak == pytest.approx(-math.log(1346 / 5766))
    assert acquisition.says == (
        "Acquisition hides that 76.7% (4,420 people) do not get from Engaged to Lead."
    )
    assert ("nine", "close") not in hides.index


def test_the_largest_share_and_the_most_people_may_be_lost_at_different_steps() -> None:
    counts = [100000, 90000, 50000, 40000, 20000, 200, 10, 9, 8, 7, 6, 1, 1]
    hides = compare(cvj.Journey.from_counts("full", counts), "five").hides
    inside = hides[hides.stage == "acquisition"].set_index("measure")
    assert inside.loc["share", ["start", "end"]].to_list() == ["lead", "educated"]
    assert inside.loc["people", ["start", "end"]].to_list() == ["engaged", "lead"]


def test_a_step_at_which_everybody_is_lost_is_the_worst() -> None:
    counts = [1000, 900, 800, 700, 600, 0, 0, 0, 0, 0, 0, 0, 0]
    hides = compare(cvj.Journey.from_counts("full", counts), "five").hides
    worst = hides[hides.stage == "acquisition"].iloc[0]
    assert (worst.start, worst.end, worst.rate, worst.leak) == ("lead", "educated", 0, math.inf)


def test_where_no_number_is_known_inside_nothing_is_made_up() -> None:
    hides = compare(starter("band"), "seven").hides.set_index("stage")
    assert hides.loc["give", "kind"] == "unseen"
    assert hides.loc["give", ["rate", "lost", "leak"]].isna().all()
    assert hides.loc["give", "says"].endswith("no number for Educated and Offered.")


def test_what_a_framework_does_not_have_is_listed() -> None:
    hides = compare(coffee()).hides
    outside = hides[hides.stage == ""].set_index("framework")
    assert outside.loc["seven", ["kind", "milestones"]].to_list() == [
        *("absent", ("advocate", "promoter"))
    ]
    assert outside.loc["nine", ["kind", "milestones"]].to_list() == [
        *("before", ("aware", "intrigued"))
    ]
    assert {*outside.index} == {"seven", "nine"}
    time = compare(starter("dating"), "five").hides
    assert time[time.kind == "absent"].milestones.to_list() == [("early_win",)]


@given(st.lists(st.integers(1, 10**6), min_size=13, max_size=13), frameworks())
def test_nothing_hidden_is_shown(counts: list[int], framework: cvj.Framework) -> None:
    """Between two stages that follow each other a lens shows the leak: that is not hidden."""
    journey = cvj.Journey.from_counts("full", sorted(counts, reverse=True))
    both = compare(journey, framework)
    lens, leaks = both.lenses[0], both.hides[both.hides.kind == "leak"]
    for leak in leaks.itertuples():
        stage = lens[leak.stage]
        assert leak.start in stage.covers
        followers = [
            follower.milestone
            for follower, parent in zip(lens.stages, lens.framework.parents, strict=True)
            if parent is not None and lens.framework.keys[parent] == leak.stage
        ]
        assert leak.start != stage.milestone or leak.end not in followers
        assert leak.lost == pytest.approx(lens.known.people[leak.start] * (1 - leak.rate))
