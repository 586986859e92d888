"""What is exact, estimated or not known: only what was counted, and all that follows from it."""

from __future__ import annotations

import math
from typing import Any

import pytest
from scipy.stats import beta

import cvjkit as cvj
from cvjkit.lens.number import Number
from tests.lens.given import STARTERS, starter

ESTIMATES = [
    pytest.param(name, milestone, *row, id=f"{name}-{milestone}")
    for name, starter in STARTERS.items()
    for milestone, row in starter["estimates"].items()
]
COUNTS = {
    "five": [10000, 2000, 100, 40, 10],
    "eight": [10000, 2000, 500, 100, 80, 40, 10, 5],
}


def number(milestone: str, *counts: float | None, framework: str = "five") -> Number:
    return cvj.Journey.from_counts(framework, list(counts)).known().number(milestone)


# --- exact is counted there, and contradicted by nothing ------------------------------------------


def test_a_plan_is_planned_and_not_counted() -> None:
    plan = cvj.Journey.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1])
    assert plan.through("eight")["conversion"].why.startswith("Planned at Conversion.")
    both = plan.with_segment("Fair", counts=[90, 50, 20, 9, 1])
    assert both.through("eight")["conversion"].why.startswith("Counted or planned at Conversion.")
    assert both.through("eight", "Fair")["conversion"].why.startswith("Counted at Conversion.")
    said = cvj.compare(plan, ["five", "eight"])
    assert "Five-step customer life cycle: 5 stages, 5 planned." in said.summary()
    assert dict(said.picture().legend)["exact"] == "planned"
    assert dict(cvj.compare([plan, both], ["five"]).picture().legend)["exact"] == (
        "counted or planned"
    )


def test_repeat_purchases_are_no_recommendations() -> None:
    shop = cvj.Journey.from_counts("five", COUNTS["five"])
    measured = shop.with_terms(loyalty_measured_by="repeat_purchase")
    for key in ("five", "eight", "full"):
        lens = measured.through(key)
        stage = next(stage for stage in lens.stages if stage.milestone == "advocate")
        assert (stage.status, stage.people) == ("unknown", None)
        assert "Loyalty (10) counts repeat purchases, not recommendations." in stage.why
    assert shop.through("eight")["advocation"].status == "exact"
    recommended = shop.with_terms(loyalty_measured_by="recommendation")
    assert recommended.through("eight")["advocation"].status == "exact"


@pytest.mark.parametrize(
    ("milestone", "people", "other", "interval"),
    [
        ("lead", 5000, "2,000 at Acquisition", (2000, 5000)),
        ("lead", 50, "100 at Conversion", (50, 100)),
        ("visited", 10002, "10,000 at Reach", (10000, 10002)),
        ("wowed", 5, "40 at Retention and 10 at Loyalty", (5, 40)),
    ],
)
def test_a_number_known_besides_that_the_counts_contradict_is_not_exact(
    milestone: str, people: float, other: str, interval: tuple[float, float]
) -> None:
    shop = cvj.Journey.from_counts("five", COUNTS["five"], also_known={milestone: people})
    found = shop.known().number(milestone)
    assert (found.status, found.people, found.low, found.high) == ("estimated", people, *interval)
    assert other in found.why
    assert "correct one of them" in found.why


def test_of_two_numbers_known_besides_that_contradict_each_other_neither_is_exact() -> None:
    shop = cvj.Journey.from_counts("five", COUNTS["five"])
    known = shop.with_terms(also_known={"lead": 300, "educated": 900, "visited": 4000}).known()
    status = {key: known.number(key).status for key in known.also_known}
    assert status == {"lead": "estimated", "educated": "estimated", "visited": "exact"}


@pytest.mark.parametrize(
    ("change", "milestone", "people"),
    [
        (lambda shop: shop, "lead", 99),  # a person more or less is rounding
        (lambda shop: shop, "habitual", 39),
        (lambda shop: shop.with_stage("acquisition", people=50), "lead", 50),  # 50 enter later
    ],
)
def test_a_number_known_besides_that_can_be_is_exact(
    change: object, milestone: str, people: float
) -> None:
    shop = cvj.Journey.from_counts("five", COUNTS["five"], also_known={milestone: people})
    found = change(shop).known().number(milestone)  # type: ignore[operator]  # a change of a shop
    assert (found.status, found.people) == ("exact", people)


