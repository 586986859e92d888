from __future__ import annotations

from hypothesis import given

import cvjkit as cvj
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
