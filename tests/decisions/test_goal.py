from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.decisions.trials import Trials
from cvjkit.number_text import share_text
from tests.decisions.plans import shop
from tests.model.test_economics import shop as x5
from tests.strategies import journeys


def plan(*rates: float, entrants: float = 1000) -> cvj.Journey:
    return cvj.Journey.from_rates("five", entrants, rates or [0.5, 0.2, 0.4, 0.1])


# Worked by hand


def test_ten_customers_at_one_in_ten_take_a_hundred_people_and_more_to_be_sure() -> None:
    goal = plan(1, 0.1, 0.4, 0.1).goal("customers", 10)
    assert (goal.entrants, goal.entrants_80, goal.entrants_95) == (100, 124, 154)
    assert goal.chance == pytest.approx(0.549, abs=5e-4)
    assert goal.reason == ""


@pytest.mark.parametrize(
    ("rates", "customers", "entrants"),
    [((1, 0.35), 21, 60), ((0.1, 0.35), 7, 200), ((0.3, 0.3), 10, 112), ((0.7, 0.1), 7, 100)],
)
def test_entrants_are_exact_where_floats_are_not(
    rates: tuple[float, float], customers: int, entrants: int
) -> None:
    assert plan(*rates, 0.4, 0.1).goal("customers", customers).entrants == entrants


def test_counts_are_exact_too() -> None:
    shop = cvj.Journey.from_counts("five", [3000, 700, 7, 3, 1])
    assert shop.goal("customers", 7).entrants == 3000
    assert shop.goal("customers", 8).entrants == math.ceil(Fraction(8 * 3000, 7))
    assert shop.goal("retention", 3).entrants == 3000


def test_the_plan_counts_whole_people_backwards() -> None:
    goal = plan(0.3, 0.3, 0.5, 0.5).goal("customers", 10)
    assert goal.plan == {"reach": 114, "acquisition": 34, "conversion": 10}
    assert goal.plan["reach"] >= goal.entrants


def test_one_rate_or_the_same_lift_of_all_on_the_way_does_it_too() -> None:
    goal = plan().goal("customers", 150)
    assert goal.rates["acquisition"].rate == pytest.approx(0.75, rel=1e-9)
    assert goal.rates["conversion"].rate == pytest.approx(0.3, rel=1e-9)
    assert goal.rates["retention"].rate is None
    assert "does not depend" in goal.rates["retention"].reason
    assert goal.equal_lift == pytest.approx(1.5**0.5, rel=1e-9)


def test_a_rate_that_cannot_rise_so_far_is_named_with_what_it_reaches() -> None:
    goal = plan().with_transition("reach", "retention", 0.3).goal("customers", 150)
    assert goal.rates["acquisition"].rate is None
    assert "even at 70% it is 140" in goal.rates["acquisition"].reason
    impossible = plan().goal("customers", 2000)
    assert impossible.entrants == 20_000
    assert all(rate.rate is None for rate in impossible.rates.values())
    assert impossible.equal_lift is None
    assert "Acquisition can be multiplied by 2 at most" in impossible.reasons["equal_lift"]


def test_levers_share_the_change_within_their_limits() -> None:
    goal = plan().goal("customers", 180, levers={"acquisition": 0.9, "conversion": 0.25})
    assert goal.levers["conversion"] == 0.25
    assert goal.levers["acquisition"] == pytest.approx(0.5 * 1.8 / 1.25, rel=1e-9)
    equal = plan().goal("customers", 150, levers={"conversion": 0.9, "entrants": 9000})
    assert equal.levers["conversion"] == pytest.approx(0.2 * 1.5**0.5, rel=1e-9)
    assert equal.levers["entrants"] == math.ceil(1000 * 1.5**0.5)
    weak = plan().goal("customers", 180, levers={"conversion": 0.25})
    assert not weak.levers
    assert "even with all of them at their limits it is 125" in weak.reasons["levers"]
    assert weak.reasons["levers"] in weak.summary


def test_twice_the_profit_takes_twice_the_people_where_nothing_is_fixed() -> None:
    now = x5().economics().profit
    assert now is not None
    goal = x5().goal("profit", 2 * now)
    assert goal.entrants == 20_000
    assert goal.entrants_95 is None
    assert "numbers of people only" in goal.reasons["entrants_95"]
    assert x5().with_terms(fixed_cost=now).goal("profit", now).entrants == 20_000


def test_spend_grows_with_the_people_unless_told_otherwise() -> None:
    spent = shop(0.2, 0.1, 0.4, 0.2).with_segment("Everyone", spend=500)
    assert spent.economics().profit == pytest.approx(3000 - 2000 - 500)
    assert spent.goal("profit", 1000).entrants == 20_000
    assert spent.goal("profit", 1000, spend_grows=False).entrants == 15_000


def test_cost_of_a_customer_falls_as_fixed_costs_are_shared() -> None:
    fixed = shop().with_terms(fixed_cost=1000)
    assert fixed.economics().cac == pytest.approx(30)
    goal = fixed.goal("cac", 25)
    assert goal.entrants == 20_000
    cac = goal.rates["conversion"].rate
    assert cac == pytest.approx(3000 / 25 / 2000, rel=1e-6)


def test_payback_is_reached_at_the_first_rate_that_will_do() -> None:
    order = {"price": 40, "cycle_days": 30, "repeat_rate": 0.8}
    paid = shop().with_offer("conversion", name="Box", margin=15, cycle_days=30, price=40)
    paid = paid.with_offer("retention", name="Bag", margin=5, **order)
    assert paid.economics().payback_cycles is not None
    goal = paid.goal("payback_days", 30)
    rate = goal.rates["conversion"].rate
    assert rate is not None
    document = paid.with_stage("conversion", rate=rate)
    assert document.economics().payback_days == 30
    assert paid.with_stage("conversion", rate=rate * 0.999).economics().payback_days == 60


