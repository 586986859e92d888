"""A design carried over to another framework."""

from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.catalog.framework import Framework
from tests import laws
from tests.strategies import frameworks, journeys

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


def test_referred_people_are_kept_where_their_stage_is_none_of_the_target() -> None:
    plan = cvj.Journey.from_rates("full", 10_000, [0.5] * 9 + [0.4, 0.4, 0.5])
    plan = plan.with_referral("intrigued", to="wowed", per_person=0.07)
    nine = plan.in_framework("nine").flow().stages["people"]
    assert plan.flow().stages["people"]["wowed"] == pytest.approx(389.0625)
    assert nine["deliver_and_wow"] == pytest.approx(389.0625)
    laws.another_framework_keeps_the_people(plan, cvj.framework("nine"))


@given(journeys(counted=False, unknown=True), frameworks())
def test_a_plan_has_the_same_people_at_every_stage_two_frameworks_share(
    plan: cvj.Journey, target: Framework
) -> None:
    laws.another_framework_keeps_the_people(plan, target)


@given(journeys(unknown=True), frameworks())
def test_a_journey_of_counts_and_plans_has_the_same_people_there(
    journey: cvj.Journey, target: Framework
) -> None:
    laws.another_framework_keeps_the_people(journey, target)


@given(journeys(counted=False, money=True), st.sampled_from(["five", "seven", "eight", "nine"]))
def test_a_plan_costs_and_brings_the_same_in_every_published_framework(
    plan: cvj.Journey, target: str
) -> None:
    assume("quiz" not in plan.framework)
    one, other = plan.economics(), plan.in_framework(target).economics()
    size = (one.total_cost or 0) + abs(one.profit or 0)
    for figure in (
        "customers",
        "acquisition_cost",
        "cac",
        "ltv",
        "ltv_net",
        "total_cost",
        "profit",
    ):
        if one[figure] is not None and other[figure] is not None:
            assert other[figure] == pytest.approx(one[figure], rel=1e-7, abs=1e-7 * size), figure


EIGHT = cvj.Journey.from_rates("eight", 10_000, [0.2, 0.3, 0.4, 0.9, 0.5, 0.3, 0.2])
BLOG = {"entrants": 1000, "rates": [0.4, 0.3, 0.2, 0.8, 0.5, 0.1, 0.5]}


def test_where_segments_differ_each_keeps_its_own_ways() -> None:
    two = EIGHT.with_segment("Blog", **BLOG).with_transition("conversion", "subscription", 0.1)
    ways = two.in_framework("five").transitions
    assert [(way.source, way.target, way.segment) for way in ways] == [
        ("conversion", "conversion", "Everyone"),
        ("conversion", "conversion", "Blog"),
    ]
    assert [way.rate for way in ways] == pytest.approx([0.1 * 0.4, 0.1 * 0.2])


def test_where_segments_differ_each_brings_its_own_people() -> None:
    two = EIGHT.with_segment("Blog", **BLOG)
    two = two.with_referral("promotion", to="subscription", per_person=2, segment="Blog", reward=5)
    five = two.in_framework("five").referrals
    # From subscription a fifth of the Blog's people buy; promoters are left out, advocates stay.
    assert [(row.source, row.target, row.segment, row.source_segment) for row in five] == [
        ("loyalty", "conversion", "Blog", "Everyone"),
        ("loyalty", "conversion", "Blog", "Blog"),
    ]
    assert [row.per_person for row in five] == pytest.approx([0.2 * 2 * 0.2, 0.5 * 2 * 0.2])
    assert [row.reward for row in five] == [5, 5]


def test_ways_and_referrals_between_stages_that_stay_are_as_they_were() -> None:
    two = EIGHT.with_segment("Blog", **BLOG).with_transition("ascension", "engagement", 0.05)
    two = two.with_transition("advocation", "awareness", 0.1, segment="Blog")
    two = two.with_referral("advocation", to="awareness", per_person=2, reward=3)
    two = two.with_referral("ascension", "awareness", 1, segment="Blog", source_segment="Blog")
    five = two.in_framework("five")
    keys = {"ascension": "retention", "engagement": "acquisition", "advocation": "loyalty"}
    for part in ("transitions", "referrals"):
        renamed = [
            {field: keys.get(value, value) for field, value in row}
            | {"target": {"awareness": "reach"}.get(row.target, keys.get(row.target))}
            for row in getattr(two, part)
        ]
        assert sorted(map(str, map(dict, getattr(five, part)))) == sorted(map(str, renamed))
    assert two.in_framework("eight") == two


