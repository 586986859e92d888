"""What is exact, estimated or not known: only what was counted, and all that follows from it."""

from __future__ import annotations

import pytest

import cvjkit as cvj
from cvjkit.lens.number import Number

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
    assert "Five-step customer life cycle: of 5 numbers 5 planned." in said.summary()
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
    assert "At least 100 and at most 2,000, if nobody goes round a stage." in lead.why
    stopped = number("lead", 900, 90, 0, 0, 0)
    assert "At most 90, if nobody goes round a stage." in stopped.why


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
