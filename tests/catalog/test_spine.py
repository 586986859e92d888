from __future__ import annotations

from cvjkit.catalog.spine import milestones, passed, spine
from tests.catalog.given import glossary_table


def test_the_spine_is_one_line_with_a_habit_and_a_voice_branch():
    after = {milestone.key: milestone.after for milestone in milestones()}
    keys = list(after)
    assert [after[key] for key in keys[:12]] == [None, *keys[:10], "bought_again"]
    assert after["habitual"] == "bought_again"
    assert (after["advocate"], after["promoter"]) == ("bought_again", "advocate")
    branches = {
        milestone.key: milestone.branch for milestone in milestones() if milestone.branch != "main"
    }
    assert branches == {
        "early_win": "time",
        "habitual": "habit",
        "advocate": "voice",
        "promoter": "voice",
    }


def test_steps_people_decide_on_weigh_three_times_those_the_seller_takes():
    sellers = {milestone.key for milestone in milestones() if milestone.decided_by == "seller"}
    assert sellers == {"engaged", "educated", "offered", "wowed"}
    assert {(milestone.decided_by, milestone.weight) for milestone in milestones()} == {
        ("person", 3),
        ("seller", 1),
    }


def test_the_glossary_shows_the_same_milestones():
    spine = [
        [milestone.key, milestone.after or "", milestone.decided_by] for milestone in milestones()
    ]
    assert [row[:3] for row in glossary_table("Milestones")] == spine


def test_what_must_be_passed_has_no_early_win_and_the_voice_branch_no_second_purchase():
    for key, milestone in spine().items():
        assert set(passed(key)) <= set(milestone.ancestors)
        assert "early_win" not in passed(key)
    assert passed("promoter") == passed("advocate") == ("wowed", *passed("wowed"))
    assert passed("habitual")[0] == "bought_again"
