from __future__ import annotations

import math
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.decisions.explain_step import explain_step
from tests.decisions.plans import rates_into, room_before, shop, with_rates
from tests.strategies import journeys

STARTERS = sorted((Path(cvj.__file__).parents[1] / "data" / "journeys").glob("*.toml"))
TWO = {"Ads": [4000, 400, 40, 10, 2], "Blog": [1000, 300, 60, 30, 3]}


def sold(counts: Any = None, **terms: Any) -> cvj.Journey:
    counted = cvj.Journey.from_counts("five", counts or TWO, name="Shop", **terms)
    return counted.with_offer("conversion", name="Box", price=40, margin=15)


# Worked by hand


def test_a_point_more_is_worth_the_visits_before_times_what_a_person_there_is_worth() -> None:
    first = shop().fix_first()
    assert first.profit_per_point["conversion"] == pytest.approx(2000 * 0.01 * 15)
    assert first.profit_per_point["acquisition"] == pytest.approx(10_000 * 0.01 * (0.05 * 15 - 1))
    assert first.profit_per_point["loyalty"] == 0
    assert first.customers_per_point["conversion"] == pytest.approx(20)
    assert first.customers_per_point["acquisition"] == pytest.approx(5)
    assert first.customers_per_point["retention"] == 0


def test_a_tenth_more_is_worth_the_same_customers_at_every_step_of_a_plain_chain() -> None:
    first = shop().fix_first(by="customers")
    assert first.customers_per_tenth[["acquisition", "conversion"]].to_list() == pytest.approx(
        [10, 10]
    )
    assert first.profit_per_tenth["conversion"] == pytest.approx(150)
    assert first.profit_per_tenth["acquisition"] == pytest.approx(150 - 200)
    assert first.p_best[["acquisition", "conversion"]].to_list() == [0.5, 0.5]
    assert (first.best, first.tied) == (None, ("acquisition", "conversion"))
    assert first.summary == (
        "No step comes first: ten percent more at each of Acquisition and Conversion brings the "
        "same, 10 more customers. Where each step leads only to the next, the same lift brings the "
        "same at any of them. Most people are lost before "
        "Acquisition (8,000), but that makes it no better to fix. What tells them apart: what each "
        "step costs and a customer brings, or a target."
    )


def test_equal_lifts_are_ranked_by_profit_because_costs_before_are_paid() -> None:
    first = shop().fix_first()
    assert set(first.basis.dropna()) == {"ten percent more"}
    assert (first.best, first.tied) == ("conversion", ())
    assert first.score.equals(first.profit_per_tenth)
    assert "what a better rate brings, not how hard it is to get" in first.summary
    assert "each step leads only to the next, the same lift brings the same" in first.summary


@pytest.mark.parametrize("path", STARTERS, ids=attrgetter("stem"))
def test_no_starter_says_that_its_biggest_leak_is_the_first_to_fix(path: Path) -> None:
    first = cvj.read_journey(path).fix_first()
    assert first.best is not None
    assert first.best != first.dropped.idxmax()
    assert "Most people are lost before" in first.summary


def test_a_step_that_brings_nearly_as_much_is_named() -> None:
    costs = {"reach": 0.01, "acquisition": 0.01}
    plan = cvj.Journey.from_rates("five", 10_000, [0.2, 0.05, 0.4, 0.25])
    plan = plan.with_offer("conversion", name="Box", margin=15)
    for stage, cost in costs.items():
        plan = plan.with_stage(stage, unit_cost=cost)
    assert "Acquisition brings nearly as much, 148.00 of profit" in plan.fix_first().summary
    assert "nearly" not in shop().fix_first().summary


def test_the_value_to_go_is_the_most_one_may_pay_for_a_person() -> None:
    first = shop().fix_first()
    assert first.value_to_go["conversion"] == pytest.approx(15)
    assert first.value_to_go["acquisition"] == pytest.approx(0.05 * 15 - 1)
    assert first.value_to_go["reach"] == pytest.approx(0.2 * (0.05 * 15 - 1))


@given(journeys(ways=True), st.sampled_from(["best", "tenth", "point"]))
def test_a_step_tried_out_brings_what_it_was_said_to_bring(journey: cvj.Journey, lift: Any) -> None:
    first = journey.fix_first(lift=lift, draws=1)
    measured = first["score"].dropna()
    assume(len(measured))
    base = journey.economics()[first.by]
    for stage, score in measured.items():
        try:
            tried = journey.scenario("Tried", first.changes[stage])
        except cvj.InputError:
            # No plan explains counts with a gap.
            assert any(None in (segment.counts or ()) for segment in journey.segments)
            continue
        assert tried.economics()[first.by] - base == pytest.approx(
            score, rel=1e-6, abs=1e-6 * abs(base)
        )


