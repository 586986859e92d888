from __future__ import annotations

import json
import math
import re
from itertools import combinations, pairwise
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.catalog.crosswalk import covers
from cvjkit.catalog.sources import disagreements
from cvjkit.catalog.spine import spine
from cvjkit.comparison.comparison import VIEWS, compare
from cvjkit.errors import InputError
from tests.lens.test_lens import STARTERS, costed, path_to, starter
from tests.strategies import frameworks, journeys

# Domain: which milestones every two of the frameworks share.
SHARED = {
    ("five", "seven"): "aware first_payment bought_again",
    ("five", "nine"): "engaged first_payment bought_again",
    ("seven", "eight"): "aware lead first_payment bought_again",
    ("seven", "nine"): "visited lead first_payment bought_again",
    ("eight", "nine"): "engaged lead first_payment wowed bought_again promoter",
    ("five", "eight"): "aware engaged first_payment bought_again advocate",
    VIEWS: "first_payment bought_again",
    ("five", "seven", "eight:time", "nine"): "first_payment",
}
SEVERAL = st.lists(frameworks(), min_size=1, max_size=3, unique_by=lambda each: each.key)
# The coffee starter, all of it counted.
COFFEE = [210600, 29610, 9508, 5766, 1346, 1063, 779, 302, 281, 161, 125, 30, 20]


def coffee() -> cvj.Journey:
    return cvj.Journey.from_counts("full", COFFEE, name="Coffee")


def figure(table: pd.DataFrame, name: str) -> pd.Series:
    rows = table[table.figure == name]
    assert len(rows) == 1, name
    return rows.iloc[0]


# --- the table and the grid ----------------------------------------------------------------------


def test_the_table_holds_every_number_of_every_lens() -> None:
    journey = starter("coffee")
    table = compare(journey).table
    assert table.columns[:3].to_list() == ["journey", "framework", "stage"]
    assert {"milestone", "people", "low", "high", "status"} <= {*table.columns}
    for key in VIEWS:
        expected = journey.through(key).table
        got = table[table.framework == key].set_index("stage")
        pd.testing.assert_frame_equal(got[expected.columns], expected, check_index_type=False)


def test_without_a_choice_the_four_are_compared_as_the_journey_has_them() -> None:
    assert [each.key for each in compare(starter("coffee")).frameworks] == [*VIEWS]
    time = [each.key for each in compare(starter("dating")).frameworks]
    assert time == ["five", "seven", "eight:time", "nine"]
    viewed = cvj.Journey.from_counts("full:time", [*range(14, 0, -1)], view="eight:time")
    assert [each.key for each in compare(viewed).frameworks] == time


def test_a_framework_of_ones_own_joins_like_the_others() -> None:
    ours = cvj.framework("five").insert({"key": "quiz", "name": "Quiz"}, after="reach", key="ours")
    journey = cvj.Journey.from_counts(ours, [900, 500, 90, 9, 5, 1])
    both = compare(journey)
    assert [each.key for each in both.frameworks] == [*VIEWS, "ours"]
    assert both.table[both.table.stage == "quiz"].people.to_list() == [500]
    assert [each.key for each in compare(journey, [ours, "nine"]).frameworks] == ["ours", "nine"]


