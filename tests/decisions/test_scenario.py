"""What-ifs: named differences on a journey, made, stacked, renamed, and kept in its file."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.decisions.made import possible_with
from tests.strategies import journeys

STARTERS = Path(__file__).parents[2] / "data" / "journeys"
SHOP = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop")
SHOP = SHOP.with_offer("conversion", name="Box", price=49, margin=15).with_terms(currency="EUR")
TWO = cvj.Journey.from_counts(
    "five", {"Ads": [900, 90, 9, 5, 1], "Blog": [100, 80, 8, 6, 2]}, name="Two"
)
BETTER = {"stages.conversion.rate": 0.1, "offers.conversion.price": 59}


def faults(call: Any) -> list[str]:
    with pytest.raises(cvj.InputError) as refused:
        call()
    return [str(fault) for fault in refused.value.faults]


def people(journey: cvj.Journey) -> list[float]:
    """People at each stage, without what floats lose."""
    return [round(number, 9) for number in journey.flow().stages["people"]]


def names(journey: cvj.Journey) -> list[str]:
    return [scenario.name for scenario in journey.scenarios]


# --- one ---------------------------------------------------------------------------------------


def test_everything_after_a_changed_rate_follows_and_the_counts_stay() -> None:
    better = SHOP.scenario("Better", BETTER)
    assert people(better) == [10000, 2000, 200, 80, 20]
    assert (better.name, better.base) == ("Better", SHOP)
    assert SHOP.segments[0].counts == (10000, 2000, 100, 40, 10)
    assert SHOP.base is None
    assert SHOP.changes.empty


def test_its_changes_are_a_table_and_read_as_words() -> None:
    changes = SHOP.scenario("Better", BETTER).changes
    assert list(changes.columns) == ["path", "before", "after", "words"]
    assert changes.to_dict("records") == [
        {
            "path": "stages.conversion.rate",
            "before": 0.05,
            "after": 0.1,
            "words": "Conversion from 5% to 10%",
        },
        {
            "path": "offers.conversion.price",
            "before": 49.0,
            "after": 59,
            "words": "price from 49 to 59",
        },
    ]


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("stages.conversion.people", 30, "Conversion from 17 to 30 people"),
        ("stages.reach.people", 500, "Reach from 1,000 to 500 people"),
        ("segments[Ads].rates.conversion", 0.5, "Conversion of Ads from 10% to 50%"),
        ("segments[Ads].entrants.reach", 500, "entrants at Reach of Ads from 900 to 500 people"),
        ("segments[Ads].spend", 20, "spend of Ads set to 20"),
        ("stages.reach.delay_days", 3, "delay of Reach set to 3 days"),
        ("stages.reach.tactics", ["Fair"], "tactics of Reach changed"),
        ("fixed_cost", 100, "fixed cost set to 100"),
        (
            "transitions[retention to reach].rate",
            0.1,
            "rate of the way from Retention to Reach set to 10%",
        ),
        ("illustrative", True, "illustrative from no to yes"),
        ("thresholds.price_jump", 5, "price jump from 10 to 5"),
    ],
)
def test_every_kind_of_change_reads_as_words(path: str, value: object, words: str) -> None:
    assert TWO.scenario("What if", {path: value}).changes["words"].to_list() == [words]


def test_what_is_removed_reads_as_such() -> None:
    winding = SHOP.with_transition("retention", "reach", 0.1)
    without = winding.scenario("Straight", {"transitions[retention to reach]": None})
    assert without.transitions == ()
    assert without.changes["words"].to_list() == ["without way from Retention to Reach"]


def test_what_is_changed_later_is_told_too() -> None:
    later = SHOP.scenario("Better", BETTER).put("stages.retention.rate", 0.5)
    assert later.base == SHOP
    assert later.changes["words"].to_list() == [
        "price from 49 to 59",
        "Conversion from 5% to 10%",
        "Retention from 40% to 50%",
    ]


def test_one_stands_on_another() -> None:
    better = SHOP.scenario("Better", BETTER)
    more = better.scenario("More people", {"stages.reach.people": 20000})
    assert more.base == better
    assert people(more) == [20000, 4000, 400, 160, 40]
    assert more.changes["words"].to_list() == ["Reach from 10,000 to 20,000 people"]


def test_in_a_journey_with_gaps_only_what_needs_no_plan_can_change() -> None:
    gap = cvj.Journey.from_counts("five", [900, None, 9, 5, 1], name="Gap")
    dearer = gap.scenario("Dearer", {"offers.conversion.price": 9})
    assert dearer.segments == gap.segments
    assert [*dearer.put("fixed_cost", 2).changes["path"]] == [
        "offers.conversion.price",
        "fixed_cost",
    ]
    (fault,) = faults(lambda: gap.scenario("Better", {"stages.conversion.rate": 0.5}))
    assert fault.startswith("segments[Everyone].counts.acquisition must be known to plan")


def test_what_cannot_be_is_refused_as_by_put() -> None:
    changes = {"stages.convertion.rate": 0.1, "fixed_cost": -1}
    stage, cost = faults(lambda: SHOP.scenario("X", changes))
    assert stage.startswith(
        "stages.convertion: 'convertion' is not known; did you mean 'conversion'"
    )
    assert cost == "fixed_cost: -1 must not be negative; write 0 or more"
    assert faults(lambda: SHOP.scenario(" ", {}))[0].startswith("name: ' ' must not be empty")


# --- kept --------------------------------------------------------------------------------------


def test_saved_it_is_kept_in_the_file_of_its_base_whose_numbers_stay(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    SHOP.scenario("Better", BETTER).save(path)
    again = cvj.read_journey(path)
    assert again == SHOP
    (better,) = again.scenarios
    assert better.base == SHOP
    assert people(better) == [10000, 2000, 200, 80, 20]
    assert better.changes.equals(SHOP.scenario("Better", BETTER).changes)
    assert again.scenario("Better") == better


def test_scenarios_saved_one_after_another_are_all_kept(tmp_path: Path) -> None:
    SHOP.save(tmp_path / "shop.toml")
    shop = cvj.read_journey(tmp_path / "shop.toml")
    one, two = shop.scenario("One", BETTER), shop.scenario("Two", {"fixed_cost": 5})
    one.save()
    two.save()
    assert sorted(names(cvj.read_journey(tmp_path / "shop.toml"))) == ["One", "Two"]
    # The journey that was read before they were made has them still after a change.
    shop.put("fixed_cost", 7).save()
    again = cvj.read_journey(tmp_path / "shop.toml")
    assert sorted(names(again)) == ["One", "Two"]
    assert again.fixed_cost == 7
    again.without_scenario("One").save()
    assert names(cvj.read_journey(tmp_path / "shop.toml")) == ["Two"]


def test_those_kept_belong_to_the_file_of_their_journey(tmp_path: Path) -> None:
    first, second = tmp_path / "first.toml", tmp_path / "second.toml"
    SHOP.scenario("Better", BETTER).save(first)
    shop = cvj.read_journey(first)
    assert [scenario.path for scenario in shop.scenarios] == [first]
    better = shop.scenarios[0].put("fixed_cost", 5)
    better.save()
    better.scenario("More", {"stages.reach.people": 20000}).save()
    shop = cvj.read_journey(first)
    assert names(shop) == ["Better", "More"]
    assert [scenario.fixed_cost for scenario in shop.scenarios] == [5, 5]
    # Saved elsewhere, they go with it: the first file stays as it is.
    before = first.read_bytes()
    shop.save(second)
    assert [scenario.path for scenario in shop.scenarios] == [second, second]
    shop.scenario("More").put("fixed_cost", 7).save()
    assert first.read_bytes() == before
    assert cvj.read_journey(second).scenario("More").fixed_cost == 7


def test_one_that_stands_on_another_is_saved_with_it(tmp_path: Path) -> None:
    more = SHOP.scenario("Better", BETTER).scenario("More", {"stages.reach.people": 20000})
    more.save(tmp_path / "shop.toml")
    again = cvj.read_journey(tmp_path / "shop.toml")
    assert names(again) == ["Better", "More"]
    assert again.scenarios[1].base == again.scenarios[0]
    assert people(again.scenarios[1]) == [20000, 4000, 400, 160, 40]


def test_a_base_with_other_numbers_is_not_written_over_the_file_by_a_scenario(
    tmp_path: Path,
) -> None:
    path = tmp_path / "shop.toml"
    SHOP.save(path)
    changed = cvj.read_journey(path).with_stage("conversion", people=200)
    better = changed.scenario("Better", BETTER)
    (fault,) = faults(better.save)
    assert "holds other numbers than the base of this scenario; save the base first" in fault
    assert cvj.read_journey(path) == SHOP
    changed.save()
    better.save()
    assert names(cvj.read_journey(path)) == ["Better"]


def test_they_are_renamed_changed_and_removed() -> None:
    kept = SHOP.with_scenario("A", BETTER).with_scenario("C", {"fixed_cost": 2})
    assert names(kept) == ["A", "C"]
    assert names(kept.with_scenario("A", rename="Z")) == ["Z", "C"]
    assert kept.with_scenario("C", {"fixed_cost": 3}).scenario("C").fixed_cost == 3
    assert names(kept.without_scenario("A")) == ["C"]
    assert kept == SHOP
    assert "did you mean 'A'" in faults(lambda: kept.without_scenario("AA"))[0]
    assert (
        "is the name of another scenario" in faults(lambda: kept.with_scenario("A", rename="C"))[0]
    )
    assert "must not be empty" in faults(lambda: kept.with_scenario("A", rename=" "))[0]
    assert faults(lambda: SHOP.scenario("A"))[0].startswith("scenario: 'A' is not known")


def test_one_that_others_stand_on_is_renamed_with_them_and_not_removed(tmp_path: Path) -> None:
    SHOP.scenario("A", BETTER).scenario("B", {"fixed_cost": 1}).save(tmp_path / "shop.toml")
    shop = cvj.read_journey(tmp_path / "shop.toml")
    renamed = shop.with_scenario("A", rename="Z")
    assert [kept.base and kept.base.name for kept in renamed.scenarios] == ["Shop", "Z"]
    assert (
        "is the base of other scenarios: B; remove those first"
        in faults(lambda: shop.without_scenario("A"))[0]
    )


def test_they_come_along_with_every_change_of_the_journey() -> None:
    kept = SHOP.with_scenario("Better", BETTER)
    assert kept.put("fixed_cost", 5).scenario("Better").fixed_cost == 5
    assert names(pickle.loads(pickle.dumps(kept))) == ["Better"]  # noqa: S301 - our own
    assert names(eval(kept.code(), {"cvj": cvj})) == ["Better"]  # noqa: S307 - our own expression
    assert names(cvj.Journey.from_document(kept.document())) == ["Better"]


def test_one_that_is_no_longer_possible_says_which_and_is_not_written(tmp_path: Path) -> None:
    kept = SHOP.with_scenario("Full", {"stages.conversion.people": 1500})
    fewer = kept.with_stage("acquisition", people=1000)
    said = (
        "scenarios[Full].changes[stages.conversion.people]: 1500 is more than the 1,000 who can "
        "reach Conversion; write 1,000 or fewer, or raise Acquisition first"
    )
    assert faults(lambda: fewer.scenarios) == [said]
    assert faults(lambda: fewer.save(tmp_path / "shop.toml")) == [said]
    assert not (tmp_path / "shop.toml").exists()
    assert fewer.without_scenario("Full").save(tmp_path / "shop.toml").exists()


def test_of_several_those_still_possible_are_made_and_the_others_say_what_is_wrong() -> None:
    kept = SHOP.with_scenario("Full", {"stages.conversion.people": 1500})
    kept = kept.with_scenario("Better", {"stages.conversion.rate": 0.1})
    full = kept.scenario("Full").scenario("Fuller", {"stages.retention.rate": 0.9})
    kept = kept.with_kept_in(full.with_kept_in(None))
    made, refused = possible_with(kept)
    assert ([*made], [*refused]) == (["Full", "Better", "Fuller"], [])
    made, refused = possible_with(kept.with_stage("acquisition", people=1000))
    assert [*made] == ["Better"]
    assert people(made["Better"]) == [10000, 1000, 100, 40, 10]
    assert {name: str(found[0]).partition(";")[0] for name, found in refused.items()} == {
        "Full": "scenarios[Full].changes[stages.conversion.people]: 1500 is more than the 1,000 "
        "who can reach Conversion",
        "Fuller": "scenarios[Fuller].on: 'Full' is itself not possible",
    }


def test_its_paths_may_be_about_another_framework() -> None:
    full = cvj.read_journey(STARTERS / "cleaning_company.toml")
    change = {"stages.conversion.rate": 0.22}
    better = full.scenario("Better", change, framework="eight")
    assert better.framework.key == "eight"
    assert better.changes["words"].to_list() == ["Conversion from 17.4% to 22%"]
    assert full.with_scenario("Better", change, framework="eight").scenario("Better") == better
    assert "'ate' is not known" in faults(lambda: full.scenario("x", change, framework="ate"))[0]


def test_seen_in_another_framework_it_changes_the_same() -> None:
    kept = SHOP.with_scenario("Better", BETTER)
    seen = kept.in_framework("eight")
    assert seen.scenario("Better").framework.key == "five"
    assert seen.scenario("Better").economics().customers == pytest.approx(200)
    assert seen.in_framework("five").scenario("Better") == kept.scenario("Better")


def test_one_typed_in_another_framework_stays_about_that_one(tmp_path: Path) -> None:
    full = cvj.read_journey(STARTERS / "cleaning_company.toml")
    eight = full.in_framework("eight").with_scenario("Better", {"stages.conversion.rate": 0.22})
    customers = eight.scenario("Better").economics().customers
    path = eight.in_framework("full").save(tmp_path / "kept.toml")
    assert "stages.conversion.rate" in path.read_text(encoding="utf-8")
    better = cvj.read_journey(path).scenario("Better")
    assert better.framework.key == "eight"
    assert better.changes["words"].to_list() == ["Conversion from 17.4% to 22%"]
    assert better.economics().customers == pytest.approx(customers)


# --- in a file ---------------------------------------------------------------------------------

FILE = """schema_version = 1
name = "Shop"
framework = "five"