def test_referral_makes_fewer_people_enough_and_the_number_less_sure() -> None:
    referring = plan().with_referral("conversion", to="reach", per_person=5)
    goal, alone = referring.goal("customers", 100), plan().goal("customers", 100)
    assert goal.entrants == math.ceil(1000 * (1 - 0.5))
    assert goal.entrants_95 is not None
    assert alone.entrants_95 is not None
    assert goal.entrants_95 / goal.entrants > alone.entrants_95 / alone.entrants


# What is impossible has its reason


def test_what_no_number_of_people_reaches_is_said() -> None:
    assert "each entrant costs more" in shop().goal("profit", 10).reason
    assert "however many enter" in shop().goal("cac", 10).reason
    assert "nobody gets to Conversion" in plan(0.5, 0.0, 0.4, 0.1).goal("customers", 5).reason
    nobody = plan(entrants=0).goal("customers", 5)
    assert "nobody enters" in nobody.reason
    assert nobody.plan == {}
    grows = plan().with_referral("conversion", to="reach", per_person=20)
    assert grows.goal("customers", 5).entrants is None
    unpriced = plan().goal("profit", 5)
    assert "no margin is typed" in unpriced.reason
    assert unpriced.reason in unpriced.summary


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(cvj.InputError) as error:
        plan().goal("custmers", math.inf, levers={"reach": 0.5, "conversion": 2, "entrants": 0})
    fields = [fault.field for fault in error.value.faults]
    assert fields == ["figure", "target", "levers", "levers.conversion", "levers.entrants"]
    assert "did you mean 'customers'" in str(error.value)
    with pytest.raises(cvj.InputError, match=r"target: 1000.* must be a number"):
        plan().goal("profit", 10**400)
    with pytest.raises(cvj.InputError, match="number of people, more than 0"):
        plan().goal("customers", 0)


def test_it_is_said_in_words_and_as_a_table() -> None:
    goal = plan().goal("customers", 150, levers={"entrants": 2000})
    words = "Customers: the goal is at least 150; now 100.\nIt takes 1,500 people entering"
    assert repr(goal).startswith(words)
    assert goal.table.loc["conversion", "needed"] == pytest.approx(0.3)
    assert goal.table.loc["entrants", ["now", "needed"]].to_list() == [1000, 1500]
    assert goal.table.loc["lever: entrants", "needed"] == 1500
    assert str(goal.table["needed"].dtype) == "float64"


# P16


@given(journeys(counted=False), st.integers(1, 5000), st.integers(0, 12))
def test_the_entrants_reach_the_goal_and_one_fewer_do_not(
    journey: cvj.Journey, wanted: int, at: int
) -> None:
    assume((journey.flow().k or 0) < 1 and not journey.flow().flags)
    stage = journey.framework.keys[at % len(journey.framework)]
    now = journey.flow().stages.people[stage]
    assume(now > 1e-3)
    goal = journey.goal(stage, wanted)
    assert goal.entrants is not None
    trials = Trials(journey, stage)
    enough, fewer = (trials.value(n / trials.entrants) for n in (goal.entrants, goal.entrants - 1))
    assert enough is not None
    assert fewer is not None
    assert enough >= wanted * (1 - 1e-9)
    assert fewer < wanted * (1 + 1e-9)
    assert list(goal.plan.values())[-1] == wanted


@given(journeys(counted=False, money=True), st.floats(0.3, 3))
def test_a_rate_that_will_do_does_and_a_little_short_of_it_does_not(
    journey: cvj.Journey, times: float
) -> None:
    assume((journey.flow().k or 0) < 1 and not journey.flow().flags)
    stage = journey.framework.keys[-1]
    now = journey.flow().stages.people[stage]
    assume(now > 1e-3)
    goal = journey.goal(stage, now * times)
    trials = Trials(journey, stage)
    for step, key in enumerate(trials.steps.keys):
        rate = goal.rates[key].rate
        if rate is None or rate == trials.steps.pooled[step]:
            continue
        there = trials.value(1, {step: trials.steps.raised(step, rate)})
        assert there is not None
        assert there >= now * times * (1 - 1e-9)
        back = rate + 1e-4 * (trials.steps.pooled[step] - rate) * (1 if times > 1 else -1)
        short = trials.value(1, {step: trials.steps.raised(step, max(0.0, min(back, rate)))})
        assert short is None or short <= there * (1 + 1e-9)


@pytest.mark.parametrize(
    ("figure", "target"), [("customers", 50), ("profit", -500), ("cac", 100), ("reach", 10)]
)
def test_a_goal_that_is_reached_already_says_so_and_names_no_rate_that_needs_no_change(
    figure: str, target: float
) -> None:
    journey = x5()
    goal = journey.goal(figure, target)
    assert goal.is_reached
    first, second, *others = goal.summary.split("\n")
    assert first.endswith(": already reached.")
    assert second.startswith("It would still hold with ")
    for line in others:
        for name, now in goal.rates_now.items():
            text = share_text(now)
            assert f"{goal.names[name]} {text} (now {text})" not in line
    assert "on the way × 1." not in goal.summary


def test_a_goal_that_is_not_reached_says_at_least_or_at_most() -> None:
    assert "CAC: the goal is at most 10.00; now 25.00.\n" in x5().goal("cac", 10).summary
    assert "Customers: the goal is at least 500; now 100.\n" in x5().goal("customers", 500).summary
    assert (
        "It takes 50,000 people entering instead of 10,000" in x5().goal("customers", 500).summary
    )
