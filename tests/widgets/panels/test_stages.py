"""The stages on values: people, rates, costs and delays typed, and what becomes of the journey."""

from __future__ import annotations

from pathlib import Path

import pytest

import cvjkit as cvj
from tests.widgets.hand import (
    JOURNEYS,
    MODE,
    NUMBERS,
    PLAN,
    SHOP,
    TAB,
    TWO,
    UNDO,
    Hand,
    people,
)


def test_people_typed_at_a_stage_are_counted_there() -> None:
    hand = Hand(SHOP).types("250", "stages", "conversion", "reached")
    assert hand.counts == [10000, 2000, 250, 40, 10]
    assert hand.drawn()["conversion"] == "250"
    assert hand.text("stages", "conversion", "rate") == "12.5%"


def test_a_rate_typed_where_people_are_counted_sets_the_people() -> None:
    hand = Hand(SHOP).types("7.53%", "stages", "conversion", "rate")
    assert hand.counts == [10000, 2000, 151, 40, 10]
    assert hand.text("stages", "conversion", "reached") == "151"


def test_people_typed_in_a_plan_set_the_rate_and_those_at_the_start_the_entrants() -> None:
    hand = Hand(PLAN).types("150", "stages", "conversion", "reached")
    assert hand.rates == [0.2, 0.075, 0.4, 0.25]
    hand.types("20,000", "stages", "reach", "reached")
    assert hand.journey.segments[0].entrants == (20000, 0, 0, 0, 0)
    assert people(hand.journey) == [20000, 4000, 300, 120, 30]


@pytest.mark.parametrize("target", [60, 123.4, 400])
def test_with_ways_back_and_referrals_as_many_reach_a_stage_of_a_plan_as_were_typed(
    target: float,
) -> None:
    winding = PLAN.with_transition("retention", "acquisition", 0.5).with_referral(
        "loyalty", to="acquisition", per_person=3
    )
    hand = Hand(winding).types(str(target), "stages", "conversion", "reached")
    assert not hand.message("stages", "conversion", "reached")
    assert people(hand.journey)[2] == pytest.approx(target, rel=1e-6)


def test_more_people_than_are_at_the_stage_before_are_refused_in_a_plan() -> None:
    hand = Hand(PLAN).types("2001", "stages", "conversion", "reached")
    assert hand.message("stages", "conversion", "reached") == (
        "2001 is more than the 2,000 who can reach Conversion: write 2,000 or fewer, "
        "or raise Acquisition first."
    )
    assert hand.journey == PLAN


def test_costs_and_delays_are_typed_beside_the_people() -> None:
    hand = Hand(SHOP).types("0.1", "stages", "reach", "unit_cost")
    hand.types("3", "stages", "conversion", "delay_days")
    expected = SHOP.with_stage("reach", unit_cost=0.1).with_stage("conversion", delay_days=3)
    assert hand.journey == expected


def test_an_emptied_field_is_not_known_and_not_zero() -> None:
    hand = Hand(SHOP).types("", "stages", "retention", "reached")
    assert hand.counts == [10000, 2000, 100, None, 10]
    assert hand.text("stages", "retention", "reached") == ""
    assert hand.drawn()["retention"] == "–"
    hand = Hand(PLAN).types("", "stages", "conversion", "rate")
    assert hand.rates == [0.2, None, 0.4, 0.25]


def test_a_stage_with_direct_entrants_shows_them_in_a_plan() -> None:
    hand = Hand(cvj.Journey.from_counts("five", [100, 300, 30, 10, 1])).types("planned", *NUMBERS)
    assert hand.text("stages", "acquisition", "entrants") == "200"
    hand.types("50", "stages", "acquisition", "entrants")
    assert people(hand.journey)[:2] == [100, 150]


