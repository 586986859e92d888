from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.errors import InputError
from cvjkit.model.delays import Delay, one_after_another
from tests.model.test_economics import shop
from tests.strategies import journeys

RATES = [0.1, 0.25, 0.2, 0.8, 0.5, 0.5, 0.5]
DELAYS = [1, 2, 4, 1, 10, 20, 30]


def x8(**terms: object) -> cvj.Journey:
    """Worked example X8: the first channel's rates, and a delay of each step."""
    plan = cvj.Journey.from_rates("eight", 4000, RATES, name="X8")
    for stage, delay in zip(plan.framework.keys[1:], DELAYS, strict=True):
        plan = plan.with_stage(stage, delay_days=delay)
    return plan.with_terms(**terms)


# Worked by hand


@pytest.mark.parametrize("arrivals", [None, 100, [100]])
def test_the_books_of_day_twenty_are_those_worked_by_hand(arrivals: object) -> None:
    journey = x8(intake_days=40) if arrivals is None else x8()
    stages = journey.timeline(20, arrivals=arrivals).stages.loc[20]  # type: ignore[arg-type]
    expected = {
        "reached": [2100, 200, 45, 7, 5.2, 0.6, 0, 0],
        "standing": [100, 20, 10, 0.5, 4, 0.6, 0, 0],
        "dropped": [1800, 135, 28, 1.3, 0.6, 0, 0, 0],
        "finished": [0] * 8,
    }
    for column, numbers in expected.items():
        assert stages[column].to_list() == pytest.approx(numbers, abs=1e-9), column
    assert stages.standing.sum() == pytest.approx(135.1)
    assert stages.dropped.sum() == pytest.approx(1964.9)
    assert stages.reached["ascension"] / stages.reached["awareness"] == pytest.approx(1 / 3500)


def test_in_the_long_run_as_many_stand_as_arrivals_times_their_stay() -> None:
    timeline = x8().timeline(200, arrivals=100)
    assert timeline.steady.standing.to_list() == pytest.approx([100, 20, 10, 0.5, 4, 4, 3, 0])
    last = timeline.stages.loc[200]
    assert last.standing.to_list() == pytest.approx(timeline.steady.standing.to_list())
    assert last.arrivals.to_list() == pytest.approx(timeline.steady.arrivals.to_list())


def test_a_cohort_gets_on_day_by_day_to_the_rates_of_the_flow() -> None:
    cohort = x8().timeline(70).cohort
    assert cohort.loc[[0, 1, 2, 3], "engagement"].to_list() == pytest.approx([0, 0.1, 0.1, 0.1])
    assert cohort.loc[[6, 7], "conversion"].to_list() == pytest.approx([0, 0.005])
    assert cohort.loc[70].to_list() == pytest.approx(x8().flow().numbers("overall_rate"))


def test_cash_ends_where_the_profit_is() -> None:
    slow = shop(discount_rate=0, fixed_cost=100, intake_days=20)
    for stage in slow.framework.keys[1:]:
        slow = slow.with_stage(stage, delay_days=4, delay_law="gamma", delay_spread_days=3)
    slow = slow.with_segment("Everyone", spend=50)
    timeline = slow.timeline(3650)
    profit, money = slow.economics().profit, timeline.money
    assert money.cash.iloc[-1] == pytest.approx(profit, rel=1e-6)
    assert money.cost.sum() == pytest.approx(slow.economics().total_cost, rel=1e-6)
    day = timeline.break_even_day
    assert day is not None
    assert money.cash[day - 1] < 0
    assert (money.cash[day:] >= 0).all()


def test_later_orders_come_a_buying_cycle_apart() -> None:
    money = shop(discount_rate=0).timeline(100).money
    # The shop sells 100 first orders and 40 second ones on day 0; 80% of these again after 30 days.
    assert money.margin[[0, 30, 60, 90]].to_list() == pytest.approx(
        [15 * 140, 15 * 32, 15 * 25.6, 15 * 20.48]
    )
    assert money.margin.sum() == pytest.approx(sum(money.margin[[0, 30, 60, 90]]))
    assert money.cost[0] == pytest.approx(2640)