[[segments]]
name = "Everyone"

[segments.counts]
reach = 10000
acquisition = 2000
conversion = 100
retention = 40
loyalty = 10

# Agreed in May.
[[scenarios]]
name = "Better"

[scenarios.changes] # from the test
"stages.conversion.rate" = 0.1 # twice
segments.Everyone.rates.retention = 0.5
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "shop.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_hand_written_one_is_read_and_its_comments_stay(tmp_path: Path) -> None:
    path = written(tmp_path, FILE)
    shop = cvj.read_journey(path)
    assert people(shop.scenario("Better")) == [10000, 2000, 200, 100, 25]
    shop.save()
    assert path.read_text(encoding="utf-8") == FILE
    shop.with_scenario("Other", {"fixed_cost": 5}).save()
    text = path.read_text(encoding="utf-8")
    assert text.startswith(FILE.rstrip())
    assert names(cvj.read_journey(path)) == ["Better", "Other"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            'name = "A"\n[scenarios.changes]\n"stages.convertion.rate" = 0.1',
            "scenarios[A].changes[stages.convertion.rate]: 0.1 at stages.convertion: 'convertion' ",
        ),
        (
            'name = "A"\nchanges = {"stages.conversion.rate" = 22}',
            "scenarios[A].changes[stages.conversion.rate]: 22 must be between 0 and 1; write 0.22 ",
        ),
        (
            'name = "A"\nchanges = {"stages.conversion.people" = 3000}',
            "scenarios[A].changes[stages.conversion.people]: 3000 is more than the 2,000 who can ",
        ),
        ('name = ""', "scenarios[0].name: '' must not be empty; give it a name"),
        ("name = 5", "scenarios[0].name: 5 must be text; give it a name"),
        ('name = "A"\nchange = 1', "scenarios[A].change: 'change' is not known; did you mean "),
        ('name = "A"\nchanges = 1', "scenarios[A].changes: 1 must be a table; write "),
        ('name = "A"\ncleared = 1', "scenarios[A].cleared: 1 must be a list of paths; correct it"),
        ('name = "A"\non = "B"', "scenarios[A].on: 'B' is not known; there is none to choose"),
        ('name = "A"\non = "A"', "scenarios[A].on: 'A' is based on itself in the end; "),
        ('name = "A"\nframework = "ten"', "scenarios[A].framework: 'ten' is not known"),
        (
            'name = "A"\n[[scenarios]]\nname = "A"',
            "scenarios: 'A' is listed more than once; keep one, or give the other another name",
        ),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_path(
    tmp_path: Path, rows: str, said: str
) -> None:
    start, _, _ = FILE.partition("# Agreed")
    path = written(tmp_path, f"{start}[[scenarios]]\n{rows}\n")
    assert faults(lambda: cvj.read_journey(path))[0].startswith(said)


