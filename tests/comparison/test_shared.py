"""Only what every framework counts is compared, and it is the same through every lens."""

from __future__ import annotations

import math
import re
from itertools import combinations

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.comparison.compare import compare
from tests.comparison.coffee import coffee
from tests.lens.given import DOCUMENTED, costed, path_to, starter
from tests.strategies import journeys


def figure(table: pd.DataFrame, name: str) -> pd.Series:
    rows = table[table.figure == name]
    assert len(rows) == 1, name
    return rows.iloc[0]


def test_comparable_figures_are_those_of_the_journey() -> None:
    journey = costed("five", [10000, 2000, 100, 40, 10]).with_stage("reach", tactics=["Ads"])
    table, economics = compare(journey).comparable, journey.economics()
    for name in ("customers", "cac", "ltv_net", "payback_days", "profit"):
        expected = math.nan if economics[name] is None else economics[name]
        assert figure(table, name).value == pytest.approx(expected, rel=0, abs=0, nan_ok=True)
    assert figure(table, "people.bought_again").value == 40
    assert figure(table, "rate.first_payment.bought_again").value == pytest.approx(0.4)
    assert figure(table, "cost_per_person.first_payment").value == economics.cac
    assert figure(table, "cost_per_person.bought_again").value == (10650 + 2100 + 200 + 140) / 40
    assert figure(table, "tactic_coverage").value == pytest.approx(1 / 13)
    assert math.isnan(figure(table, "k").value)
    assert figure(table, "k").status == "unknown"
    assert "no referrals" in figure(table, "k").reason
    assert table[table.unit == "money"].currency.unique().tolist() == [""]
    euros = compare(journey.with_terms(currency="EUR")).comparable
    assert euros[euros.unit == "money"].currency.unique().tolist() == ["EUR"]


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
    keys = data.draw(st.sampled_from([*combinations(DOCUMENTED, 2), DOCUMENTED]))
    both = compare(journey, keys)
    table = both.comparable.set_index("figure")
    for lens in both.lenses:
        at = {stage.milestone: stage for stage in lens.stages}
        for milestone in both.shared:
            row = table.loc[f"people.{milestone}"]
            stage = at[milestone]
            numbers = [stage.people, stage.low, stage.high]
            assert row.status == stage.status
            assert row[["value", "low", "high"]].to_list() == pytest.approx(
                [math.nan if number is None else number for number in numbers],
                rel=0,
                abs=0,
                nan_ok=True,
            )
            if milestone != "promoter" and table.loc[f"cost_per_person.{milestone}"].value > 0:
                spent = math.fsum(lens[key].cost or 0.0 for key in path_to(lens, milestone))
                cost = table.loc[f"cost_per_person.{milestone}"].value
                assert spent / stage.people == pytest.approx(cost)