def test_more_may_recommend_than_buy_again() -> None:
    counts = [*[9] * 9, 4, 2, None, 1]
    shop = cvj.Journey.from_counts("full", counts, also_known={"advocate": 8})
    known = shop.known().number("advocate")
    assert (known.status, known.people) == ("exact", 8)


@pytest.mark.parametrize("key", ["five", "eight", "full"])
def test_a_count_that_the_ways_entered_contradict_is_not_exact(key: str) -> None:
    shop = cvj.Journey.from_counts("five", COUNTS["five"])
    skipped = shop.with_transition("acquisition", "retention", 0.1)
    at = {stage.milestone: stage for stage in skipped.through(key).stages}
    again = at["bought_again"]
    assert (again.status, again.people, again.low, again.high) == ("estimated", 40, 40, 200)
    assert "Retention, but the transitions and referrals entered bring 200 there" in again.why
    assert {at[name].status for name in ("aware", "engaged", "first_payment")} == {"exact"}
    fits = shop.with_transition("acquisition", "retention", 0.01).through(key)
    assert {stage.milestone: stage.status for stage in fits.stages}["bought_again"] == "exact"


def test_a_rate_that_only_the_split_of_branches_makes_is_not_stated() -> None:
    once = cvj.Journey.from_counts("five", [10000, 2000, 100, 10, 25])
    assert once.through("five")["loyalty"].step_rate is None
    rates = cvj.compare(once, ["five", "eight"]).comparable.set_index("figure")
    assert rates.status["rate.bought_again.advocate"] == "unknown"
    assert rates.status["rate.first_payment.bought_again"] == "exact"
    assert rates.status["people.advocate"] == "exact"
    assert [found.stage for found in once.audit()["A51"]] == ["retention"]


def test_a_rate_that_the_split_of_branches_touches_is_not_exact() -> None:
    counts = [900, 800, 700, 600, 500, 400, 300, 200, 150, 100, 80, 40, 20]
    full = cvj.Journey.from_counts("full", counts)
    assert full.known().is_inferred("habitual", "advocate")
    assert not full.known().is_inferred("bought_again", "advocate")
    assert full.through("full")["advocate"].step_rate == pytest.approx(0.4)


def test_who_recommends_without_buying_again_was_delighted_once() -> None:
    found = number("wowed", 10000, 2000, 100, 10, 25)
    assert (found.bound_low, found.bound_high) == (25, 100)
    assert found.low is not None
    assert found.low >= 25


def test_growth_without_end_leaves_the_numbers_of_other_segments() -> None:
    plan = cvj.Journey.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1])
    plan = plan.with_segment("Friends", entrants={"reach": 10}, rates=[1, 1, 1, 1])
    endless = plan.with_referral("loyalty", to="reach", per_person=1.2)
    assert endless.through("eight", "Friends")["conversion"].status == "unknown"
    assert endless.through("eight", "Everyone")["conversion"].status == "exact"


# --- what is known is not called unknown ---------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "milestone", "people"),
    [
        ([900, 0, 0, 0, 0], "lead", 0),
        ([900, 90, 0, 0, 0], "wowed", 0),
        ([900, 90, 0, None, None], "bought_again", 0),
        ([900, 90, 0, None, None], "habitual", 0),
        ([900, 90, 0, None, None], "promoter", 0),
        ([900, 90, 40, 0, 0], "habitual", 0),
        ([0, None, None, None, None], "first_payment", 0),
        ([900, 100, 100, 40, 10], "lead", 100),
        ([900, 100, 100, 40, 10], "offered", 100),
        ([900, 100, 40, 40, 10], "wowed", 40),
    ],
)
def test_where_nobody_came_or_nobody_is_lost_the_number_is_exact(
    counts: list[float | None], milestone: str, people: float
) -> None:
    found = number(milestone, *counts)
    assert (found.status, found.people) == ("exact", people)
    assert (found.low, found.high) == (found.bound_low, found.bound_high) == (people, people)