def test_faults_of_the_journey_and_its_scenarios_are_said_together(tmp_path: Path) -> None:
    path = written(
        tmp_path, FILE.replace("loyalty = 10", "loyalty = -1") + "\nx = 1\n[[scenarios]]"
    )
    assert len(faults(lambda: cvj.read_journey(path))) >= 2


def test_a_spreadsheet_that_cannot_hold_them_is_refused(tmp_path: Path) -> None:
    kept = SHOP.with_scenario("Better", BETTER)
    for name in ("shop.csv", "shop.xlsx"):
        (fault,) = faults(lambda name=name: kept.save(tmp_path / name))
        assert "cannot hold" in fault
        assert "scenarios; save" in fault
        assert fault.endswith("save it as .toml")


@given(journeys(money=True), st.floats(0, 1), st.integers(0, 500))
def test_read_again_it_is_the_same(journey: cvj.Journey, rate: float, number: int) -> None:
    keys = journey.framework.keys
    changes = {
        f"stages.{keys[-1]}.rate": rate,
        "fixed_cost": number,
        f"stages.{keys[0]}.fixed_cost": None,
    }
    try:
        kept = journey.with_scenario("What if", changes)
    except cvj.InputError:
        return
    again = cvj.Journey.from_document(kept.document())
    assert again.scenarios == kept.scenarios
    assert again.what_if == kept.what_if