def test_the_best_segment_and_a_target_of_ones_own_are_worth_what_they_bring() -> None:
    first = sold().fix_first(targets={"conversion": 0.25}, costs={"conversion": 600})
    row = first.loc["conversion"]
    assert (row["rate"], row["best_rate"], row["best_segment"]) == (100 / 700, 0.2, "Blog")
    assert row["profit_at_best"] == pytest.approx(400 * 0.1 * 15)
    assert row["customers_at_target"] == pytest.approx(700 * 0.25 - 100)
    assert row["profit_at_target"] == pytest.approx(75 * 15)
    assert (row["basis"], row["cost"]) == ("your target", 600)
    assert row["score"] == pytest.approx(75 * 15 - 600)
    assert first.basis["acquisition"] == "ten percent more"
    judged = sold().fix_first(lift="best")
    assert judged.basis["acquisition"] == "best segment"
    assert judged.score["conversion"] == pytest.approx(row["profit_at_best"])


def test_the_biggest_leak_is_not_the_first_to_fix_and_the_reason_is_said() -> None:
    first = shop().fix_first(targets={"conversion": 0.1, "acquisition": 0.3})
    assert first.dropped.idxmax() == "acquisition"
    assert first.best == first.index[0] == "conversion"
    assert "Most people are lost before Acquisition (8,000)" in first.summary
    assert "Conversion 15.00" in first.summary


def test_the_rank_by_people_lost_stands_beside_the_rank_by_what_a_step_brings() -> None:
    first = shop().fix_first(targets={"conversion": 0.1, "acquisition": 0.3})
    ranks = first[["dropped_rank", "score_rank"]]
    assert ranks.loc["acquisition"].to_list() == [1, 4]
    assert ranks.loc["conversion"].to_list() == [2, 1]
    assert first.shown.loc["Acquisition", "Rank by people lost"] == "1"
    assert "before Acquisition (8,000), but it is only number 4 of 4 by profit: " in first.summary
    explained = explain_step(shop(), first, "acquisition", "score_rank")
    assert (explained.text, explained.put_in) == ("4 of 4", "3 + 1")
    assert explained.table.text["dropped_rank"] == "1 of 4"
    lost = explain_step(shop(), first, "acquisition", "dropped").table
    assert lost.text["dropped_rank"] == "1 of 4"


@given(journeys(ways=True))
def test_whatever_the_journey_more_is_never_ranked_lower_and_the_same_shares_a_rank(
    journey: cvj.Journey,
) -> None:
    first = journey.fix_first(draws=1)
    for column in ("dropped", "score"):
        ranked = first[[column, f"{column}_rank"]].dropna()
        assert len(ranked) == first[column].notna().sum()
        pairs = [*ranked.itertuples(index=False, name=None)]
        # Beside the largest, what differs by a billionth of it differs by rounding.
        most = max((abs(value) for value, _ in pairs), default=0.0)
        for value, rank in pairs:
            higher = sum(other > value and other != pytest.approx(value) for other, _ in pairs)
            near = max(1e-5 * abs(value), 1e-8 * most)
            assert rank == 1 + higher or any(
                other != value and abs(other - value) < near for other, _ in pairs
            )


def test_steps_are_ranked_by_what_they_bring_and_stages_without_a_step_come_last() -> None:
    first = sold().fix_first()
    score = first.score.dropna()
    assert score.is_monotonic_decreasing
    assert first.index[-1] == "reach"
    assert first.loc["reach"].drop(["value_to_go", "best_segment", "basis"]).isna().all()


# Bounds


def test_more_than_leave_cannot_be_gained() -> None:
    first = shop(0.995, 0.05, 0.4, 0.25).fix_first()
    assert first.customers_per_point["acquisition"] == pytest.approx(10_000 * 0.005 * 0.05)
    assert shop(1.0, 0.05, 0.4, 0.25).fix_first().customers_per_point["acquisition"] == 0


def test_what_one_segment_has_no_room_for_the_others_take() -> None:
    counts = {"Ads": [100, 90, 9, 5, 1], "Blog": [100, 30, 3, 1, 0]}
    first = sold(counts).fix_first(targets={"acquisition": 0.9})
    # Ads to 100%, Blog to 80%: not 135% and 45%.
    assert first.customers_at_target["acquisition"] == pytest.approx(10 * 0.1 + 50 * 0.1)