def test_a_second_order_that_is_no_stage_comes_after_a_cycle() -> None:
    time = cvj.Journey.from_counts("eight:time", [9000, 900, 200, 90, 40, 30, 5, 2])
    time = time.with_terms(second_purchase_rate=0.4)
    time = time.with_offer("ascension", name="First", margin=10)
    time = time.with_offer("bought_again", name="Next", margin=20, cycle_days=45, repeat_rate=0.5)
    time = time.with_stage("awareness", unit_cost=0.01)
    timeline = time.timeline(2000)
    assert timeline.money.margin[[0, 45, 90]].to_list() == pytest.approx(
        [300, 30 * 0.4 * 20, 30 * 0.4 * 0.5 * 20]
    )
    assert timeline.money.cash.iloc[-1] == pytest.approx(time.economics().profit)


def test_more_money_each_week_brings_more_people() -> None:
    plan = x8().with_segment("Everyone", spend=8000)
    timeline = plan.timeline(20, arrivals=[0] * 7 + [50] * 7 + [100])
    assert timeline.money.cost.loc[[0, 7, 14, 20]].to_list() == [0, 100, 200, 200]
    assert timeline.stages.loc[20].reached["awareness"] == 7 * 50 + 7 * 100


def test_where_nothing_is_typed_no_money_is_told() -> None:
    timeline = x8().timeline(20)
    assert timeline.money.isna().all(axis=None)
    assert timeline.break_even_day is None


def test_orders_that_cannot_be_dated_are_left_out_and_told() -> None:
    undated = shop(discount_rate=0).with_offer("conversion", cycle_days=None)
    undated = undated.with_offer("retention", cycle_days=None)
    timeline = undated.timeline(100)
    assert timeline.money.margin.sum() == pytest.approx(15 * 140)
    assert "the buying cycle is not typed" in timeline.summary


# Growth


def growing(**terms: object) -> cvj.Journey:
    plan = cvj.Journey.from_rates("five", 10, [0.5, 0.5, 0.5, 0.5], name="Rumour")
    plan = plan.with_stage("conversion", delay_days=3)
    return plan.with_referral("loyalty", to="reach", per_person=20).with_terms(**terms)


def test_growth_multiplies_each_generation_by_k() -> None:
    journey = growing()
    assert journey.flow().k == pytest.approx(20 / 16)
    stages = journey.timeline(12).stages
    # A generation takes three days to promote, and whom it brings comes the day after.
    referred = stages.referred.unstack()["reach"]
    assert referred[[4, 8, 12]].to_list() == pytest.approx([10 * (20 / 16) ** n for n in (1, 2, 3)])
    assert referred.sum() == pytest.approx(referred[[4, 8, 12]].sum())
    assert "without end" in journey.timeline(12).summary


def test_growth_ends_where_everybody_has_been_reached() -> None:
    stages = growing(market=50).timeline(365).stages
    assert stages.loc[365].reached["reach"] == pytest.approx(50)
    assert stages.loc[365].standing.sum() == pytest.approx(0)
    assert (stages.reached.unstack()["reach"] <= 50 * (1 + 1e-12)).all()
    free = growing().timeline(8).stages
    assert growing(market=10**6).timeline(8).stages.equals(free)


def test_growth_beyond_any_number_is_refused_with_the_fix() -> None:
    wild = growing().with_referral("loyalty", to="reach", per_person=10**6)
    with pytest.raises(InputError, match="market"):
        _ = wild.timeline(3650).stages


# Laws


@st.composite
def delayed(draw: st.DrawFn, **options: bool) -> cvj.Journey:
    """Journeys with delays of all kinds."""
    journey = draw(journeys(**options))
    for key in journey.framework.keys:
        kind = draw(st.sampled_from(["none", "fixed", "exponential", "gamma", "waits"]))
        if kind == "waits":
            waits = draw(st.lists(st.floats(0, 6), min_size=1, max_size=4))
            journey = journey.with_stage(key, delay_days=None, delay_waits=waits)
        elif kind != "none":
            fields = {"delay_days": draw(st.floats(0, 6)), "delay_law": kind}
            fields["delay_spread_days"] = draw(st.floats(0.1, 4)) if kind == "gamma" else None
            journey = journey.with_stage(key, **fields)
    return journey.with_terms(intake_days=draw(st.sampled_from([None, 0.5, 7, 2.5])))


