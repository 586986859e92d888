"""Journeys side by side: what is chosen, what is in the tables, and what is said."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cvjkit as cvj
from cvjkit.catalog.sources import disagreements
from cvjkit.comparison.compare import compare
from cvjkit.comparison.comparison import Comparison
from cvjkit.errors import InputError
from tests.comparison.coffee import coffee
from tests.lens.given import DOCUMENTED, STARTERS, starter

# Domain: which milestones every two of the frameworks share.
SHARED = {
    ("five", "seven"): "aware first_payment bought_again",
    ("five", "nine"): "engaged first_payment bought_again",
    ("seven", "eight"): "aware lead first_payment bought_again",
    ("seven", "nine"): "visited lead first_payment bought_again",
    ("eight", "nine"): "engaged lead first_payment wowed bought_again promoter",
    ("five", "eight"): "aware engaged first_payment bought_again advocate",
    DOCUMENTED: "first_payment bought_again",
    ("five", "seven", "eight:time", "nine"): "first_payment",
}


def keys(comparison: Comparison) -> list[str]:
    return [framework.key for framework in comparison.frameworks]


def test_the_table_holds_every_number_of_every_lens() -> None:
    journey = starter("coffee")
    table = compare(journey).table
    assert table.columns[:3].to_list() == ["journey", "framework", "stage"]
    assert {"milestone", "people", "low", "high", "status"} <= {*table.columns}
    for key in DOCUMENTED:
        expected = journey.through(key).table
        got = table[table.framework == key].set_index("stage")
        pd.testing.assert_frame_equal(
            got[expected.columns], pd.DataFrame(expected), check_index_type=False
        )


def test_without_a_choice_the_four_are_compared_as_the_journey_has_them() -> None:
    assert keys(compare(starter("coffee"))) == [*DOCUMENTED]
    time = keys(compare(starter("dating")))
    assert time == ["five", "seven", "eight:time", "nine"]
    viewed = cvj.Journey.from_counts("full:time", [*range(14, 0, -1)], view="eight:time")
    assert keys(compare(viewed)) == time


def test_a_framework_of_ones_own_joins_like_the_others() -> None:
    ours = cvj.framework("five").insert({"key": "quiz", "name": "Quiz"}, after="reach", key="ours")
    journey = cvj.Journey.from_counts(ours, [900, 500, 90, 9, 5, 1])
    both = compare(journey)
    assert keys(both) == [*DOCUMENTED, "ours"]
    assert both.table[both.table.stage == "quiz"].people.to_list() == [500]
    assert keys(compare(journey, [ours, "nine"])) == ["ours", "nine"]


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
        (["five", "five"], "is listed more than once"),
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


def test_numbers_are_floats_whatever_is_known() -> None:
    for journey in (coffee(), starter("band"), cvj.Journey.from_counts("five", [9] + [None] * 4)):
        both = compare(journey)
        numbers = {
            "table": ("people", "low", "high", "step_rate", "overall_rate", "cost", "delay_days"),
            "hides": ("rate", "lost", "leak"),
            "comparable": ("value", "low", "high"),
        }
        for table, columns in numbers.items():
            assert set(getattr(both, table)[[*columns]].dtypes) == {np.dtype("float64")}


def test_disagreements_stand_at_the_stages_concerned_with_their_sources() -> None:
    table = compare(starter("coffee")).disagreements
    assert table.id.unique().tolist() == [question.id for question in disagreements()]
    loyalty = table[(table.framework == "five") & (table.stage == "loyalty")].set_index("id")
    assert [*loyalty.index] == ["C5", "C6"]
    assert "003:114" in loyalty.loc["C5", "sources"]
    assert "To Loyalty, which is just that. (Fea, line 30)" in loyalty.loc["C5", "positions"]
    assert compare(starter("coffee"), "five").disagreements.framework.unique().tolist() == ["five"]


@pytest.mark.parametrize("name", STARTERS)
def test_the_summary_never_says_that_a_framework_does_better(name: str) -> None:
    both = compare(starter(name))
    words = " ".join([both.summary(), *both.hides.says, *both.comparable.label])
    assert not re.search(r"\b(better|best|worse|perform|beat|wins|strong)", words, re.IGNORECASE)
    assert "The same people" in words


def test_the_summary_says_what_is_counted_shared_and_hidden() -> None:
    text = compare(coffee(), ["five", "nine"]).summary()
    assert "All of these count Engaged, First payment and Bought again." in text
    assert "Nine-step Perfect Customer Lifecycle: 9 stages, 9 counted." in text
    assert "302 customers" in text
    assert "do not get from Aware to Intrigued" in text
    two = compare([coffee(), starter("lenses")], "nine").summary()
    assert "Coffee: " in two
    assert "lenses: " in two


def test_all_tables_are_shown_as_people_read_them() -> None:
    counts = [210600, 5766, 302, 161, 41]
    shop = cvj.Journey.from_counts("five", counts, name="Coffee", currency="EUR")
    shop = shop.with_stage("reach", unit_cost=0.01)
    both = compare([shop, shop.with_stage("conversion", people=400).with_terms(name="More")])
    figures = both.comparable.shown
    assert figures.columns.to_list() == [view.name for view in both.views]
    assert figures.loc["First-time buyers"].to_list() == ["302", "400"]
    assert figures.loc["Cost of winning a customer (CAC)", "More"] == "EUR 5.26"
    assert figures.loc["Profit", "More"].startswith("no margin is typed")
    guessed = compare(shop, ["eight", "nine"]).comparable.shown.loc["People at Lead"]
    assert guessed.to_list() == ["≈ 1,908 (605 to 4,797)"]
    assert set(both.hides.shown["Framework"]) <= {view.name for view in both.frameworks}
    assert both.hides.shown["What it does not show"].str.endswith(".").all()
    assert both.disagreements.shown["Topic"][0] == "Skipping stages"
    assert "Journey" in both.hides.shown
    assert "Journey" not in compare(shop).hides.shown
    for table in (both.hides, both.comparable, both.disagreements):
        assert "<table" in table._repr_html_()