def test_a_stage_of_ones_own_between_equal_numbers_is_exact() -> None:
    ours = cvj.framework("five").insert({"key": "quiz", "name": "Quiz"}, after="acquisition")
    quiz = cvj.Journey.from_counts("five", [900, 80, 80, 9, 3]).through(ours)["quiz"]
    assert (quiz.status, quiz.people) == ("exact", 80)
    late = cvj.Journey.from_counts("five", [900, 0, 80, 9, 3]).through(ours)["quiz"]
    assert (late.status, late.people, late.bound_high) == ("unknown", None, None)


def test_nobody_later_on_says_nothing_of_who_came_before() -> None:
    found = number("lead", 900, 90, 0, 0, 0)
    assert (found.status, found.low, found.high) == ("unknown", 0, 90)
    assert "At most 90" in found.why
    assert "At least" not in found.why
    first = number("aware", *[0] * 9, framework="nine")
    assert (first.status, first.people) == ("unknown", None)
    assert "at least" not in first.why


@pytest.mark.parametrize(
    ("counts", "milestone"),
    [
        ([900, 0, 40, 9, 3], "lead"),
        ([0, 0, 40, 9, 3], "offered"),
        ([900, 90, 0, 9, 3], "wowed"),
        ([900, None, 0, 9, 3], "habitual"),
    ],
)
def test_nobody_before_does_not_hold_where_people_come_later(
    counts: list[float | None], milestone: str
) -> None:
    found = number(milestone, *counts)
    assert (found.status, found.people) == ("unknown", None)
    if milestone != "habitual":
        assert (found.bound_low, found.bound_high) == (None, None)


def test_a_habit_of_the_second_order_is_those_who_bought_again() -> None:
    shop = cvj.Journey.from_counts("five", COUNTS["five"])
    found = shop.known(habit_orders=2).number("habitual")
    assert (found.status, found.people) == ("exact", 40)


def test_the_habit_is_bounded_though_the_rate_or_the_buyers_are_not_known() -> None:
    assert number("habitual", *COUNTS["five"]).bound_high == 40
    gap = number("habitual", 900, 90, 30, None, 0)
    assert (gap.status, gap.bound_high) == ("unknown", 30)


# --- certain only where nobody can go round ------------------------------------------------------


def test_bounds_say_that_somebody_may_go_round() -> None:
    lead = number("lead", *COUNTS["five"])
    assert "At least 100 and at most 2,000, if nobody bypasses a stage." in lead.why
    stopped = number("lead", 900, 90, 0, 0, 0)
    assert "At most 90, if nobody bypasses a stage." in stopped.why


def test_who_pays_again_has_paid_before() -> None:
    stages = cvj.framework("full").drop("bought_again", "advocate", "promoter", "wowed", key="ours")
    shop = cvj.Journey.from_counts(stages, [900, 800, 700, 600, 500, 400, 300, 200, 50])
    found = shop.known().number("bought_again")
    assert (found.bound_low, found.bound_high) == (50, 200)
    assert found.why.endswith("At least 50 and at most 200.")


def test_known_ways_round_leave_no_bounds_and_are_told() -> None:
    shop = cvj.Journey.from_counts("five", [900, 90, 95, 9, 3])
    lead = shop.known().number("lead")
    assert (lead.bound_low, lead.bound_high) == (None, None)
    assert "No bounds are certain: 5 enter at Conversion." in lead.why


# --- estimates and bounds ------------------------------------------------------------


@pytest.mark.parametrize(("name", "milestone", "estimate", "truth", "equal"), ESTIMATES)
def test_estimates_are_those_worked_out_by_hand(
    name: str, milestone: str, estimate: float, truth: float, equal: float
) -> None:
    number = starter(name).known().number(milestone)
    assert number.status == "estimated"
    assert round(number.people or 0, 1) == estimate
    assert number.low <= truth <= number.high  # type: ignore[operator]  # an estimate has both
    assert number.bound_low <= truth <= number.bound_high  # type: ignore[operator]  # it is sure
    alike = starter(name).known(weights={"person": 1, "seller": 1}).number(milestone)
    assert round((alike.people or 0) / truth, 2) == equal