@settings(deadline=None, max_examples=40)
@given(delayed(), st.integers(1, 40))
def test_nobody_is_lost_or_made_on_any_day(journey: cvj.Journey, days: int) -> None:
    assume(not journey.flow().undefined.any())
    stages = journey.timeline(days).stages
    size = 1e-9 * max(1.0, stages.visits.max())
    whereabouts = stages.passed + stages.dropped + stages.finished + stages.standing
    assert (whereabouts - stages.visits).abs().max() <= size
    by_day = stages.groupby("day").sum()
    came = (by_day.entered + by_day.referred).cumsum()
    gone = by_day.dropped + by_day.finished + by_day.standing
    assert (came - gone).abs().max() <= 100 * size
    assert (stages >= -size).all(axis=None)
    assert (stages.reached <= stages.visits + size).all()
    for column in ("reached", "visits", "passed", "dropped", "finished"):
        assert (stages[column].unstack().diff().iloc[1:] >= -size).all(axis=None), column


@settings(deadline=None, max_examples=40)
@given(delayed())
def test_totals_do_not_depend_on_delays_and_are_risen_to(journey: cvj.Journey) -> None:
    flow = journey.flow()
    assume(not flow.undefined.any() and (flow.k or 0) < 0.5)
    timeline = journey.timeline(400)
    last = timeline.stages.loc[400]
    size = float(flow.stages.visits.sum())
    for column in ("visits", "dropped", "finished"):
        assert (last[column] <= flow.stages[column] + 1e-7 * size).all(), column
    assert (last.reached <= flow.stages.people + 1e-7 * size).all()
    assume(last.standing.sum() < 1e-9 * size and last.referred.sum() < 1e-9 * size)
    for column, total in (("reached", "people"), ("visits", "visits"), ("dropped", "dropped")):
        assert last[column].to_list() == pytest.approx(
            flow.stages[total].to_list(), rel=1e-6, abs=1e-6 * size
        ), column


@settings(deadline=None, max_examples=60)
@given(
    st.floats(0, 30),
    st.sampled_from(["fixed", "exponential", "gamma"]),
    st.one_of(st.none(), st.floats(0.05, 2)),
)
def test_a_delay_by_days_keeps_its_mean(mean: float, law: str, times: float | None) -> None:
    spread = None if times is None else times * mean
    daily = Delay(mean, law, spread).daily(5000)  # type: ignore[arg-type]
    assert (daily >= 0).all()
    assert daily.sum() == pytest.approx(1, abs=1e-6)
    assert daily @ np.arange(5001) == pytest.approx(mean, rel=1e-3, abs=1e-4)


def test_measured_waits_are_spread_as_they_were_measured() -> None:
    assert Delay(waits=(0, 1, 1, 3.5)).daily(5).tolist() == [0.25, 0.5, 0, 0.125, 0.125, 0]
    assert Delay(waits=(0, 1, 1, 3.5)).average == 1.375
    plan = x8().with_stage("engagement", delay_days=None, delay_waits=[1, 3])
    reached = plan.timeline(4).stages.reached.unstack()["engagement"]
    assert reached.to_list() == pytest.approx([0, 200, 200, 400, 400])


def test_an_exponential_delay_lets_the_same_share_of_those_left_through_each_day() -> None:
    daily = Delay(10, "exponential").daily(60)
    left = 1 - daily.cumsum()
    assert left[2:] / left[1:-1] == pytest.approx(np.full(59, math.exp(-0.1)))
    assert Delay(10, "gamma", 10).daily(60) == pytest.approx(daily)
    assert Delay(10, "gamma", 0).daily(20) == pytest.approx(Delay(10).daily(20))


def test_delays_one_after_another_add_up_with_their_spreads() -> None:
    both = one_after_another([Delay(3, "gamma", 4), Delay(2, "exponential"), Delay(waits=(0, 2))])
    assert both["delay_days"] == 6
    assert both["delay_spread_days"] == pytest.approx(math.sqrt(16 + 4 + 1))
    assert both["delay_law"] == "gamma"


