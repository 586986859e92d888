"""What-ifs beside the journey they are about: one table, one figure, a sentence each."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import cvjkit as cvj
from cvjkit.comparison.comparison import Comparison
from cvjkit.comparison.differences import Differences

STARTERS = Path(__file__).parents[2] / "data" / "journeys"
SHOP = (
    cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop", currency="EUR")
    .with_stage("reach", unit_cost=0.1)
    .with_offer("conversion", name="Box", price=40, margin=15)
    .with_offer("retention", name="Bag", price=40, margin=15, cycle_days=30, repeat_rate=0.8)
)
BETTER = SHOP.scenario("Better", {"stages.conversion.rate": 0.1})
FEWER = SHOP.scenario("Half", {"stages.reach.people": 5000})
STACKED = BETTER.scenario("Dearer", {"offers.conversion.margin": 20})


def compared(*scenarios: cvj.Journey) -> Differences:
    found = cvj.compare([SHOP, *scenarios])
    assert isinstance(found, Differences)
    return found


def row(table: pd.DataFrame, scenario: str, key: str) -> dict[str, Any]:
    (found,) = table[(table.scenario == scenario) & (table.key == key)].to_dict("records")
    return dict(found)


def test_a_row_for_each_stage_and_figure_of_each_scenario() -> None:
    table = compared(BETTER, FEWER, STACKED).table
    assert list(table.columns) == [
        *("scenario", "kind", "key", "label", "unit"),
        *("value", "base", "change", "change_share", "words"),
    ]
    assert list(table.scenario.unique()) == ["Better", "Half", "Dearer"]
    numbers = ["value", "base", "change", "change_share"]
    assert (table[numbers].dtypes == "float64").all()
    people = row(table, "Better", "conversion")
    assert people["kind"] == "stage"
    assert [people[name] for name in numbers] == pytest.approx([200, 100, 100, 1])
    assert people["words"] == "+100 (+100%)"
    assert row(table, "Better", "reach")["words"] == ""
    assert row(table, "Half", "loyalty")["change"] == pytest.approx(-5)
    # 1000 to win 100 customers, then 200.
    cac = row(table, "Better", "cac")
    assert [cac[name] for name in numbers] == pytest.approx([5, 10, -5, -0.5])
    assert cac["words"] == "-5.00 (-50%)"


def test_a_number_that_no_scenario_changes_has_a_change_of_0() -> None:
    table = compared(SHOP.scenario("Cheaper", {"stages.reach.unit_cost": 0.05})).table
    is_same = table.words.eq("") & table.value.notna() & table.base.notna()
    assert {"retention", "loyalty", "second_purchase_rate"} <= set(table.key[is_same])
    assert (table.change[is_same] == 0).all()


def test_what_is_not_defined_has_no_difference() -> None:
    nobody = SHOP.scenario("Nobody", {"stages.conversion.rate": 0})
    found = row(compared(nobody).table, "Nobody", "cac")
    assert math.isnan(found["value"])
    assert found["base"] == 10
    assert math.isnan(found["change"])
    assert found["words"] == ""


def test_a_sentence_says_what_each_changes_and_brings() -> None:
    better, half, dearer = compared(BETTER, FEWER, STACKED).summary.splitlines()
    assert better == (
        "Better: Conversion from 5% to 10%. Customers from 100 to 200 (+100%), "
        "CAC from EUR 10.00 to EUR 5.00 "
        "(-50%) and profit from EUR 3,500.00 to EUR 8,000.00 (+128.6%)."
    )
    assert half.startswith(
        "Half: Reach from 10,000 to 5,000 people. Customers from 100 to 50 (-50%) and "
    )
    assert dearer.startswith(
        "Dearer, on Better: margin of Box from 15 to 20. Customers from 100 to 200 "
    )
    same = SHOP.scenario("Same", {"next_test_days": 7})
    assert str(compared(same).summary).endswith(" No figure changes.")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_figure_has_a_bar_for_each_change(theme: Any) -> None:
    found = compared(BETTER, FEWER)
    figure = found.figure(theme=theme)
    bars = [trace for trace in figure.data if trace.meta["mark"] == "bar"]
    drawn = {(bar.meta["scenario"], bar.meta["key"]): bar for bar in bars}
    assert ("Better", "reach") not in drawn
    assert figure.layout.meta["summary"] == found.summary
    pixels = {
        key: (max(bar.x[:-1]) - min(bar.x[:-1])) / abs(bar.meta["change_share"])
        for key, bar in drawn.items()
    }
    # One scale for all, and one line from which they go.
    assert list(pixels.values()) == pytest.approx([pixels["Better", "cac"]] * len(pixels))
    up, down = drawn["Better", "conversion"], drawn["Better", "cac"]
    assert min(up.x) == pytest.approx(max(down.x))


def test_nothing_changed_is_said_in_the_figure() -> None:
    figure = compared(SHOP.scenario("Same", {})).figure()
    assert "Nothing changes." in str(figure.layout.annotations)


def test_five_scenarios_fit() -> None:
    scenarios = [
        SHOP.scenario(f"Conversion {percent}%", {"stages.conversion.rate": percent / 100})
        for percent in (6, 7, 8, 9, 10)
    ]
    figure = compared(*scenarios).figure()
    colors = {trace.fillcolor for trace in figure.data if trace.meta["mark"] == "bar"}
    assert len(colors) == 5


def test_scenarios_of_another_framework_are_compared_there() -> None:
    full = cvj.read_journey(STARTERS / "cleaning_company.toml")
    eight = full.in_framework("eight").with_scenario("Better", {"stages.conversion.rate": 0.22})
    back = eight.in_framework("full")
    found = cvj.compare([back, *back.scenarios])
    assert isinstance(found, Differences)
    stages = found.table[found.table.kind == "stage"]
    assert list(stages.key) == list(cvj.framework("eight").keys)
    assert row(found.table, "Better", "conversion")["base"] == 233


def test_journeys_that_are_no_scenarios_are_seen_through_frameworks_as_before() -> None:
    other = SHOP.with_terms(name="Other")
    assert isinstance(cvj.compare([SHOP, other]), Comparison)
    assert isinstance(cvj.compare([SHOP, BETTER], ["five", "eight"]), Comparison)
    assert isinstance(cvj.compare([other.put("fixed_cost", 4), BETTER]), Comparison)
    assert isinstance(cvj.compare(BETTER), Comparison)
