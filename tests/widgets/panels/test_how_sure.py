from __future__ import annotations

import pytest
from hypothesis import given

import cvjkit as cvj
from cvjkit.shown import chance_text
from cvjkit.widgets.panels.how_sure import how_sure_part
from tests.strategies import journeys
from tests.widgets.panels.answered import PLAN, lines

SHOP = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop")


def test_it_says_between_which_numbers_profit_lies_and_what_that_rests_on() -> None:
    part = how_sure_part(PLAN.simulate(500))
    low, high = PLAN.simulate(500).interval("profit")
    assert part.notes[0] == (
        f"Profit: EUR {low:,.2f} to EUR {high:,.2f}, with a probability of 90%."
    )
    assert part.notes[-1] == (
        "The rates are typed, not counted: each is taken to be as sure as 20 cases."
    )
    assert {*lines(part, "sure-bands")} >= {"Customers", "CAC"}


def test_without_money_it_is_about_customers() -> None:
    part = how_sure_part(SHOP.simulate(500))
    assert part.notes[0].startswith("Customers: 8")
    assert not any("better" in note for note in part.notes)


def test_it_says_how_probable_it_is_that_the_what_if_is_better() -> None:
    better = SHOP.scenario("x", {"stages.conversion.rate": 0.0625})
    part = how_sure_part(better.simulate(500), SHOP.simulate(500))
    assert "The chance that this is better than without the what-if: >99%." in part.notes
    worse = SHOP.scenario("x", {"stages.conversion.rate": 0.04})
    part = how_sure_part(worse.simulate(500), SHOP.simulate(500))
    assert "The chance that this is better than without the what-if: <1%." in part.notes


@pytest.mark.parametrize(
    ("goal", "words", "statement"),
    [
        (("customers", 110), "Customers at least 110", "customers >= 110"),
        (("customers", 1e12), "Customers at least 1,000 bn", "customers >= 1000000000000"),
        (("cac", 9.5), "CAC at most EUR 9.50", "cac <= 9.5"),
        (("profit", 480.25), "Profit at least EUR 480.25", "profit >= 480.25"),
        (("retention", 38), "Retention at least 38", "stages.retention.people >= 38"),
    ],
)
def test_it_says_how_probable_the_goal_is_as_things_are(
    goal: tuple[str, float], words: str, statement: str
) -> None:
    shop = SHOP.with_terms(currency="EUR").with_stage("reach", unit_cost=0.1)
    simulation = shop.with_offer("conversion", name="Box", price=40, margin=15).simulate(500)
    part = how_sure_part(simulation, goal=goal)
    chance = simulation.probability(statement)
    assert chance is not None
    said = f"The chance that the goal is reached, {words}: {chance_text(chance)}."
    assert said in part.notes
    assert any(text == chance_text(chance) for _, text in part.explains)


def test_thin_evidence_is_named_the_thinnest_first() -> None:
    part = how_sure_part(cvj.Journey.from_counts("five", [1000, 200, 10, 4, 1]).simulate(500))
    assert part.notes[-1].startswith(
        "Thin evidence: 25% from Retention to Loyalty rests on 4 people"
    )
    assert "Thin evidence: 40%" in str(part.articles[-1].lines)


def test_where_nothing_follows_it_says_so() -> None:
    part = how_sure_part(cvj.Journey.from_counts("five", [100, 50, None, None, None]).simulate(50))
    assert part.notes == ("Nothing that follows from the rates is known yet.",)


@given(journeys(ways=True))
def test_whatever_the_journey_something_is_said(journey: cvj.Journey) -> None:
    part = how_sure_part(journey.simulate(20), journey.simulate(20))
    assert part.notes
    assert "nan" not in " ".join(part.notes)
