"""Stages are in order, and found by key, by milestone and by what they follow."""

from __future__ import annotations

import pytest

from cvjkit.catalog.framework import Framework
from cvjkit.catalog.lookup import framework, published_frameworks
from cvjkit.catalog.spine import milestones
from cvjkit.errors import InputError
from tests.catalog.given import stage


@pytest.mark.parametrize("key", ["convertion", 3.5, None, ["conversion"]])
def test_an_unknown_stage_lists_those_there_are(key):
    with pytest.raises(InputError, match="awareness, engagement, subscription, conversion"):
        framework("eight")[key]


def test_a_framework_is_a_sequence_of_stages_found_by_key():
    five = framework("five")
    assert [step.key for step in five] == list(five.keys)
    assert [five.index(key) for key in five.keys] == list(range(5))
    assert five["loyalty"] == list(five)[4]
    assert "loyalty" in five
    assert five["loyalty"] in five
    assert "lead" not in five


@pytest.mark.parametrize("key", ["five", "seven", "eight", "nine", "eight:time"])
def test_each_stage_of_a_document_follows_the_one_before(key):
    published = framework(key)
    assert published.parents == (None, *range(len(published) - 1))


@pytest.mark.parametrize("key", ["full", "full:time"])
def test_on_the_spine_habit_and_voice_both_follow_the_second_purchase(key):
    full = framework(key)
    follows = {step.key: full.parents[place] for place, step in enumerate(full)}
    assert follows["habitual"] == follows["advocate"] == full.index("bought_again")
    assert follows["promoter"] == full.index("advocate")


def test_a_step_without_milestone_follows_and_is_followed_by_its_neighbours():
    full = framework("full").insert(stage("party"), after="habitual")
    assert full.parents[full.index("party")] == full.index("habitual")
    assert full.parents[full.index("advocate")] == full.index("bought_again")


def test_a_stage_none_of_whose_ancestors_stand_here_follows_the_one_before():
    voice_only = {
        "key": "v",
        "name": "V",
        "stages": [stage("h", "habitual"), stage("a", "advocate")],
    }
    assert Framework.from_document(voice_only).parents == (None, 0)


def test_the_stage_at_a_milestone_is_found_and_one_without_stands_at_none():
    own = framework("five").insert(stage("quiz"), after="reach")
    assert own.by_milestone["first_payment"] == own.index("conversion") == 3
    assert "lead" not in own.by_milestone
    assert own.index("quiz") not in own.by_milestone.values()


def test_an_anchor_is_the_milestone_or_the_key_of_the_stage_or_the_name_itself():
    own = framework("five").insert(stage("quiz"), after="reach")
    assert [own.anchor(name) for name in ("conversion", "quiz", "wowed")] == [
        "first_payment",
        "quiz",
        "wowed",
    ]
    assert [step.anchor for step in own] == [own.anchor(key) for key in own.keys]


@pytest.mark.parametrize("framework", published_frameworks(), ids=lambda found: found.key)
@pytest.mark.parametrize("milestone", milestones(), ids=lambda found: found.key)
def test_the_nearest_stage_has_no_other_between_it_and_the_milestone(framework, milestone):
    passed = {step.key: {step.key, *step.ancestors} for step in milestones()}
    own, key = set(framework.by_milestone), milestone.key
    before = {step for step in own if step in passed[key]}
    after = {step for step in own if key in passed[step]}
    for side, there in (("before", before), ("after", after)):
        index = framework.nearest(key, side)
        assert (index is None) == (not there)
        if index is not None:
            found = framework.stages[index].milestone
            assert found in there
            if side == "before":
                assert before <= passed[found]
            else:
                assert after & passed[found] == {found}


def test_a_stage_without_a_milestone_is_nearest_to_its_key_alone():
    own = framework("five").insert(stage("quiz"), after="reach")
    assert own.nearest("quiz", "before") == own.nearest("quiz", "after") == own.index("quiz")
    assert framework("five").nearest("quiz", "before") is None


def test_a_stage_of_ones_own_is_on_the_branch_of_the_stage_it_follows() -> None:
    full = framework("full")
    quiz, call = {"key": "quiz", "name": "Quiz"}, {"key": "call", "name": "Call"}
    names = {
        after: {step.key: own.parents[index] for index, step in enumerate(own)}
        for after in ("bought_again", "habitual", "advocate")
        for own in [full.insert(quiz, after=after).insert(call, after="quiz")]
    }
    for after, parents in names.items():
        own = full.insert(quiz, after=after).insert(call, after="quiz")
        follows = {
            key: None if parent is None else own.keys[parent] for key, parent in parents.items()
        }
        both = "call" if after == "bought_again" else "bought_again"
        assert (follows["quiz"], follows["call"]) == (after, "quiz")
        assert (follows["habitual"], follows["advocate"]) == (both, both)
        assert follows["promoter"] == ("call" if after == "advocate" else "advocate")
