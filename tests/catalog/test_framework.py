from __future__ import annotations

import pickle

import pytest
from pydantic import ValidationError

from cvjkit.catalog.framework import Framework
from cvjkit.catalog.lookup import framework, published_frameworks
from cvjkit.errors import InputError
from tests.catalog.given import faults, stage

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "\"quotes\" 'and' \\backslashes\\ `ticks`",
    "a" * 500,
    "שלום {0} %s ${HOME}",
    "\u202bright to left\u202c",
    "🎉👩‍👩‍👧",
    "line\nbreak\ttab",
    "[[stages]]\nkey = 'x'",
]


@pytest.mark.parametrize(
    ("key", "stage", "required"),
    [
        ("five", "loyalty", "conversion"),
        ("nine", "referral", "deliver_and_wow"),
        ("eight", "promotion", "excitement"),
        ("eight:time", "ascension", "conversion"),
        ("eight:time", "advocation", "ascension"),
        ("full:time", "offered", "educated"),
        ("full", "habitual", "bought_again"),
        ("full", "promoter", "wowed"),
    ],
)
def test_an_early_win_and_a_second_purchase_are_not_required_of_everybody(key, stage, required):
    chosen = framework(key)
    assert chosen.keys[chosen.required[chosen.index(stage)]] == required


@pytest.mark.parametrize("key", ["five", "seven", "nine", "full", "full:time"])
def test_elsewhere_everybody_has_passed_the_stage_before(key):
    chosen = framework(key)
    voice = {"early_win", "advocate", "promoter"}
    for step, parent, required in zip(chosen, chosen.parents, chosen.required, strict=True):
        if step.milestone not in voice | {"offered"}:
            assert required == parent


def test_where_nothing_required_has_a_stage_nothing_is_required():
    rest = ("reach", "acquisition", "conversion")
    assert framework("five").drop(*rest, key="late").required == (None, None)


def test_a_stage_without_milestone_is_required_of_those_after_it():
    own = framework("five").insert({"key": "party", "name": "Party"}, after="retention", key="own")
    assert own.required == own.parents == (None, 0, 1, 2, 3, 4)


def test_frameworks_are_equal_by_value_usable_as_keys_and_cannot_be_changed():
    one = framework("eight").drop("promotion")
    two = framework("eight").drop("promotion")
    assert one.parents  # computed on one side only
    assert one == two
    assert len({one, two, framework("eight")}) == 2
    assert pickle.loads(pickle.dumps(one)) == two  # noqa: S301  # our own bytes
    with pytest.raises(ValidationError, match="frozen"):
        one.name = "other"


def test_published_frameworks_and_derived_ones_survive_a_round_trip_as_plain_values():
    for published in [
        *published_frameworks(),
        framework("nine").rename({"target": "Ziel"}, key="neun", name="Neun"),
    ]:
        assert Framework.from_document(published.document()) == published
        assert_plain(published.document())


def assert_plain(value: object) -> None:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            assert_plain(inner)
    else:
        assert type(value) in (str, bool)


def test_an_own_framework_cannot_pass_for_a_published_one():
    found = faults({**framework("eight").document(), "name": "Almost"})
    assert list(found) == ["key"]
    assert "published" in found["key"]
    with pytest.raises(InputError, match="published"):
        framework("five").drop("loyalty", key="five")


def test_habit_and_voice_may_stand_in_either_order():
    steps = [stage("a", "advocate"), stage("h", "habitual"), stage("p", "promoter")]
    own = Framework.from_document({"key": "own", "name": "Own", "stages": steps})
    assert own.parents == (None, 0, 0)


def test_names_may_repeat():
    own = framework("five").rename({"retention": "Again", "loyalty": "Again"})
    assert own["retention"].name == own["loyalty"].name


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_kept_to_the_letter(name):
    own = framework("five").rename({"reach": name}, name=name)
    assert own.name == name
    assert Framework.from_document(own.document())["reach"].name == name


@pytest.mark.parametrize(
    "key", ["", "Lead", "1st", "two words", "käse", "a-b", "<b>", "_x", "lead\n", "a:b", 7]
)
def test_keys_that_are_no_lowercase_identifiers_are_refused(key):
    step = {"key": key, "name": "A"}
    found = faults({"key": "own", "name": "Own", "stages": [step]})
    assert list(found) == ["stages[0].key"]
    assert list(faults({"key": key, "name": "Own", "stages": [stage("a")]})) == ["key"]


@pytest.mark.parametrize(
    ("steps", "field", "rule"),
    [
        ([], "stages", "at least one stage"),
        ([stage("a"), stage("a")], "stages[a].key", "another stage"),
        ([stage("a", "laed")], "stages[a].milestone", "did you mean 'lead'"),
        (
            [stage("a", "lead"), stage("b", "lead")],
            "stages[b].milestone",
            "milestone of stage a too",
        ),
        ([stage("a", "lead"), stage("b", "aware")], "stages[b].milestone", "comes before 'lead'"),
        (
            [stage("a", "promoter"), stage("b", "advocate")],
            "stages[b].milestone",
            "comes before 'promoter'",
        ),
        ([stage("a") | {"colour": "red"}], "stages[a].colour", "not a known field"),
        ([stage("a") | {"name": " "}], "stages[a].name", "must not be blank"),
        ([stage("a") | {"name": 7}], "stages[a].name", "must be text"),
        ([stage("a") | {"disagreement_ids": ["C11"]}], "stages[a].disagreement_ids", "not known"),
        ([{"key": "a"}], "stages[a].name", "required"),
        ([{"name": "A"}], "stages[0].key", "required"),
        ("abc", "stages", ""),
        ({"a": stage("a")}, "stages", ""),
        (["a"], "stages[0]", ""),
    ],
)
def test_what_is_no_framework_is_refused_with_place_and_rule(steps, field, rule):
    found = faults({"key": "own", "name": "Own", "stages": steps})
    assert list(found) == [field]
    assert rule in found[field]


def test_all_faults_are_reported_at_once():
    found = faults(
        {
            "key": "My Own",
            "colour": "red",
            "stages": [
                stage("offer", "offered"),
                stage("Offer 2", "lead"),
                stage("offer", "leed"),
                {"key": "last", "name": "Last", "milestone": "offered", "size": 3},
            ],
        }
    )
    assert list(found) == [
        "key",
        "name",
        "stages[1].key",
        "stages[offer].milestone",
        "stages[last].size",
        "colour",
        "stages[1].milestone",
        "stages[offer].key",
        "stages[last].milestone",
    ]


@pytest.mark.parametrize(
    ("fields", "field", "rule"),
    [
        ({"skipping": "forbidden"}, "skipping", "choose 'failure', 'discouraged' or 'allowed'"),
        ({"blind_spots": ["lead"]}, "blind_spots[0]", "table"),
        ({"blind_spots": [{"milestone": "laed", "name": "leads"}]}, "blind_spots[0].milestone",
         "did you mean 'lead'"),
        ({"blind_spots": [{"milestone": "lead", "name": " "}]}, "blind_spots[0].name", "blank"),
        ({"blind_spots": [{"milestone": "lead"}]}, "blind_spots[0].name", "required"),
    ],
)  # fmt: skip
def test_what_cannot_be_said_about_leaving_stages_out_is_refused(fields, field, rule):
    found = faults({"key": "own", "name": "Own", "stages": [stage("a")], **fields})
    assert list(found) == [field]
    assert rule in found[field]