def test_a_referral_to_a_stage_not_known_brings_its_people_still() -> None:
    five = cvj.Journey.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1])
    five = five.with_referral("loyalty", to="reach", per_person=25)
    eight = five.in_framework("eight")
    assert eight.flow().numbers("people")[:3] == [
        pytest.approx(1000 / 0.9),
        pytest.approx(500 / 0.9),
        None,
    ]


@pytest.mark.parametrize("source", ["conversion", "engagement", "excitement", "promotion"])
def test_those_brought_in_by_those_who_were_brought_in_are_kept_where_all_are_left_out(
    source: str,
) -> None:
    # Each subscriber brings half a subscriber, who brings a quarter, and so on: twice as many.
    plan = EIGHT.with_referral("subscription", to="subscription", per_person=0.5)
    five = plan.in_framework("five").flow().stages["people"]
    assert five["conversion"] == pytest.approx(2 * 240)
    entrants = {"awareness": 10_000, "subscription": 100}
    plan = plan.with_segment("Everyone", entrants=entrants, rates=EIGHT.segments[0].rates)
    plan = plan.with_referral("promotion", to="excitement", per_person=0.1)
    plan = plan.with_referral(source, to="subscription", per_person=0.2)
    laws.another_framework_keeps_the_people(plan, cvj.framework("five"))


def test_an_unknown_rate_stays_unknown() -> None:
    eight = EIGHT.with_segment("Everyone", rates=[0.2, None, 0.4, 0.9, 0.5, 0.3, 0.2])
    assert eight.in_framework("five").flow().numbers("people") == [10_000, 2000, None, None, None]


def test_growth_without_end_among_stages_left_out_gives_no_total_after_them() -> None:
    plan = EIGHT.with_referral("subscription", to="subscription", per_person=1.5)
    five = plan.in_framework("five").flow()
    assert plan.flow().numbers("people") == [10_000, 2000, *[None] * 6]
    assert five.numbers("people") == [10_000, 2000, None, None, None]


def test_a_loop_nobody_leaves_has_no_exit_in_another_framework() -> None:
    rates = [0.2, 0.3, 0.4, 1, 0.5, 0.3, 0.2]
    plan = EIGHT.with_segment("Everyone", rates=rates)
    plan = plan.with_segment("Everyone", rates=[*rates[:4], 0, *rates[5:]])
    plan = plan.with_transition("excitement", "conversion", 1)
    five = plan.in_framework("five").flow()
    assert plan.flow().numbers("people")[2:5] == [pytest.approx(600), None, None]
    assert five.numbers("people")[1:3] == [2000, None]
    assert {flag.id for flag in five.flags} == {"A47"}


def test_a_way_back_to_delight_is_a_repeat_where_delight_is_no_stage() -> None:
    plan = EIGHT.with_stage("ascension", unit_cost=2).with_transition(
        "ascension", "excitement", 0.1
    )
    plan = plan.with_offer("conversion", margin=10, cycle_days=30)
    plan = plan.with_offer("ascension", margin=12, repeat_rate=0.8, cycle_days=30)
    plan = plan.with_terms(discount_rate=0.1)
    five = plan.in_framework("five")
    assert five.transitions == ()
    assert five.offers[1].repeat_rate == pytest.approx(0.81, abs=1e-3)
    for figure in ("customers", "ltv", "ltv_net", "total_cost", "profit"):
        assert five.economics()[figure] == pytest.approx(plan.economics()[figure]), figure
    # A repeat that was typed stays one.
    drawn = plan.with_offer("ascension", repeat_rate=None)
    assert drawn.in_framework("five").transitions[0].rate == pytest.approx(0.05)


def test_the_cost_of_a_stage_of_ones_own_goes_to_the_next_stage_both_know() -> None:
    own = cvj.framework("eight").insert({"key": "quiz", "name": "Quiz"}, after="engagement")
    shop = cvj.Journey.from_counts(own, [9000, 900, 500, 90, 50, 40, 20, 9, 3])
    shop = shop.with_stage("quiz", unit_cost=1, tactics=["Quiz"])
    five = {row.stage: row for row in shop.in_framework("five").stages}
    assert five["conversion"].unit_cost == pytest.approx(500 / 50)
    assert five["acquisition"].tactics[0].name == "Quiz"
    assert shop.in_framework("five").economics().cac == shop.economics().cac


def test_margins_of_an_offer_whose_buyers_are_not_known_leave_the_profit_unknown() -> None:
    shop = cvj.Journey.from_counts("five", [9000, 900, 50, 20, 9]).with_stage("reach", unit_cost=1)
    shop = shop.with_stage("conversion", margin=5).with_offer("wowed", name="Box", margin=3)
    assert shop.economics().profit is None
    assert "how many buy Box is not known" in shop.economics().reasons["profit"]
    assert shop.with_offer("wowed", margin=None).economics().profit == 250 - 9000
