"""Costs, margins and times belong to milestones, whatever the lens."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

import cvjkit as cvj
from cvjkit.lens.lens import NUMBERS
from tests.lens.given import PUBLISHED, costed, starter


def test_a_cost_belongs_to_the_milestone_it_pays_for() -> None:
    eight = costed("five", [10000, 2000, 100, 40, 10]).through("eight")
    costs = [10650, 2100, 75, 125, 35, 105, 110, math.nan]
    assert eight.table.cost.to_list() == pytest.approx(costs, nan_ok=True)
    shared = ["exact", "exact", "estimated", "estimated", "estimated", "estimated", "exact"]
    assert eight.table.cost_status.to_list() == [*shared, "unknown"]
    assert eight.remainder == replace(eight.remainder, cost=0, contribution=0, stages=())
    nine = costed("five", [10000, 2000, 100, 40, 10]).through("nine")
    assert nine.table.cost.to_list() == pytest.approx(
        [10650 + 1800, 300, 75, 25, 25, 75, 35, 105, 110]
    )


def test_what_lies_beyond_a_framework_is_kept_in_the_remainder() -> None:
    journey = costed("five", [10000, 2000, 100, 40, 10]).with_stage("loyalty", margin=3)
    seven = journey.through("seven")
    assert (seven.remainder.cost, seven.remainder.stages) == (110, ("loyalty",))
    assert seven.remainder.contribution == 30
    assert (seven.cost, seven.contribution) == (13200, 2000 + 2400 + 30)
    first = journey.through(cvj.framework("five").drop("acquisition", "conversion", "retention"))
    assert first.cost == 13200
    assert first["loyalty"].cost == 2100 + 200 + 140 + 110


def test_a_margin_belongs_to_the_stage_in_which_it_is_earned() -> None:
    journey = costed("five", [10000, 2000, 100, 40, 10])
    nine = journey.through("nine").table.contribution
    assert nine[["close", "offer_more"]].to_list() == [2000, 2400]
    short = journey.through(cvj.framework("five").drop("retention"))
    assert short["conversion"].contribution == 4400
    assert short["loyalty"].contribution == 0


def test_orders_after_the_first_are_earned_where_buying_again_is_no_stage() -> None:
    dating = starter("dating").with_offer("ascension", name="Consultation", margin=110)
    dating = dating.with_offer("bought_again", name="Block", margin=350, repeat_rate=0.45)
    dating = dating.with_terms(second_purchase_rate=0.358)
    later = 350 * 81 * 0.358 / (1 - 0.45)
    for framework, stage in (("eight:time", "ascension"), ("nine", "close")):
        lens = dating.through(framework)
        assert lens[stage].contribution == pytest.approx(81 * 110 + later)
        assert lens.contribution == pytest.approx(81 * 110 + later)


def test_time_is_shared_out_like_the_leak() -> None:
    eight = costed("five", [10000, 2000, 100, 40, 10]).through("eight").table
    days = [8, 8, 3, 5, 2, 6, 8, math.nan]
    assert eight.delay_days.to_list() == pytest.approx(days, nan_ok=True)
    assert eight.delay_status[:4].to_list() == ["exact", "exact", "estimated", "estimated"]
    back = costed("eight", [9000, 900, 90, 50, 40, 20, 9, 3]).through("five").table
    assert back.delay_days.to_list() == [8, 8, 16, 16, 8]
    assert (back.delay_status == "exact").all()


def test_time_before_an_early_win_is_not_lost() -> None:
    dating = starter("dating")
    for key in dating.framework.keys:
        dating = dating.with_stage(key, delay_days=8)
    nine = dating.through("nine").table.delay_days
    assert nine[["educate", "offer", "close"]].to_list() == [8, 8 + 2, 6]


def test_where_solving_leaves_less_than_nobody_there_is_nobody() -> None:
    stages = cvj.framework("eight").keys
    plan = cvj.Journey.from_rates(
        "eight", dict.fromkeys(stages, 0) | {"excitement": 0.01}, [0, 0, 0, 0, 0.00097, 0, 0]
    )
    plan = plan.with_referral("engagement", to="ascension", per_person=0.7)
    plan = plan.with_referral("awareness", to="engagement", per_person=2.66)
    assert plan.flow().stages.people["engagement"] == 0
    attraction = plan.through("seven")["attraction"]
    assert (attraction.people, attraction.status) == (0, "exact")


def branching() -> cvj.Journey:
    """A journey whose way parts at no stage: 9 days to the habit, 18 to word of mouth."""
    spine = cvj.framework("full")
    kept = ("aware", "visited", "habitual", "advocate")
    ours = spine.drop(*(key for key in spine.keys if key not in kept))
    journey = cvj.Journey.from_rates(ours, 1000, [0.5, 0.5, 0.5])
    journey = journey.with_stage("habitual", delay_days=9, unit_cost=1)
    return journey.with_stage("advocate", delay_days=18, unit_cost=2)


def test_habit_and_word_of_mouth_keep_their_own_costs_and_times() -> None:
    lens = branching().through(branching().framework)
    assert lens.table.cost.to_list() == [0, 0, 250, 500]
    assert lens.table.delay_days[["habitual", "advocate"]].to_list() == [9, 18]
    assert set(lens.table.delay_status[["habitual", "advocate"]]) == {"exact"}


def test_two_ways_over_the_same_milestones_take_time_once() -> None:
    spine = cvj.framework("full")
    kept = ("aware", "visited", "bought_again")
    lens = branching().through(spine.drop(*(key for key in spine.keys if key not in kept)))
    # By weight, 13 of the 16 parts of the way to the habit lie before the second purchase.
    assert lens["bought_again"].delay_days == pytest.approx(9 * 13 / 16)
    assert lens["bought_again"].delay_status == "estimated"


def test_columns_of_numbers_are_floats_whatever_the_journey() -> None:
    empty = cvj.Journey.from_counts("five", [None, None, 9, None, None])
    for journey in (starter("coffee"), costed("five", [10000, 2000, 100, 40, 10]), empty):
        for key in PUBLISHED:
            table = journey.through(key).table
            numeric = {name for name, dtype in table.dtypes.items() if dtype == "float64"}
            assert numeric == NUMBERS
            assert {str(table.dtypes[name]) for name in {*table.columns} - numeric} == {"object"}
            assert table.people.isna().to_list() == (table.status == "unknown").to_list()


def test_without_money_and_time_nothing_is_said_of_them() -> None:
    lens = starter("coffee").through("nine")
    assert lens.table[["cost", "contribution", "delay_days"]].isna().all(axis=None)
    assert (lens.cost, lens.contribution, lens.remainder.cost) == (None, None, None)