def test_the_interval_is_the_formula_at_quantiles_of_the_weight() -> None:
    number = starter("coffee").known().number("lead")
    share = 3 / 8
    low, high = (
        5766 * (302 / 5766) ** beta.ppf(q, 4 * share, 4 * (1 - share)) for q in (0.95, 0.05)
    )
    assert (number.low, number.high) == pytest.approx((low, high))
    assert (number.bound_low, number.bound_high) == (302, 5766)


def test_weights_can_be_typed_for_one_step() -> None:
    weighed = starter("coffee").known(weights={"lead": 5, "seller": 0.5}).number("lead")
    assert weighed.people == pytest.approx(5766 * (302 / 5766) ** (5 / 9))


def test_an_early_win_is_no_step_everybody_takes() -> None:
    lens = starter("dating").through("nine")
    assert lens["offer"].people == pytest.approx(622 * (81 / 622) ** (1 / 4))
    assert (lens["offer"].bound_low, lens["offer"].bound_high) == (81, 622)
    untaught = cvj.framework("eight:time").drop("conversion")
    some = cvj.Journey.from_counts(untaught, [452000, 5467, 1509, 386, 81, 6, 2])
    assert some.known().number("educated").people == pytest.approx(1509 * (81 / 1509) ** (1 / 5))
    without = starter("cleaning").through("eight:time")
    assert without["excitement"].status == "unknown"
    assert "give time" in without["excitement"].why


def test_habit_follows_from_the_repeat_rate() -> None:
    coffee = starter("coffee")
    assert coffee.through("seven")["client_for_life"].status == "unknown"
    assert "repeat rate" in coffee.through("seven")["client_for_life"].why
    typed = coffee.with_offer("retention", name="Bag", repeat_rate=0.88)
    habit = typed.through("seven")["client_for_life"]
    assert habit.status == "estimated"
    assert habit.people == pytest.approx(161 * 0.88**2)
    low, high = (161 * beta.ppf(q, 20 * 0.88, 20 * 0.12) ** 2 for q in (0.05, 0.95))
    assert (habit.low, habit.high) == pytest.approx((low, high))
    assert (habit.bound_low, habit.bound_high) == (0, 161)
    sixth = typed.through("seven", habit_orders=6)["client_for_life"]
    assert sixth.people == pytest.approx(161 * 0.88**4)


def test_habit_follows_from_a_repeat_transition_too() -> None:
    plan = cvj.Journey.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1])
    plan = plan.with_transition("retention", "retention", 0.6)
    people = plan.flow().stages.loc["retention", "people"]
    assert plan.through("seven")["client_for_life"].people == pytest.approx(people * 0.6**2)


def test_habit_never_lies_between_buying_again_and_word_of_mouth() -> None:
    full = cvj.framework("full").drop("advocate", key="ours")
    counts = [900, 800, 700, 600, 500, 400, 300, 200, 150, 100, 90, 4]
    advocates = cvj.Journey.from_counts(full, counts).through("eight")["advocation"]
    assert advocates.people == pytest.approx(math.sqrt(100 * 4))


def test_advocates_may_be_as_many_as_were_wowed() -> None:
    number = starter("lenses").through("five")["loyalty"]
    assert (number.bound_low, number.bound_high) == (11, 445)
    unwowed = cvj.framework("nine").drop("deliver_and_wow", key="ours")
    counts = [6942, 4428, 1214, 1022, 889, 465, 286, 11]
    assert cvj.Journey.from_counts(unwowed, counts).known().number("advocate").bound_high == 465


def test_where_both_branches_go_on_the_larger_one_counts() -> None:
    ours = cvj.framework("full").drop("bought_again", key="ours")
    counts = [900, 800, 700, 600, 500, 400, 300, 200, 160, 125, 41, 20]
    number = cvj.Journey.from_counts(ours, counts).known().number("bought_again")
    assert number.people == pytest.approx(math.sqrt(160 * 125))
    assert number.bound_low == 125


def test_an_unknown_number_of_the_own_framework_is_estimated() -> None:
    gap = cvj.Journey.from_counts("five", [900, None, 30, 10, 2])
    number = gap.through("five")["acquisition"]
    assert number.status == "estimated"
    assert number.people == pytest.approx(900 * (30 / 900) ** (7 / 15))