def test_without_money_the_steps_are_ranked_by_customers() -> None:
    first = cvj.Journey.from_counts("five", TWO).fix_first()
    assert first.by == "customers"
    assert first.profit_per_point.isna().all()
    assert first.customers_per_point["conversion"] == pytest.approx(7)


def test_one_counted_segment_is_judged_by_a_rate_worth_testing() -> None:
    first = sold([1000, 200, 20, 8, 2]).fix_first(lift="best")
    assert set(first.basis.dropna()) == {"worth testing"}
    assert first.score["conversion"] > 0
    assert "what a better rate brings, not how hard it is to get" in first.summary


def test_the_lift_may_be_chosen() -> None:
    assert set(sold().fix_first(lift="point").basis.dropna()) == {"one point more"}
    tenth = sold().fix_first(lift="tenth")
    assert tenth.score.to_list()[:4] == tenth.profit_per_tenth.to_list()[:4]


def test_what_is_not_known_is_nan_and_the_reason_is_said() -> None:
    seven = cvj.Journey.from_counts("five", [1000, 200, None, 10, 5])
    first = seven.fix_first()
    assert first.customers_per_point.isna().all()
    assert "not known" in first.summary
    grows = shop().with_referral("conversion", to="reach", per_person=200)
    first = grows.fix_first()
    assert first[["profit_per_point", "customers_per_point", "p_best"]].isna().all(axis=None)
    assert "grow without end" in first.summary


def test_steps_over_a_stage_that_was_not_counted_lead_to_the_next_one() -> None:
    first = sold([1000, None, 20, 8, 2]).fix_first()
    assert first.rate["conversion"] == pytest.approx(0.02)
    assert math.isnan(first.rate["acquisition"])
    assert first.profit_per_point["conversion"] == pytest.approx(10 * 15)


def test_a_growth_that_starts_with_the_change_has_no_worth() -> None:
    nearly = shop(0.5, 0.5, 0.5, 0.5).with_referral("conversion", to="reach", per_person=3.95)
    first = nearly.fix_first(lift="tenth")
    assert nearly.flow().k == pytest.approx(0.9875)
    assert math.isnan(first.customers_per_tenth["conversion"])
    assert first.customers_per_tenth["retention"] == 0


def test_everything_wrong_is_said_at_once() -> None:
    wrong = {"targets": {"convertion": 0.2, "retention": 20}, "costs": {"loyalty": -1}}
    with pytest.raises(cvj.InputError) as error:
        shop().fix_first(**wrong, by="roi", lift="most", draws=0, seed=-1)  # type: ignore[arg-type]
    assert [fault.field for fault in error.value.faults] == [
        "targets",
        "targets.retention",
        "costs.loyalty",
        "by",
        "lift",
        "draws",
        "seed",
    ]
    assert "did you mean 'conversion'" in str(error.value)
    ways = shop().with_transition("acquisition", "retention", 0.3)
    with pytest.raises(cvj.InputError, match=r"targets\.conversion: 0\.8 .*at most 0\.7"):
        ways.fix_first(targets={"conversion": 0.8})


def test_a_number_of_numpy_is_a_number_and_more_draws_than_fit_are_refused() -> None:
    first = shop().fix_first(draws=np.int64(3), seed=np.int64(1), costs={"loyalty": np.float64(1)})
    assert first.equals(shop().fix_first(draws=3, seed=1, costs={"loyalty": 1}))
    with pytest.raises(cvj.InputError, match=r"draws: 1000000000000 must be .* to 10,000,000"):
        shop().fix_first(draws=10**12)


def test_it_reads_as_words_and_a_table_in_a_terminal_and_a_notebook() -> None:
    hostile = cvj.Journey.from_counts("five", {"<b>Ads</b>": TWO["Ads"], "Blog": TWO["Blog"]})
    first = hostile.fix_first()
    assert repr(first).startswith("No step comes first: ")
    assert "NaN" not in repr(first)
    assert "<b>Ads" not in first._repr_html_()
    assert type(first.head(2)) is not type(first)


# How sure


