"""Money on values: what is typed, and the figures that follow."""

from __future__ import annotations

from pathlib import Path

import cvjkit as cvj
from cvjkit.widgets.panels.money import figures_part
from tests.widgets.hand import MONEY, SHOP, TAB, TWO, Hand


def test_the_figures_that_matter_are_shown_or_a_dash_and_the_reason() -> None:
    hand = Hand(MONEY)
    assert hand.figure("CAC") == ("EUR 10.00", "EUR 1,000.00 to win 100")
    assert hand.figure("LTV")[0] == "EUR 45.00"
    assert "lifetime" in hand.figure("LTV")[1]
    payback, remark = hand.figure("Payback")
    assert payback == "with the first order"
    assert remark.endswith("without the delay to the first payment")
    assert hand.figure("Profit")[0] == "EUR 3,500.00"
    assert Hand(SHOP).figure("CAC") == (
        "–",
        "no cost is typed: give unit costs, fixed costs or spend",
    )


def test_the_figures_follow_the_segment() -> None:
    hand = Hand(TWO)
    assert hand.figure("Customers")[0] == "18"
    assert hand.types("0", *TAB).figure("Customers")[0] == "9"


def test_the_money_of_a_journey_can_be_typed() -> None:
    hand = Hand(SHOP).types("0.1", "stages", "reach", "unit_cost")
    first, later = ("offers", "first_payment"), ("offers", "bought_again")
    hand.types("40", *first, "price").types("15", *first, "margin").types("Box", *first, "name")
    hand.types("Bag", *later, "name").types("40", *later, "price").types("15", *later, "margin")
    hand.types("30", *later, "cycle_days").types("80%", *later, "repeat_rate")
    assert hand.figure("CAC")[0] == "10.00"
    assert hand.journey.with_terms(currency="EUR") == MONEY
    hand.types("1000", "terms", "terms", "fixed_cost").types(
        "10%", "terms", "terms", "discount_rate"
    )
    hand.types("CHF", "terms", "terms", "currency")
    assert (hand.journey.fixed_cost, hand.journey.discount_rate) == (1000, 0.1)
    assert hand.figure("CAC")[0] == "CHF 20.00"


def test_a_margin_is_changed_where_it_was_typed() -> None:
    at_stage = SHOP.with_stage("conversion", margin=7)
    hand = Hand(at_stage)
    assert hand.text("offers", "first_payment", "margin") == "7"
    hand.types("8", "offers", "first_payment", "margin")
    assert hand.journey == SHOP.with_stage("conversion", margin=8)


def test_where_buying_again_is_no_stage_its_share_can_be_typed() -> None:
    time = cvj.Journey.from_counts("eight:time", [900, 90, 80, 70, 60, 9, 5, 1])
    hand = Hand(time).types("40%", "terms", "terms", "second_purchase_rate")
    assert hand.journey.second_purchase_rate == 0.4
    assert ("terms", "terms", "second_purchase_rate") not in Hand(SHOP).addresses


def test_a_margin_above_the_price_is_marked_until_one_of_them_changes() -> None:
    box = ("offers", "first_payment")
    hand = Hand(SHOP).types("49", *box, "price").types("999", *box, "margin")
    assert hand.field(*box, "margin").message == (
        "999 exceeds the price 49: a margin is what the order leaves of its price: lower it, or "
        "raise the price."
    )
    assert hand.journey.offers[0].margin is None
    hand.types("1000", *box, "price")
    assert hand.field(*box, "margin").message == ""
    assert hand.journey.offers[0].margin == 999


def test_figures_shown_side_by_side_agree_at_the_decimals_shown() -> None:
    starters = Path(__file__).parents[3] / "data/journeys"
    compared = 0
    for path in sorted(starters.glob("*.toml")):
        for framework in ("five", "seven", "eight", "nine"):
            journey = cvj.read_journey(path).in_framework(framework)
            for segment in (None, *(one.name for one in journey.segments)):
                figures = figures_part(journey, segment).figures
                shown = {name: text.removeprefix("EUR ") for name, text, _ in figures}
                cac, ltv = float(shown["CAC"]), float(shown["LTV"])
                ratio = float(shown["LTV to CAC"].removesuffix("x"))
                # Each may be off by half of its last digit.
                low, high = (ltv - 0.005) / (cac + 0.005), (ltv + 0.005) / (cac - 0.005)
                assert low - 0.005 <= ratio <= high + 0.005, (path.name, framework, segment)
                compared += 1
    assert compared >= 60
