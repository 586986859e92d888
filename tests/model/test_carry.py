"""A design carried over to another framework."""

from pathlib import Path

import pytest

import cvjkit as cvj

STARTERS = sorted(Path("data/journeys").glob("*.toml"))
MONEY = ("customers", "cac", "ltv_net", "payback_days", "profit", "total_cost")


@pytest.mark.parametrize("path", STARTERS, ids=lambda path: path.stem)
@pytest.mark.parametrize("framework", ["five", "seven", "eight", "nine"])
def test_the_money_of_a_starter_is_the_same_in_every_framework(path: Path, framework: str) -> None:
    journey = cvj.read_journey(path)
    figures = journey.economics()
    moved = journey.in_framework(framework).economics()
    for figure in MONEY:
        assert moved[figure] == pytest.approx(figures[figure], rel=1e-9), figure


def test_a_plan_keeps_its_money_when_stages_merge() -> None:
    plan = (
        cvj.Journey.from_rates("eight", 10_000, [0.2, 0.3, 0.4, 0.9, 0.5, 0.3, 0.2])
        .with_stage("subscription", unit_cost=2, fixed_cost=10, delay_days=3)
        .with_stage("conversion", unit_cost=4, margin=30, delay_days=2)
        .with_stage("promotion", unit_cost=7)
    )
    five = plan.in_framework("five")
    # 600 leads at 2 are borne by 240 customers: 5 each, besides their own 4.
    conversion = next(numbers for numbers in five.stages if numbers.stage == "conversion")
    assert (conversion.unit_cost, conversion.fixed_cost) == (pytest.approx(9), 10)
    assert conversion.delay_days == 5
    assert five.economics().profit == pytest.approx(plan.economics().profit)


def test_costs_after_the_last_stage_become_its_fixed_cost() -> None:
    shop = cvj.Journey.from_counts("eight", [9000, 900, 90, 50, 40, 20, 9, 3])
    five = shop.with_stage("promotion", unit_cost=7).in_framework("five")
    assert [(numbers.stage, numbers.fixed_cost) for numbers in five.stages] == [("loyalty", 21)]


def test_costs_before_the_first_stage_belong_to_it() -> None:
    full = [9000, 900, 500, 400, 90, 80, 70, 50, 40, 20, 15, 9, 3]
    shop = cvj.Journey.from_counts("full", full).with_stage("aware", unit_cost=0.5)
    nine = shop.in_framework("nine")
    assert nine.stages[0].unit_cost == pytest.approx(9000 * 0.5 / 500)


def test_a_cost_whose_people_are_not_known_becomes_fixed() -> None:
    five = cvj.Journey.from_counts("five", [9000, 900, 50, 20, 9]).with_stage("reach", unit_cost=1)
    nine = five.in_framework("nine")
    assert nine.segments[0].counts[0] is None
    assert (nine.stages[0].unit_cost, nine.stages[0].fixed_cost) == (None, 9000)


def test_what_was_not_a_stage_before_is_not_known() -> None:
    five = cvj.Journey.from_rates("five", 9000, [0.1, 0.1, 0.4, 0.2])
    eight = five.in_framework("eight")
    assert eight.flow().numbers("people") == [9000, 900, *[None] * 6]
    assert eight.in_framework("five").flow().stages["people"].to_list()[:2] == [9000, 900]


def test_who_buys_again_is_still_known_where_that_is_no_stage() -> None:
    journey = cvj.read_journey("data/journeys/dating_coach.toml")
    assert journey.second_purchase_rate is None
    assert journey.in_framework("eight:time").second_purchase_rate == pytest.approx(29 / 81)


def test_a_stage_without_a_milestone_keeps_its_numbers_by_its_key() -> None:
    own = cvj.framework("five").insert({"key": "quiz", "name": "Quiz"}, after="reach")
    shop = cvj.Journey.from_counts(own, [9000, 4000, 900, 50, 20, 9]).with_stage(
        "quiz", unit_cost=1
    )
    renamed = shop.in_framework(own.rename({"quiz": "Little quiz"}))
    assert renamed.segments == shop.segments
    assert renamed.stages == shop.stages


def test_a_skip_over_a_stage_that_is_not_there_is_part_of_the_step() -> None:
    rates = [0.5, 0.4, 0.5, 0.8, 0.5, 0.5, 0.5]
    plan = cvj.Journey.from_rates("eight", 1000, rates)
    plan = plan.with_transition("engagement", "conversion", 0.1)
    five = plan.in_framework("five")
    assert five.transitions == ()
    for key, people in five.flow().stages["people"].items():
        same = {"reach": "awareness", "acquisition": "engagement", "conversion": "conversion"}
        if key in same:
            assert people == pytest.approx(plan.flow().stages["people"][same[key]])


def test_a_tactic_stays_with_the_people_it_is_done_for() -> None:
    shop = cvj.Journey.from_counts("eight", [9000, 900, 90, 50, 40, 20, 9, 3])
    shop = shop.with_stage("subscription", tactics=["Guide"], unit_cost=2)
    shop = shop.with_stage("promotion", tactics=["Ask for referrals"])
    five = {numbers.stage: numbers for numbers in shop.in_framework("five").stages}
    assert [tactic.name for tactic in five["acquisition"].tactics] == ["Guide"]
    assert five["conversion"].unit_cost == pytest.approx(90 * 2 / 50)
    assert [tactic.name for tactic in five["loyalty"].tactics] == ["Ask for referrals"]