def test_counted_people_of_all_segments_are_a_sum_that_only_a_what_if_changes() -> None:
    hand = Hand(TWO)
    assert hand.text("stages", "reach", "reached") == "1,000"
    hand.types("500", "stages", "reach", "reached")
    assert hand.journey == TWO
    assert "the people of Ads, Blog are counted" in hand.message("stages", "reach", "reached")
    assert hand.presses("head", "head", "offer").text(*MODE) == "what_if"
    assert people(hand.journey) == pytest.approx([500, 85, 9, 5.5, 1.5])
    assert hand.presses(*UNDO).text(*MODE) == "counted"
    hand.types("1", *TAB).types("200", "stages", "reach", "reached")
    assert hand.journey.segments[1].counts == (200, 80, 9, 6, 2)
    assert hand.drawn()["reach"] == "200"
    assert hand.types("all", *TAB).drawn()["reach"] == "1,100"


def test_counted_people_become_a_plan_with_the_same_flow_and_back() -> None:
    hand = Hand(SHOP).types("planned", *NUMBERS)
    assert hand.rates == [0.2, 0.05, 0.4, 0.25]
    assert people(hand.journey) == pytest.approx(people(SHOP))
    assert hand.types("counted", *NUMBERS).journey == SHOP
    hand = Hand(TWO).types("planned", "segments", "1", "numbers")
    assert [segment.observed for segment in hand.journey.segments] == [True, False]


def test_a_count_overruled_by_a_typed_skip_is_said_at_the_count_with_the_fix() -> None:
    address = ("stages", "conversion", "reached")
    hand = Hand(SHOP.with_transition("reach", "conversion", 0.5))
    message = (
        "The skips, ways back and referrals typed bring 4,900 more people here than were counted, "
        "so only as many as were counted are used: correct the count, or how many take them."
    )
    assert (hand.text(*address), hand.message(*address)) == ("100", message)
    assert hand.part("findings")["notes"] == ()
    hand.types("5000", *address)
    assert hand.message(*address) == ""
    several = Hand(TWO.with_transition("reach", "conversion", 0.5))
    assert several.message(*address).endswith(" It is so in 1 more segment.")
    several.types("1", *TAB)
    assert "of Blog here" in several.message(*address)


def test_findings_say_where_counts_rise() -> None:
    hand = Hand(SHOP).types("500", "stages", "retention", "reached")
    (note,) = hand.part("findings")["notes"]
    assert note.startswith("Retention: 400 more people")


@pytest.mark.parametrize("path", sorted(JOURNEYS.glob("*.toml")), ids=lambda path: path.stem)
def test_a_cost_that_was_calculated_is_shown_in_cents_and_one_that_was_typed_in_full(
    path: Path,
) -> None:
    journey = cvj.read_journey(path)
    for framework in ("five", "seven", "eight", "nine"):
        hand = Hand(journey.in_framework(framework))
        for stage in hand.journey.framework:
            cost = hand.journey.get(f"stages.{stage.key}.unit_cost")
            text = hand.text("stages", stage.key, "unit_cost")
            if cost is not None and cost >= 1 and round(cost, 6) != cost:
                assert text == f"{cost:.2f}".removesuffix(".00")
            elif cost is not None and round(cost, 6) == cost:
                assert float(text) == cost


@pytest.mark.parametrize(
    ("currency", "text"), [("JPY", "15"), ("KWD", "15.3850"), ("EUR", "15.38")]
)
def test_a_cost_that_was_calculated_has_the_decimals_of_its_currency(
    currency: str, text: str
) -> None:
    journey = SHOP.with_terms(currency=currency, fixed_cost=200 / 13)
    journey = journey.with_stage("reach", unit_cost=200 / 13).with_segment(
        "Ads", counts=[1] * 5, spend=200 / 13
    )
    hand = Hand(journey.with_offer("conversion", price=200 / 13, margin=200 / 13))
    assert hand.text("stages", "reach", "unit_cost") == text
    assert hand.text("terms", "terms", "fixed_cost") == text
    assert [hand.text("offers", "first_payment", key) for key in ("price", "margin")] == [text] * 2
    assert hand.text("segments", "1", "spend") == text


def test_a_cost_typed_with_many_decimals_stays_as_it_was_typed() -> None:
    hand = Hand(SHOP).types("15.384615", "stages", "reach", "unit_cost")
    assert hand.text("stages", "reach", "unit_cost") == "15.384615"