def test_before_counting_begins_at_least_as_many() -> None:
    aware = starter("lenses").through("seven")["aware"]
    assert (aware.status, aware.people, aware.low, aware.high) == ("unknown", None, 6942, None)
    known = starter("lenses").with_terms(market=50000).through("seven")["aware"]
    assert (known.bound_low, known.bound_high) == (6942, 50000)
    assert "market" in known.why
    tiny = starter("lenses").with_terms(market=100).through("seven")["aware"]
    assert tiny.bound_high is None


def test_what_comes_after_the_last_number_is_unknown_and_never_0() -> None:
    short = cvj.Journey.from_counts(cvj.framework("five").drop("retention", "loyalty"), [90, 9, 3])
    table = short.through("eight").table
    assert table.status[-4:].to_list() == ["unknown"] * 4
    assert table.loc["excitement":, "people":"bound_high"].isna().all(axis=None)  # type: ignore[misc]  # pandas-stubs knows no slices of labels
    assert "after Conversion" in table.why["excitement"]


def test_a_branch_the_journey_does_not_have_is_unknown() -> None:
    table = starter("band").through("eight").table
    assert table.status[["advocation", "promotion"]].to_list() == ["unknown"] * 2
    assert table.why["advocation"].startswith("Nothing is known of word of mouth.")


def test_nobody_reached_the_end_so_only_bounds_are_known() -> None:
    stopped = cvj.Journey.from_counts("five", [900, 90, 0, 0, 0]).through("eight")["subscription"]
    assert (stopped.status, stopped.people) == ("unknown", None)
    assert (stopped.low, stopped.high) == (stopped.bound_low, stopped.bound_high) == (0, 90)
    assert "nobody" in stopped.why


def test_more_people_at_the_end_leave_no_estimate_and_no_bounds() -> None:
    rising = cvj.Journey.from_counts("five", [900, 90, 95, 0, 0]).through("eight")["subscription"]
    assert (rising.status, rising.people) == ("unknown", None)
    assert (rising.bound_low, rising.bound_high) == (None, None)
    assert "5 enter at Conversion" in rising.why


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda plan: plan.with_transition("reach", "conversion", 0.1), "skip from Reach"),
        (lambda plan: plan.with_transition("acquisition", "retention", 0.1), "skip from Acq"),
        (lambda plan: plan.with_referral("loyalty", "conversion", 0.5), "are referred to Conv"),
        (
            lambda plan: plan.with_segment(
                "Everyone",
                entrants={"reach": 1000, "conversion": 7},
                rates=plan.segments[0].rates,
            ),
            "7 enter at Conversion",
        ),
    ],
)
def test_bounds_are_not_certain_where_somebody_crosses_the_leg(change: Any, words: str) -> None:
    plan = cvj.Journey.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1])
    lead = plan.through("eight")["subscription"]
    assert (lead.bound_low, lead.bound_high) == (100, 500)
    crossed = change(plan).through("eight")["subscription"]
    assert crossed.status == "estimated"
    assert (crossed.bound_low, crossed.bound_high) == (None, None)
    assert words in crossed.why
    assert crossed.step_rate is None


def test_who_crosses_another_leg_leaves_bounds_alone() -> None:
    plan = cvj.Journey.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1])
    for changed in (
        plan.with_referral("loyalty", "acquisition", 0.5),
        plan.with_transition("retention", "conversion", 0.1),
        plan.with_transition("conversion", "loyalty", 0.1),
    ):
        lead = changed.through("eight")["subscription"]
        assert lead.bound_low is not None
        assert lead.step_rate is not None


def test_a_stage_of_ones_own_lies_between_its_neighbours() -> None:
    ours = cvj.framework("five").insert({"key": "quiz", "name": "Quiz"}, after="acquisition")
    quiz = starter("coffee").through(ours)["quiz"]
    assert (quiz.status, quiz.people, quiz.step_rate) == ("unknown", None, None)
    assert (quiz.bound_low, quiz.bound_high) == (302, 5766)
    same = cvj.Journey.from_counts(ours, [900, 90, 40, 9, 3, 1]).through(ours)["quiz"]
    assert (same.status, same.people, same.step_rate) == ("exact", 40, pytest.approx(4 / 9))