def test_several_journeys_are_told_apart_and_may_be_files(tmp_path: Path) -> None:
    path = starter("coffee").save(tmp_path / "coffee.toml")
    both = compare([path, str(path), starter("lenses")], "five")
    assert [view.name for view in both.views] == ["coffee", "coffee (2)", "lenses"]
    assert both.table.journey.unique().tolist() == ["coffee", "coffee (2)", "lenses"]
    assert both.table.groupby("journey").size().to_list() == [5, 5, 5]
    assert compare(path, ["five"]).lenses[0].framework.key == "five"


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (["five", "nein"], "did you mean 'nine'"),
        (["five", "five"], "stands there more than once"),
        ([], "choose from five"),
    ],
)
def test_a_wrong_choice_of_frameworks_is_refused(chosen: list[str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        compare(starter("coffee"), chosen)


def test_no_journey_is_refused() -> None:
    with pytest.raises(InputError, match="at least one"):
        compare([])


@pytest.mark.parametrize(("keys", "milestones"), SHARED.items(), ids=lambda part: str(part)[:40])
def test_what_frameworks_share_is_what_the_domain_says(
    keys: tuple[str, ...], milestones: str
) -> None:
    assert compare(starter("coffee"), keys).shared == tuple(milestones.split())


@given(
    journeys(unknown=True),
    st.lists(frameworks(), min_size=1, max_size=3, unique_by=lambda f: f.key),
)
def test_the_cells_of_each_column_fill_it_once(
    journey: cvj.Journey, chosen: list[cvj.Framework]
) -> None:
    grid = compare(journey, chosen).grid
    assert len(grid.columns) == len(chosen)
    for column, framework in enumerate(chosen):
        cells = [cell for cell in grid.cells if cell.column == column]
        filled = [row for cell in cells for row in range(cell.row, cell.row + cell.span)]
        assert filled == [*range(len(grid.milestones))]
        keys = [key for key, _ in grid.milestones]
        counted = {cell.stage: keys[cell.row] for cell in cells if cell.kind == "counted"}
        assert counted == {stage.key: stage.milestone for stage in framework if stage.milestone}
        for stage, covered in zip(framework, covers(framework), strict=True):
            within = [
                key
                for cell in cells
                if cell.stage == stage.key
                for key in keys[cell.row : cell.row + cell.span]
            ]
            assert tuple(within) == covered


def test_cells_are_merged_over_what_a_stage_covers() -> None:
    grid = compare(starter("dating")).grid
    keys = [key for key, _ in grid.milestones]
    assert "early_win" in keys
    cells = {(cell.column, keys[cell.row]): cell for cell in grid.cells}
    reach, acquisition, again = (cells[0, key] for key in ("aware", "engaged", "bought_again"))
    assert (reach.title, reach.value, reach.span) == ("Reach", "452,000", 3)
    assert (acquisition.title, acquisition.span) == ("Acquisition", 3)
    assert (cells[0, "early_win"].kind, cells[0, "offered"].title) == ("absent", "in Acquisition")
    assert (again.value, again.note) == ("≈ 18.3", "7.6 to 49.5")
    assert cells[3, "aware"].title == "before Target, not counted"
    assert (cells[1, "advocate"].kind, cells[1, "advocate"].span) == ("absent", 2)
    assert "early_win" not in [key for key, _ in compare(starter("coffee")).grid.milestones]
    json.dumps(grid.document(), allow_nan=False)


# --- what is hidden ------------------------------------------------------------------------------


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
            each.milestone
            for each, parent in zip(lens.stages, lens.framework.parents, strict=True)
            if parent is not None and lens.framework.keys[parent] == leak.stage
        ]
        assert leak.start != stage.milestone or leak.end not in followers
        assert leak.lost == pytest.approx(lens.known.people[leak.start] * (1 - leak.rate))


# --- what may be compared ------------------------------------------------------------------------


def test_comparable_figures_are_those_of_the_journey() -> None:
    journey = costed("five", [10000, 2000, 100, 40, 10]).with_stage("reach", tactics=["Ads"])
    table, economics = compare(journey).comparable, journey.economics()
    for name in ("customers", "cac", "ltv", "payback_days", "profit"):
        assert figure(table, name).value == economics[name]
    assert figure(table, "people.bought_again").value == 40
    assert figure(table, "rate.first_payment.bought_again").value == pytest.approx(0.4)
    assert figure(table, "cost_per_person.first_payment").value == economics.cac
    assert figure(table, "cost_per_person.bought_again").value == (10650 + 2100 + 200 + 140) / 40
    assert figure(table, "tactic_coverage").value == pytest.approx(1 / 13)
    assert figure(table, "k")[["value", "status"]].to_list() == [None, "unknown"]
    assert "no referrals" in figure(table, "k").reason
    assert table[table.unit == "money"].currency.unique().tolist() == ["EUR"]


def test_only_what_all_frameworks_count_is_comparable() -> None:
    table = compare(coffee()).comparable
    about = {name.split(".", 1)[1] for name in table.figure if "." in name}
    assert about == {"first_payment", "bought_again", "first_payment.bought_again"}
    words = " ".join([*table.figure, *table.label])
    assert not re.search(r"average|worst|phase|Conversion|Acquisition|Loyalty", words)


def test_an_estimated_shared_milestone_stays_an_estimate() -> None:
    table = compare(starter("dating"), ["five", "nine"]).comparable
    again = figure(table, "people.bought_again")
    assert again.status == "estimated"
    assert again.low < again.value < again.high
    assert figure(table, "rate.first_payment.bought_again").status == "estimated"


@given(journeys(money=True, places=2), st.data())
def test_comparable_figures_are_the_same_through_every_lens(
    journey: cvj.Journey, data: st.DataObject
) -> None:
    """P13, for the figures shown."""
    assume(all(stage.milestone for stage in journey.framework))
    keys = data.draw(st.sampled_from([*combinations(VIEWS, 2), VIEWS]))
    both = compare(journey, keys)
    table = both.comparable.set_index("figure")
    for lens in both.lenses:
        at = {stage.milestone: stage for stage in lens.stages}
        for milestone in both.shared:
            row = table.loc[f"people.{milestone}"]
            stage = at[milestone]
            assert row[["value", "low", "high", "status"]].to_list() == [
                *(stage.people, stage.low, stage.high, stage.status)
            ]
            if milestone != "promoter" and table.loc[f"cost_per_person.{milestone}"].value:
                spent = math.fsum(lens[key].cost or 0.0 for key in path_to(lens, milestone))
                cost = table.loc[f"cost_per_person.{milestone}"].value
                assert spent / stage.people == pytest.approx(cost)


# --- where the documents differ ------------------------------------------------------------------


def test_disagreements_stand_at_the_stages_concerned_with_their_sources() -> None:
    table = compare(starter("coffee")).disagreements
    assert table.id.unique().tolist() == [each.id for each in disagreements()]
    loyalty = table[(table.framework == "five") & (table.stage == "loyalty")].set_index("id")
    assert [*loyalty.index] == ["C5", "C6"]
    assert "003:114" in loyalty.loc["C5", "sources"]
    assert "To Loyalty, which is just that. (004:30)" in loyalty.loc["C5", "positions"]
    assert compare(starter("coffee"), "five").disagreements.framework.unique().tolist() == ["five"]


# --- in words ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STARTERS)
def test_the_summary_never_says_that_a_framework_does_better(name: str) -> None:
    both = compare(starter(name))
    words = " ".join([both.summary(), *both.hides.says, *both.comparable.label])
    assert not re.search(r"\b(better|best|worse|perform|beat|wins|strong)", words, re.IGNORECASE)
    assert "The same people" in words


def test_the_summary_says_what_is_counted_shared_and_hidden() -> None:
    text = compare(coffee(), ["five", "nine"]).summary()
    assert "All of these count Engaged, First payment and Bought again." in text
    assert "Nine-step Perfect Customer Lifecycle: of 9 numbers 9 counted." in text
    assert "302 first payers" in text
    assert "do not get from Aware to Intrigued" in text
    two = compare([coffee(), starter("lenses")], "nine").summary()
    assert "Coffee: " in two
    assert "lenses: " in two


# --- the picture ---------------------------------------------------------------------------------


@given(
    journeys(unknown=True),
    SEVERAL,
    st.sampled_from([None, *spine()]),
)
def test_a_milestone_stands_at_the_same_place_in_every_row(
    journey: cvj.Journey, chosen: list[cvj.Framework], start: str | None
) -> None:
    try:
        picture = compare(journey, chosen).picture(start)
    except InputError:
        assert start == "early_win"
        return
    json.dumps(picture.document(), allow_nan=False)
    places = {mark.key: mark.start for mark in picture.marks}
    assert [mark.start for mark in picture.marks] == sorted(places.values())
    for framework, row in zip(chosen, picture.rows, strict=True):
        for bar in row.bars:
            assert bar.start == places[framework[bar.stage].milestone or f"own:{bar.stage}"]
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
        if len([each for each in framework.parents if each == parents[key]]) == 1:
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
    people = {(each.kind, each.source, each.target): each.people for each in row.ribbons}
    assert people["forward", "reach", "acquisition"] == pytest.approx(500)
    assert people["drop", "reach", ""] == pytest.approx(500)
    assert people["entry", "", "acquisition"] == pytest.approx(125)


def test_estimated_and_unknown_parts_are_marked() -> None:
    _, seven, eight, _ = compare(starter("coffee")).picture().rows
    lead = next(bar for bar in eight.bars if bar.stage == "subscription")
    assert (lead.status, lead.value, lead.note) == ("estimated", "≈ 1,908", "605 to 4,797")
    assert lead.low_size < lead.size < lead.high_size  # type: ignore[operator]  # it has all
    beside = [each for each in eight.ribbons if "subscription" in (each.source, each.target)]
    assert {each.status for each in beside} == {"estimated"}
    life = seven.bars[-1]
    assert (life.status, life.value, life.note) == ("unknown", "not known", "0 to 161")
    assert seven.ribbons[-1].kind == "unknown"
    assert dict(compare(starter("coffee")).picture().legend).keys() == {
        *("exact", "estimated", "unknown", "forward", "drop")
    }


def test_a_picture_may_begin_later_so_that_later_stages_become_thick() -> None:
    picture = compare(starter("coffee")).picture("first_payment")
    assert picture.marks[0].key == "first_payment"
    assert picture.most == 302
    assert [row.bars[0].size for row in picture.rows] == [1, 1, 1, 1]
    with pytest.raises(InputError, match="did you mean 'lead'"):
        compare(starter("coffee")).picture("leads")


def test_habit_runs_beside_word_of_mouth() -> None:
    row = compare(coffee(), "full").picture().rows[0]
    tops = {bar.stage: bar.top for bar in row.bars}
    assert tops["habitual"] > 0
    assert [tops[key] for key in ("bought_again", "advocate", "promoter")] == [0, 0, 0]
    assert not [r for r in row.ribbons if r.kind == "drop" and r.source == "bought_again"]


def test_a_stage_of_ones_own_gets_a_place_before_what_follows_it() -> None:
    ours = cvj.framework("five").insert({"key": "quiz", "name": "Quiz"}, after="acquisition")
    keys = [mark.key for mark in compare(starter("coffee"), [ours, "five"]).picture().marks]
    assert keys.index("own:quiz") == keys.index("first_payment") - 1