def test_a_step_over_unknown_stages_takes_as_long_as_all_of_them() -> None:
    shop = cvj.Journey.from_counts("five", [100, None, 20, None, None])
    shop = shop.with_stage("acquisition", delay_days=2).with_stage("conversion", delay_days=3)
    stages = shop.timeline(10).stages
    assert stages.reached.unstack()["conversion"].to_list() == pytest.approx([0] * 5 + [20] * 6)
    assert stages.loc[10].isna().all(axis=1).to_list() == [False, True, False, True, True]
    assert math.isnan(stages.loc[(10, "conversion"), "dropped"])
    assert "within 10 days, 100 people come in." in shop.timeline(10).summary


# Words and faults


def test_a_timeline_says_what_it_shows() -> None:
    text = repr(x8().timeline(20, arrivals=100))
    assert text.startswith("X8: within 20 days, 2,100 people come in.")
    assert "135 are still on their way, most of them at Awareness" in text
    one = cvj.Journey.from_rates("five", 1, [1.0, 1, 1, 1], name="One").with_stage(
        "acquisition", delay_days=99
    )
    assert repr(one.timeline(20)).startswith(
        "One: within 20 days, 1 person comes in. By day 20, 1 "
    )
    assert "1 is still on the way, at " in repr(one.timeline(20))
    assert (
        "No delay is typed" in cvj.Journey.from_counts("five", [9, 8, 7, 6, 5]).timeline(3).summary
    )
    assert "<script>" not in x8(name="<script>").timeline(3)._repr_html_()


@pytest.mark.parametrize("days", [0, -1, 2.5, 3651, "many", True, None])
def test_impossible_days_are_refused(days: object) -> None:
    with pytest.raises(InputError, match="whole number of days"):
        x8().timeline(days)  # type: ignore[arg-type]


@pytest.mark.parametrize("arrivals", [-1, math.nan, math.inf, "many", [], [1, -2], [[1, 2]], ["a"]])
def test_impossible_arrivals_are_refused(arrivals: object) -> None:
    with pytest.raises(InputError, match="people a day"):
        x8().timeline(20, arrivals=arrivals)  # type: ignore[arg-type]


def test_a_delay_is_typed_or_measured_not_both() -> None:
    with pytest.raises(InputError, match="keep one of the two"):
        x8().with_stage("engagement", delay_waits=[1, 2])
    measured = x8().with_stage("engagement", delay_days=None, delay_waits=[1, 3])
    assert measured.stages[0].mean_delay == 2
    assert cvj.Journey.from_document(measured.document()) == measured


def test_nobody_and_nothing_known_are_no_failure() -> None:
    nobody = cvj.Journey.from_rates("five", 0, [0.5, 0.2, 0.4, 0.1]).timeline(5)
    assert (nobody.stages == 0).all(axis=None)
    assert nobody.cohort.isna().all(axis=None)
    unknown = cvj.Journey.from_counts("five", [None] * 5).timeline(5)
    assert unknown.stages.isna().all(axis=None)
    assert "within 5 days, it is not known how many people come in." in repr(unknown)
    assert repr(nobody)


def test_people_who_come_back_are_reached_once() -> None:
    plan = cvj.Journey.from_rates("five", 100, [0.5, 0.4, 0.4, 0.1])
    plan = plan.with_transition("conversion", "acquisition", 0.5)
    plan = plan.with_stage("acquisition", delay_days=1).with_stage("conversion", delay_days=2)
    stages = plan.timeline(10).stages
    # 50 come on day 1; of these 20 buy on day 3, and half of those are back a day later.
    assert stages.arrivals.unstack()["acquisition"][:8].to_list() == pytest.approx(
        [0, 50, 0, 0, 10, 0, 0, 2]
    )
    assert stages.reached.unstack()["acquisition"].to_list() == pytest.approx([0] + [50] * 10)
    assert stages.reached.unstack()["conversion"].to_list() == pytest.approx([0, 0, 0] + [20] * 8)