def test_the_chance_to_be_best_is_that_of_drawn_rates() -> None:
    journey = sold([1000, 60, 20, 8, 2])
    first = journey.fix_first(targets={"acquisition": 0.09, "conversion": 0.5}, draws=20_000)
    random = np.random.default_rng(99)
    one = random.beta(60.5, 940.5, 200_000)
    two = random.beta(20.5, 40.5, 200_000)
    gain_one, gain_two = np.maximum(0.09 - one, 0) * two, one * np.maximum(0.5 - two, 0)
    best_one = ((gain_one > gain_two) & (gain_one > 0)).mean()
    best_two = ((gain_two > gain_one) & (gain_two > 0)).mean()
    assert first.p_best["acquisition"] == pytest.approx(best_one, abs=0.012)
    assert first.p_best["conversion"] == pytest.approx(best_two, abs=0.012)
    assert 0.2 < best_one < 0.8


def test_the_same_seed_gives_the_same_chances_and_another_seed_others() -> None:
    once, again, other = (sold().fix_first(lift="tenth", seed=seed) for seed in (1, 1, 2))
    assert once.equals(again)
    assert once.p_best.to_list() != other.p_best.to_list()


def test_a_typed_rate_may_be_off_and_a_rate_of_many_counted_hardly() -> None:
    targets = {"acquisition": 0.3, "conversion": 0.07}
    unsure = shop().fix_first(targets, by="customers")
    counted = cvj.Journey.from_counts("five", [10**7, 2 * 10**6, 10**5, 4 * 10**4, 10**4])
    assert counted.fix_first(targets).p_best["acquisition"] == 1
    assert 0.3 < unsure.p_best["acquisition"] < 0.95


# P10: the closed form is what solving anew says


@given(journeys(counted=False, money=True), st.sampled_from(["point", "tenth", "best"]))
def test_a_better_rate_is_worth_what_solving_anew_says(journey: cvj.Journey, change: str) -> None:
    assume("A47" not in {flag.id for flag in journey.flow().flags})
    first = journey.fix_first(draws=1)
    before = journey.economics()
    size = (before.total_cost or 0) + abs(before.profit or 0) + float(journey.flow().visits.sum())
    for stage, row in first.iterrows():
        if math.isnan(row["rate"]):
            continue
        key = str(stage)
        rates, room = rates_into(journey, key), room_before(journey, key)
        best = row["best_rate"]
        more = {
            name: min(
                {"point": 0.01, "tenth": rate / 10, "best": max(best - rate, 0)}[change],
                room[name],
            )
            for name, rate in rates.items()
        }
        if change == "best" and math.isnan(best):
            continue
        changed = with_rates(journey, key, {name: rates[name] + more[name] for name in rates})
        column = {"point": "per_point", "tenth": "per_tenth", "best": "at_best"}[change]
        after = changed.economics()
        if (changed.flow().k or 0) >= 1 - 1e-6:
            continue
        for figure in ("profit", "customers"):
            gained, old, new = row[f"{figure}_{column}"], before[figure], after[figure]
            if old is None or new is None:
                assert math.isnan(gained)
            else:
                assert gained == pytest.approx(new - old, rel=1e-6, abs=1e-8 * max(1.0, size))


@given(journeys(counted=True, money=True))
def test_counts_are_worth_what_their_plan_is(journey: cvj.Journey) -> None:
    assume(not {flag.id for flag in journey.flow().flags} & {"A47", "A48"})
    counted, planned = journey.fix_first(draws=1), journey.planned().fix_first(draws=1)
    size = float(journey.flow().visits.sum()) + (journey.economics().total_cost or 0)
    for column in ("rate", "customers_per_point", "profit_per_tenth"):
        expected = planned[column].reindex(counted.index).to_numpy(float)
        assert counted[column].to_numpy(float) == pytest.approx(
            expected, rel=1e-6, abs=1e-7 * max(1.0, size), nan_ok=True
        )


def test_where_no_rate_brings_more_profit_it_says_what_is_missing_and_names_a_cost_only_if_typed():
    shop = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10])
    # Each customer brings 5, and winning the last step alone costs 9.
    loses = shop.with_offer("conversion", name="Box", margin=5).with_stage(
        "conversion", unit_cost=9
    )
    first = loses.fix_first().sentences[0]
    assert first.startswith("No better rate brings more profit: one more person costs as much as")
    assert "Type what a customer brings (price and margin) under Money" in first
    gains = shop.with_offer("conversion", name="Box", margin=5)
    costs = dict.fromkeys(shop.framework.keys[1:], 10_000.0)
    first = gains.fix_first(costs=costs).sentences[0]
    assert first == "No better rate brings more profit than it costs."
