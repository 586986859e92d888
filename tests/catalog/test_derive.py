from __future__ import annotations

import pytest

from cvjkit.catalog.framework import Framework
from cvjkit.catalog.lookup import framework
from cvjkit.catalog.stage import Stage
from cvjkit.errors import InputError
from cvjkit.files.frameworks import read_framework
from tests.catalog.given import faults, stage


def test_renaming_keeps_keys_and_milestones():
    own = framework("eight").rename({"conversion": "First order"})
    assert own["conversion"].name == "First order"
    assert own["conversion"].milestone == "first_payment"
    assert own.keys == framework("eight").keys
    assert framework("eight")["conversion"].name == "Conversion"


def test_a_derived_framework_has_a_key_and_a_name_of_its_own():
    once = framework("eight:time").drop("promotion")
    assert (once.key, once.name) == ("eight_time_own", f"{framework('eight:time').name} (own)")
    assert once.drop("advocation").key == once.key
    named = once.drop("advocation", key="shop", name="Shop")
    assert (named.key, named.name) == ("shop", "Shop")


def test_a_stage_can_be_inserted_first_between_or_last():
    five = framework("five")
    quiz = Stage(key="quiz", name="Quiz")
    assert five.insert(quiz, after=None).index("quiz") == 0
    assert five.insert(quiz, after="reach").index("quiz") == 1
    assert five.insert(stage("quiz", "promoter"), after="loyalty").index("quiz") == 5


def test_all_faults_of_a_change_are_reported_at_once():
    found = faults(
        {
            "base": "eight",
            "colour": "red",
            "name": " ",
            "drop": ["promotoin"],
            "stages": {"convertion": {"name": "x"}, "subscription": {"milestone": "wowed"}},
            "insert": [
                stage("quiz") | {"after": "engagment"},
                stage("Poll") | {"after": "awareness"},
            ],
        }
    )
    assert set(found) == {
        "colour",
        "name",
        "drop",
        "stages",
        "insert[quiz].after",
        "stages[1].key",
        "stages[conversion].milestone",
        "stages[excitement].milestone",
    }
    assert "did you mean 'conversion'" in found["stages"]


@pytest.mark.parametrize(
    "changes",
    [
        {"drop": "loyalty"},
        {"stages": []},
        {"stages": {"reach": 1}},
        {"insert": {}},
        {"insert": [1]},
    ],
)
def test_changes_of_the_wrong_shape_are_refused_by_field(changes):
    (field,) = faults({"base": "five", "key": "own"} | changes)
    assert field.startswith(next(iter(changes)))


def test_dropping_every_stage_is_refused():
    with pytest.raises(InputError, match="at least one stage"):
        framework("five").drop(*framework("five").keys)


def test_a_file_can_hold_changes_to_a_published_framework(tmp_path):
    path = tmp_path / "reform.toml"
    path.write_text(
        """
        base = "eight:time"
        key = "coach"
        name = "Coach"
        drop = ["promotion"]
        [stages.conversion]
        name = "Webinar"
        [[insert]]
        after = "ascension"
        key = "again"
        name = "Second block"
        milestone = "bought_again"
        [[insert]]
        after = "again"
        key = "party"
        name = "Party"
        """
    )
    own = read_framework(path)
    changed = (
        framework("eight:time")
        .drop("promotion", key="coach", name="Coach")
        .rename({"conversion": "Webinar"})
        .insert(stage("again", "bought_again") | {"name": "Second block"}, after="ascension")
        .insert(stage("party"), after="again")
    )
    assert own == changed


def test_a_missing_base_lists_the_frameworks_there_are():
    assert "did you mean 'eight'" in faults({"base": "eigth", "key": "own"})["base"]


def test_what_a_document_says_about_leaving_stages_out_does_not_pass_to_changed_stages():
    assert framework("five").rename({"reach": "Be seen"}).blind_spots == ()
    assert framework("eight").drop("promotion").skipping == "allowed"


def test_a_framework_of_ones_own_keeps_what_it_says_about_leaving_stages_out():
    spots = [{"milestone": "lead", "name": "leads"}]
    document = {"base": "five", "key": "own", "blind_spots": spots, "skipping": "failure"}
    own = Framework.from_document(document)
    assert (own.blind_spots[0].name, own.skipping) == ("leads", "failure")
    changed = own.drop("loyalty")
    assert (changed.blind_spots, changed.skipping) == (own.blind_spots, "failure")
    assert Framework.from_document(changed.document()) == changed
